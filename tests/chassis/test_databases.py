"""PostgreSQL and SQLite keep the same promises."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from service_chassis.database import Database, Patience
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


async def test_a_server_that_restarts_is_a_pause_for_who_asks(
    postgres_server: PostgresServer,
) -> None:
    with PostgresServer() as server:
        database = Database(server.create_database("pause"))
        assert await _one(database) == 1
        server.stop()
        asked = asyncio.create_task(_one(database))
        await asyncio.sleep(0.3)
        assert not asked.done()
        await asyncio.to_thread(server.start)

        assert await asked == 1
        await database.dispose()


async def test_a_server_that_stays_away_refuses_everybody_at_once(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_chassis.database.CONNECT_PATIENCE_SECONDS", 0.5)
    tried = 0

    async def away(*_args: object, **_kwargs: object) -> None:
        nonlocal tried
        tried += 1
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", away)
    database = Database(postgres_server.url("any"))
    with pytest.raises(OperationalError):
        await _one(database)
    assert tried > 2
    tried = 0

    for _asked in range(20):
        with pytest.raises(OperationalError):
            await _one(database)

    assert tried == 20


async def test_a_server_that_came_back_is_waited_for_anew(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_chassis.database.CONNECT_PATIENCE_SECONDS", 0.3)
    connect = psycopg.AsyncConnection.connect
    left = 0

    async def flaky(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise psycopg.OperationalError("connection refused")
        return await connect(*args, **kwargs)

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", flaky)
    url = make_url(postgres_server.url("postgres")).set(drivername="postgresql").render_as_string()
    patience = Patience()
    for _absence in range(2):
        left = 2
        connection = await patience.connect(url)
        await connection.close()
        await asyncio.sleep(0.4)


async def test_a_login_that_is_refused_is_not_tried_again(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_chassis.database.CONNECT_PATIENCE_SECONDS", 3_600)
    database = Database(postgres_server.url("nobody_made_it"))

    with pytest.raises(OperationalError, match="does not exist"):
        await _one(database)


async def _one(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(text("SELECT 1"))).scalar_one())
