"""Databases of metrics alone, a fresh one whenever a test asks."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from metrics.service import SERVICE
from service_chassis.database import Database
from service_chassis.tables import ChassisTable
from service_chassis.testing import FrozenClock
from tests.metrics.figures import Economy
from tests.support.postgres import PostgresServer


class Databases(Protocol):
    """Makes databases that hold no facts yet."""

    def fresh(self, clock: FrozenClock | None = None) -> AbstractAsyncContextManager[Database]: ...

    def url(self) -> str: ...


class SqliteDatabases:
    """Copies of a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        _create_tables(f"sqlite:///{folder / 'template.db'}")

    def url(self) -> str:
        """The address of a new database."""
        name = f"{uuid4().hex}.db"
        shutil.copy(self._folder / "template.db", self._folder / name)
        return f"sqlite+aiosqlite:///{self._folder / name}"

    @asynccontextmanager
    async def fresh(self, clock: FrozenClock | None = None) -> AsyncIterator[Database]:
        """A new database, open."""
        database = Database(self.url(), clock or FrozenClock())
        try:
            yield database
        finally:
            await database.dispose()


class PostgresDatabases:
    """Copies of a database."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._template = f"facts_{uuid4().hex[:8]}"
        _create_tables(server.create_database(self._template))

    def url(self) -> str:
        """The address of a new database."""
        return self._server.create_database(f"m_{uuid4().hex}", self._template)

    @asynccontextmanager
    async def fresh(self, clock: FrozenClock | None = None) -> AsyncIterator[Database]:
        """A new database, open."""
        database = Database(self.url(), clock or FrozenClock())
        try:
            yield database
        finally:
            await database.dispose()
            self._server.drop_database(str(database.url.database))


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """SQLite alone."""
    return SqliteDatabases(tmp_path_factory.mktemp("metrics"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: PostgresServer) -> Databases:
    """PostgreSQL alone."""
    return PostgresDatabases(postgres_server)


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgresql)],
)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Each in turn."""
    chosen: Databases = request.getfixturevalue(f"{request.param}_databases")
    return chosen


def _create_tables(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        ChassisTable.metadata.create_all(connection)
        SERVICE.metadata.create_all(connection)
    engine.dispose()


@pytest.fixture
async def economy(databases: Databases, clock: FrozenClock) -> AsyncIterator[Economy]:
    """A database in which people may trade."""
    async with databases.fresh(clock) as database:
        yield Economy(database, clock)
