"""Every service's migrations go up, say what the code says, come down, and go up again."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, inspect, make_url

from service_chassis import migrations
from service_chassis.service import Service
from tests.support.platforms import PACKAGES
from tests.support.postgres import PostgresServer

NAMES = [package.replace("_", "-") for package in PACKAGES]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'migrated.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create_database(f"migrated_{uuid4().hex[:10]}")


@pytest.fixture(params=NAMES)
def service(request: pytest.FixtureRequest, services: Sequence[Service]) -> Service:
    return next(each for each in services if each.name == request.param)


def tables_of(url: str) -> set[str]:
    synchronous = make_url(url)
    if synchronous.get_backend_name() == "sqlite":
        synchronous = synchronous.set(drivername="sqlite")
    engine = create_engine(synchronous)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_migrations_go_up_and_down_and_up_and_match_the_code(
    service: Service, database_url: str
) -> None:
    migrations.upgrade(service, database_url)
    migrations.check(service, database_url)
    migrated = tables_of(database_url)

    migrations.downgrade(service, database_url)
    left = tables_of(database_url)
    migrations.upgrade(service, database_url)

    assert left == set()
    assert tables_of(database_url) == migrated
    assert set(service.metadata.tables) <= migrated
    migrations.check(service, database_url)


def test_a_migration_says_what_it_locks_and_what_taking_it_back_loses(service: Service) -> None:
    folder = migrations.configuration(service, "").get_main_option("script_location")
    assert folder

    for path in (Path(folder) / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "Locks:" in text, f"{path.name} says nothing of locks"
        assert "Rollback:" in text, f"{path.name} does not say what a rollback loses"
        assert "from service_chassis" not in text, f"{path.name} imports code that will change"
