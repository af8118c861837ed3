"""PostgreSQL and SQLite keep the same promises."""

from pathlib import Path
from uuid import uuid4

import pytest

from service_chassis.database import Database
from tests.suites.database_suite import DatabaseSuite
from tests.support.postgres import PostgresServer


class TestSqlite(DatabaseSuite):
    @pytest.fixture
    def database_url(self, tmp_path: Path) -> str:
        return f"sqlite+aiosqlite:///{tmp_path / 'suite.db'}"


class TestPostgresql(DatabaseSuite):
    @pytest.fixture
    def database_url(self, postgres_server: PostgresServer) -> str:
        return postgres_server.create_database(f"suite_{uuid4().hex[:10]}")

    async def test_one_process_at_a_time_holds_a_lock(self, database: Database) -> None:
        other = Database(database.url.render_as_string(hide_password=False))
        async with database.exclusive("relay") as mine:
            async with other.exclusive("relay") as theirs:
                assert mine is not None
                assert theirs is None
            await mine()
        async with other.exclusive("relay") as theirs:
            assert theirs is not None
        await other.dispose()
