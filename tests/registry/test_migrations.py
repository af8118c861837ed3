"""Migrations of registry: up, the same as the code, down, up again, on both databases."""

from pathlib import Path

from sqlalchemy import create_engine, inspect

from registry.service import SERVICE
from service_chassis import migrations
from tests.support.postgres import PostgresServer


def round_trip(url: str) -> None:
    migrations.upgrade(SERVICE, url)
    migrations.check(SERVICE, url)
    migrations.downgrade(SERVICE, url)
    engine = create_engine(url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    migrations.upgrade(SERVICE, url)
    migrations.check(SERVICE, url)


def test_sqlite_goes_up_and_down_and_up(tmp_path: Path) -> None:
    round_trip(f"sqlite:///{tmp_path / 'registry.db'}")


def test_postgresql_goes_up_and_down_and_up(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("registry_migrations")
    try:
        round_trip(url)
    finally:
        postgres_server.drop_database("registry_migrations")
