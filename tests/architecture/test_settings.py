"""Every variable an operator may set is shown, with a value that works."""

import re

import pytest

from service_chassis.settings import PREFIX, Settings
from tests.architecture.sources import ROOT, SERVICES

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
COMPOSE = "".join(
    path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docker-compose*.yml"))
)
CLIENTS = {"YUANQU_ADDRESS", "YUANQU_CLIENT_ID", "YUANQU_CLIENT_SECRET", "YUANQU_PROFILE"}
TOLD = {"YUANQU_BUS_URL", "YUANQU_GRAFANA_ROOT_URL"}
SHOWN = dict(re.findall(r'^(YUANQU_\w+)="?(.*?)"?$', EXAMPLE, flags=re.MULTILINE))
KNOBS: dict[str, set[str | None]] = {}
for _name, _default in re.findall(r"\$\{(YUANQU_\w+)(?::-([^}]*))?", COMPOSE):
    KNOBS.setdefault(_name, set()).add(_default)


def test_every_setting_is_shown_and_nothing_else() -> None:
    fields = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    databases = {f"{PREFIX}{name.upper()}_DATABASE_URL" for name in SERVICES.values()}

    assert set(SHOWN) == (fields - {f"{PREFIX}DATABASE_URLS"}) | databases | CLIENTS | set(KNOBS)


@pytest.mark.parametrize("name", sorted(KNOBS))
def test_a_knob_of_the_stack_is_shown_with_its_default(name: str) -> None:
    """What differs between `yuanqu run` and the stack, or is made of another, is left empty."""
    defaults = {value for value in KNOBS[name] if value}

    assert SHOWN[name] in defaults or (not SHOWN[name] and (not defaults or name in TOLD))


def test_the_example_is_what_the_settings_are_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SHOWN:
        monkeypatch.delenv(name, raising=False)
    without = Settings()
    for name, value in SHOWN.items():
        monkeypatch.setenv(name, value)

    assert Settings() == without


def test_every_variable_has_a_sentence_before_it() -> None:
    for block in EXAMPLE.strip().split("\n\n"):
        assert block.startswith("# "), block
