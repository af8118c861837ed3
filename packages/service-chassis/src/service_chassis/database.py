"""A service's database: sessions that read, units of work that write."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from service_chassis.clock import Clock, SystemClock
from service_chassis.tables import OutboxRow
from service_chassis.unit_of_work import SYSTEM, Actor, UnitOfWork

POSTGRESQL_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=30000 "
    "-c idle_in_transaction_session_timeout=120000"
)
CONNECT_PATIENCE_SECONDS = 5.0
"""A server that restarts is a pause for who asks, not an error; a longer absence is one."""
FORGOTTEN_AFTER_SECONDS = 15.0
"""Failures further apart are of two absences; readiness asks more often than that."""
MOST_OVERFLOW = 4
"""Connections beyond the pool's size, closed as soon as they are given back."""

# What any role may see: it counts the sessions of others without reading what they do.
_SESSIONS = text(
    """
    SELECT (SELECT sum(numbackends) FROM pg_stat_database),
           current_setting('max_connections')::int
               - current_setting('superuser_reserved_connections')::int
               - coalesce(current_setting('reserved_connections', true)::int, 0),
           (SELECT count(*) FROM pg_stat_activity WHERE usesysid = role.oid),
           role.rolconnlimit
      FROM pg_roles AS role WHERE role.rolname = current_user
    """
)


class Database:
    """Opens transactions; PostgreSQL and SQLite differ here and in `bulk` only."""

    def __init__(self, url: str, clock: Clock | None = None, *, pool_size: int = 8) -> None:
        self.url: URL = make_url(url)
        self.clock: Clock = clock or SystemClock()
        self.announced = asyncio.Event()
        """Set when a transaction that announced something has been committed here."""
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pool_size=1)
            self._reader = _sqlite_engine(self.url, begin="BEGIN", pool_size=pool_size)
            self._engines = [self._writer, self._reader]
            self._pool_limit = 1 + pool_size
        else:
            self._writer = self._reader = create_async_engine(
                self.url,
                pool_size=pool_size,
                max_overflow=MOST_OVERFLOW,
                pool_pre_ping=True,
                connect_args={
                    "options": POSTGRESQL_OPTIONS,
                    "connect_timeout": 5,
                    "async_creator_fn": Patience().connect,
                },
            )
            self._engines = [self._writer]
            self._pool_limit = pool_size + MOST_OVERFLOW

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes."""
        return self._writer

    @asynccontextmanager
    async def reading(self, *, snapshot: bool = False) -> AsyncIterator[AsyncSession]:
        """A session that refuses writes; a snapshot sees one moment in all its statements."""
        async with self._reader.connect() as connection:
            if not self.is_sqlite:
                level = "REPEATABLE READ" if snapshot else "READ COMMITTED"
                await connection.execution_options(postgresql_readonly=True, isolation_level=level)
            async with AsyncSession(connection, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def unit_of_work(
        self, actor: Actor | None = None, request_id: str | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """A transaction: committed at the end, rolled back by any exception."""
        async with AsyncSession(self._writer, expire_on_commit=False) as session:
            announces = False

            def notice(_session: Any, _context: Any, _instances: Any) -> None:
                nonlocal announces
                announces = announces or any(isinstance(row, OutboxRow) for row in _session.new)

            event.listen(session.sync_session, "before_flush", notice)
            async with session.begin():
                yield UnitOfWork(session, self.clock.now(), actor or SYSTEM, request_id)
            if announces:
                self.announced.set()

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[Callable[[], Awaitable[None]] | None]:
        """Hold a lock that one process at a time can have; None where another has it.

        What is yielded raises when the lock was lost: it lives with its connection. SQLite has
        one process anyway.
        """
        if self.is_sqlite:
            yield _held
            return
        async with self._reader.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            lock = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
            if not (await connection.execute(lock, {"name": name})).scalar_one():
                yield None
                return

            async def still_held() -> None:
                await connection.execute(text("SELECT 1"))

            try:
                yield still_held
            finally:
                unlock = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
                try:
                    await asyncio.shield(connection.execute(unlock, {"name": name}))
                except SQLAlchemyError:
                    # The connection is gone, and the lock with it; what ended it is on its way.
                    with suppress(SQLAlchemyError):
                        await connection.invalidate()

    @property
    def pool_limit(self) -> int:
        """Connections that can be in use before somebody waits for one."""
        return self._pool_limit

    def pool_connections(self) -> int:
        """Connections in use at this moment."""
        return sum(engine.pool.checkedout() for engine in self._engines)  # type: ignore[attr-defined]

    def pool_idle(self) -> int:
        """Connections that are open and wait for use."""
        return sum(engine.pool.checkedin() for engine in self._engines)  # type: ignore[attr-defined]

    async def sessions(self) -> dict[str, tuple[int, int]]:
        """Sessions on the server and how many it lets in, by whom it limits; raises if it is away.

        `server` counts everybody's, `role` those of our own role where it has a limit. SQLite has
        none.
        """
        async with self._reader.connect() as connection:
            if self.is_sqlite:
                await connection.execute(text("SELECT 1"))
                return {}
            server, most, role, role_most = (await connection.execute(_SESSIONS)).one()
            found = {"server": (int(server), int(most))}
            if role_most >= 0:
                found["role"] = (int(role), int(role_most))
            return found

    async def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines:
            await engine.dispose()


async def _held() -> None:
    return


class Patience:
    """Connects to PostgreSQL and bridges a restart of it, once for all who ask meanwhile.

    The patience counts from when the server went away, not from each attempt: in a long absence
    everybody is refused at once.
    """

    def __init__(self) -> None:
        self._away_since = self._last_failure = float("-inf")

    async def connect(self, *args: Any, **kwargs: Any) -> psycopg.AsyncConnection[Any]:
        """A connection; the driver's error once the patience is over, or for a refused login."""
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(*args, **kwargs)
            except psycopg.OperationalError as error:
                if not _restarts(error) or self._is_over(time.monotonic()):
                    raise
            else:
                self._last_failure = float("-inf")
                return connection
            await asyncio.sleep(0.1)

    def _is_over(self, now: float) -> bool:
        if now - self._last_failure > FORGOTTEN_AFTER_SECONDS:
            self._away_since = now
        self._last_failure = now
        return now - self._away_since > CONNECT_PATIENCE_SECONDS


def _restarts(error: psycopg.OperationalError) -> bool:
    """Whether nobody answers, or one who starts or stops; a refused login will not change."""
    said = str(error)
    return "FATAL" not in said or "starting up" in said or "shutting down" in said


def _sqlite_engine(url: URL, *, begin: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=60, connect_args={"timeout": 30}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own transactions lose updates without an error: open them ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # A 202 is durable: wait for the disk at every commit.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA cache_size=-65536")
        if begin == "BEGIN":
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def open_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
