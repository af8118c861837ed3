"""The rules a reviewer should never have to repeat."""

import re
import tomllib
from importlib import metadata

import pytest

from tests.architecture.sources import OF_SERVICES, PRODUCT, ROOT, SERVICES, Source
from yuanqu.services import PACKAGES

MOST_LINES = 400
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
WALL_CLOCK = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.time_ns)$"
)

product = pytest.mark.parametrize("source", PRODUCT, ids=lambda source: source.name)
of_services = pytest.mark.parametrize("source", OF_SERVICES, ids=lambda source: source.name)


@of_services
def test_services_meet_through_events_or_http(source: Source) -> None:
    others = set(SERVICES.values()) - {source.owner}

    assert not source.imports_any(*others, "yuanqu"), "publish an event, or read one"


@of_services
def test_a_service_never_commits(source: Source) -> None:
    ending = {name for name in source.dotted if name.endswith((".commit", ".rollback"))}

    assert not ending, "whoever opened the unit of work ends it"


@of_services
def test_a_service_does_not_ask_where_it_runs(source: Source) -> None:
    dialects = source.imports_any(
        *("sqlalchemy.dialects", "psycopg", "sqlite3", "aiosqlite", "aiokafka", "asyncpg"),
        "service_chassis.buses",
    )
    surroundings = {name for name in source.dotted if re.match(r"os\.(environ|getenv)", name)}
    asked = {name for name in source.dotted if re.search(r"dialect|is_sqlite|backend_name", name)}

    assert not dialects, "the chassis knows databases and buses: service_chassis.bulk"
    assert not surroundings, "settings are read by the process: Runtime.settings"
    assert not asked, "the same statement must do for both databases"


@product
def test_only_the_clock_tells_the_time(source: Source) -> None:
    told = {name for name in source.dotted if WALL_CLOCK.search(name)}
    allowed = source.inside == ("service_chassis", "clock.py")

    assert allowed or not told, "take the time from uow.now or the injected clock"


@product
def test_a_file_is_short(source: Source) -> None:
    lines = source.text.count("\n")

    assert lines <= MOST_LINES, f"{lines} lines; split it by verb"


@product
def test_a_file_is_named_after_what_it_holds(source: Source) -> None:
    assert not NO_NAMES & {part.removesuffix(".py") for part in source.inside}


@product
def test_middleware_is_plain_asgi(source: Source) -> None:
    wrapped = {name for name in source.imports if name.endswith("BaseHTTPMiddleware")}

    assert not wrapped, "it costs five times the request, measured"


@pytest.mark.parametrize("name", sorted(SERVICES.values()))
def test_no_dependency_installs_a_module_under_a_service_name(name: str) -> None:
    """`metrics` and `registry` are words that others like too."""
    providers = set(metadata.packages_distributions().get(name, ()))

    assert providers <= {"yuanqu"}


@pytest.mark.parametrize("folder", sorted(SERVICES))
def test_a_service_has_one_name_everywhere(folder: str) -> None:
    assert SERVICES[folder] == folder.replace("-", "_")


@pytest.mark.parametrize("folder", sorted(SERVICES))
def test_a_service_says_what_it_owns(folder: str) -> None:
    page = (ROOT / "services" / folder / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)

    wanted = ["Owns", "Publishes", "Subscribes", "Answers", "Alerts"]
    assert [heading for heading in headings if heading in wanted] == wanted


@pytest.mark.parametrize("folder", sorted(SERVICES))
def test_a_service_is_known_wherever_services_are_listed(folder: str) -> None:
    """Adding one begins with its folder; this says what else to touch."""
    package = SERVICES[folder]
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    build, imports = tools["hatch"]["build"], tools["importlinter"]
    contracts = {contract["name"]: contract for contract in imports["contracts"]}
    source, migrations = f"services/{folder}/src", f"services/{folder}/migrations"

    assert source in build["dev-mode-dirs"]
    assert {source, migrations} <= set(build["targets"]["wheel"]["only-include"])
    assert build["targets"]["wheel"]["sources"][migrations] == f"{package}/migrations"
    assert build["targets"]["wheel"]["sources"][source] == ""
    assert f"$MYPY_CONFIG_FILE_DIR/{source}" in tools["mypy"]["mypy_path"]
    assert package in tools["ruff"]["lint"]["isort"]["known-first-party"]
    assert package in imports["root_packages"]
    assert package in contracts["services talk through events or HTTP, never by import"]["modules"]
    for name in (
        "event_contracts imports nothing of ours",
        "reference_data imports nothing of ours",
        "service_chassis imports no service",
    ):
        assert package in contracts[name]["forbidden_modules"], name
    assert package in contracts["no service imports the command line"]["source_modules"]
    assert PACKAGES[folder] == package
    for listing in (
        "tests/support/platforms.py",
        "tests/support/deployment.py",
        "docs/generate.py",
        "README.md",
    ):
        assert re.search(rf"\b({folder}|{package})\b", (ROOT / listing).read_text()), listing
