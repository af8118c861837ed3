"""The PostgreSQL of the tests is real, and what it committed survives kill -9."""

import psycopg
import pytest

from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgresql


def test_a_commit_survives_the_death_of_the_server(postgres_server: PostgresServer) -> None:
    address = _libpq(postgres_server.create_database("survival"))
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE fact (amount bigint)")
        connection.execute("INSERT INTO fact VALUES (1)")

    postgres_server.restart()

    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT amount FROM fact").fetchall() == [(1,)]


def test_a_dropped_database_can_be_created_again(postgres_server: PostgresServer) -> None:
    postgres_server.create_database("again")

    postgres_server.drop_database("again")

    with psycopg.connect(_libpq(postgres_server.create_database("again"))) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class").fetchone()


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")
