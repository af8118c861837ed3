"""Every service's migrations go up, match the code, come down to nothing and go up again."""

import re
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url

from service_chassis import migrations
from service_chassis.service import Service
from tests.architecture.sources import SERVICES
from tests.support.postgres import PostgresServer

BOOKKEEPING = {"alembic_version"}

every_service = pytest.mark.parametrize("package", sorted(SERVICES.values()))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'service.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create_database(f"migrations_{uuid4().hex[:12]}")


@every_service
def test_migrations_go_up_and_down_and_match_the_code(package: str, database_url: str) -> None:
    service = declared(package)

    migrations.upgrade(service, database_url)
    migrations.check(service, database_url)
    built = tables(database_url)
    migrations.downgrade(service, database_url)
    left = tables(database_url)
    migrations.upgrade(service, database_url)
    migrations.check(service, database_url)

    assert built
    assert left == set()
    assert tables(database_url) == built


@every_service
def test_migrations_are_one_line_from_one_base(package: str) -> None:
    script = scripts(package)

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


@every_service
def test_a_migration_says_what_it_locks_and_what_going_back_loses(package: str) -> None:
    for revision in scripts(package).walk_revisions():
        said = revision.module.__doc__ or ""

        assert re.search(r"^Locks: ?\S", said, flags=re.MULTILINE), revision.path
        assert re.search(r"^Rollback: ?\S", said, flags=re.MULTILINE), revision.path


@every_service
def test_a_migration_imports_nothing_that_may_change_under_it(package: str) -> None:
    for revision in scripts(package).walk_revisions():
        text = Path(str(revision.path)).read_text(encoding="utf-8")

        assert not re.search(
            rf"^(from|import) (service_chassis|event_contracts|{package})\b", text, re.MULTILINE
        )


def declared(package: str) -> Service:
    service: Service = import_module(f"{package}.service").SERVICE
    return service


def scripts(package: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(migrations.configuration(declared(package), ""))


def tables(url: str) -> set[str]:
    synchronous = make_url(url)
    if synchronous.get_backend_name() == "sqlite":
        synchronous = synchronous.set(drivername="sqlite")
    engine = create_engine(synchronous)
    try:
        return set(inspect(engine).get_table_names()) - BOOKKEEPING
    finally:
        engine.dispose()
