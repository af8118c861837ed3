"""What a process shows of its database, its connections and its disks."""

import asyncio
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, text

from service_chassis import telemetry
from service_chassis.database import Database
from service_chassis.telemetry import Bounded
from service_chassis.testing import Platform
from tests.support.postgres import PostgresServer


def shown(name: str, **labels: str) -> float | None:
    return telemetry.REGISTRY.get_sample_value(name, labels)


async def test_sessions_are_counted_for_a_role_that_may_see_nothing_else(
    postgres_server: PostgresServer,
) -> None:
    mark = uuid4().hex[:10]
    owner_url = make_url(postgres_server.create_database(f"sessions_{mark}"))
    owner = Database(owner_url.render_as_string(hide_password=False))
    async with owner.engine.begin() as connection:
        await connection.execute(
            text(f"CREATE ROLE r{mark} LOGIN PASSWORD 'only-here' CONNECTION LIMIT 7")
        )
    own_url = owner_url.set(username=f"r{mark}", password="only-here")
    own = Database(own_url.render_as_string(hide_password=False))
    try:
        async with own.reading(), own.reading():
            sessions = await own.sessions()
            assert own.pool_connections() == 2
    finally:
        await own.dispose()
        async with owner.engine.begin() as connection:
            await connection.execute(text(f"DROP ROLE r{mark}"))
        await owner.dispose()

    assert sessions["role"] == (3, 7)
    there, most = sessions["server"]
    assert 4 <= there <= most


async def test_sqlite_has_no_sessions_and_counts_both_its_pools(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'pools.db'}", pool_size=3)
    try:
        async with database.reading(), database.unit_of_work() as uow:
            await uow.session.execute(text("SELECT 1"))
            assert database.pool_connections() == 2
        assert (await database.sessions(), database.pool_limit) == ({}, 4)
        assert database.pool_idle() == 2
    finally:
        await database.dispose()


async def test_every_service_shows_its_database_and_its_disks(embedded: Platform) -> None:
    async with asyncio.timeout(60):
        # The last that is shown of the last service.
        while shown("database_reachable", service="metrics") is None:  # noqa: ASYNC110
            await asyncio.sleep(0.2)

    for service in embedded.services:
        assert shown("database_reachable", service=service) == 1
        for place in ("data", "root"):
            free = shown("disk_free_bytes", service=service, place=place) or 0
            assert 0 < free < (shown("disk_size_bytes", service=service, place=place) or 0)


def test_a_label_from_outside_has_a_bound() -> None:
    named = Bounded(most=2)

    assert [named(code) for code in ("a", "b", "c", "a")] == ["a", "b", "others", "a"]
