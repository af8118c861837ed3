"""Every service's migrations go up, say what the code says, come down, and go up again."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.util import CommandError
from sqlalchemy import URL, create_engine, inspect, make_url

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


def _synchronous(url: str) -> URL:
    parsed = make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    return parsed.set(drivername="sqlite") if is_sqlite else parsed


def tables_of(url: str) -> set[str]:
    engine = create_engine(_synchronous(url))
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


def test_a_release_goes_on_where_a_later_one_has_migrated(
    service: Service, database_url: str
) -> None:
    assert migrations.upgrade(service, database_url)
    assert _can_serve(service, database_url)
    _execute(database_url, "UPDATE alembic_version SET version_num = 'of_a_later_release'")

    assert _can_serve(service, database_url)
    assert not migrations.upgrade(service, database_url)
    assert _can_serve(service, database_url)


def test_a_database_of_something_else_is_no_later_release(
    service: Service, database_url: str
) -> None:
    _execute(
        database_url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version VALUES ('of_something_else')",
    )

    assert not _can_serve(service, database_url)
    with pytest.raises(CommandError, match="of_something_else"):
        migrations.upgrade(service, database_url)


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(_synchronous(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _can_serve(service: Service, url: str) -> bool:
    engine = create_engine(_synchronous(url))
    with engine.connect() as connection:
        answer = migrations.can_serve(service, connection)
    engine.dispose()
    return answer


def test_a_migration_says_what_it_locks_and_what_taking_it_back_loses(service: Service) -> None:
    folder = migrations.configuration(service, "").get_main_option("script_location")
    assert folder

    for path in (Path(folder) / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "Locks:" in text, f"{path.name} says nothing of locks"
        assert "Rollback:" in text, f"{path.name} does not say what a rollback loses"
        assert "from service_chassis" not in text, f"{path.name} imports code that will change"
