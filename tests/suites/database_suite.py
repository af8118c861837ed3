"""What both databases promise the services."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, SmallInteger, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_chassis.bulk import insert_missing, insert_new, upsert_adding, upsert_newer
from service_chassis.columns import NAMING, UtcDateTime
from service_chassis.database import Database
from service_chassis.tables import ChassisTable


class SuiteTable(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Tally(SuiteTable):
    __tablename__ = "tally"

    slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    amount: Mapped[int] = mapped_column(BigInteger)


class Key(SuiteTable):
    __tablename__ = "suite_key"

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)


class State(SuiteTable):
    __tablename__ = "state"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column()
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def keys(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    raw = b"".join(number.to_bytes(16, "big") for number in numbers)
    return np.frombuffer(raw, dtype="V16")


class DatabaseSuite:
    """Inherit it and give the fixture `database_url`."""

    @pytest.fixture
    async def database(self, database_url: str) -> AsyncIterator[Database]:
        database = Database(database_url)
        async with database.engine.begin() as connection:
            await connection.run_sync(ChassisTable.metadata.create_all)
            await connection.run_sync(SuiteTable.metadata.create_all)
        yield database
        await database.dispose()

    async def test_a_reading_session_refuses_to_write(self, database: Database) -> None:
        async with database.reading() as session:
            with pytest.raises(DBAPIError):
                await session.execute(insert(State).values(code="a", version=1, name="a"))

    async def test_forty_writers_at_once_lose_no_update(self, database: Database) -> None:
        async with database.unit_of_work() as uow:
            uow.session.add(Tally(slot=1, kind=1, amount=0))

        async def add_one() -> None:
            async with database.unit_of_work() as uow:
                row = await uow.session.get(Tally, (1, 1), with_for_update=True)
                assert row
                await asyncio.sleep(0)
                row.amount += 1

        await asyncio.gather(*(add_one() for _ in range(40)))

        async with database.reading() as session:
            assert await session.scalar(select(Tally.amount)) == 40

    async def test_what_fails_leaves_nothing_behind(self, database: Database) -> None:
        async def fail() -> None:
            async with database.unit_of_work() as uow:
                uow.session.add(State(code="a", version=1, name="a"))
                await uow.session.flush()
                raise LookupError

        with pytest.raises(LookupError):
            await fail()

        async with database.reading() as session:
            assert (await session.scalars(select(State))).all() == []

    async def test_a_snapshot_sees_one_moment(self, database: Database) -> None:
        async with database.reading(snapshot=True) as session:
            before = (await session.scalars(select(State.code))).all()
            async with database.unit_of_work() as uow:
                uow.session.add(State(code="late", version=1, name="late"))
            assert (await session.scalars(select(State.code))).all() == before

    @pytest.mark.parametrize("expect_new", [True, False])
    async def test_inserting_new_keys_tells_which_were_new(
        self, database: Database, expect_new: bool
    ) -> None:
        table = Key.metadata.tables["suite_key"]
        async with database.unit_of_work() as uow:
            first = await insert_new(
                uow.session,
                table,
                "key",
                {"key": keys(1, 2, 3), "place": np.array([1, 2, 3])},
                expect_new=expect_new,
            )
        async with database.unit_of_work() as uow:
            second = await insert_new(
                uow.session,
                table,
                "key",
                {"key": keys(2, 3, 4, 5), "place": np.array([20, 30, 40, 50])},
                expect_new=expect_new,
            )

        assert first.tolist() == [True, True, True]
        assert second.tolist() == [False, False, True, True]
        async with database.reading() as session:
            places = await session.scalars(select(Key.place).order_by(Key.key))
            assert list(places) == [1, 2, 3, 40, 50]

    async def test_keys_of_null_bytes_stay_sixteen_long(self, database: Database) -> None:
        table = Key.metadata.tables["suite_key"]
        async with database.unit_of_work() as uow:
            await insert_new(
                uow.session, table, "key", {"key": keys(0, 256), "place": np.array([0, 1])}
            )

        async with database.reading() as session:
            found = [bytes(key) for key in await session.scalars(select(Key.key))]
        assert sorted(found) == [(0).to_bytes(16, "big"), (256).to_bytes(16, "big")]

    async def test_sums_are_added_to_rows_and_missing_rows_made(self, database: Database) -> None:
        table = Tally.metadata.tables["tally"]
        for amounts in ([5, 7], [10, -7]):
            async with database.unit_of_work() as uow:
                await upsert_adding(
                    uow.session,
                    table,
                    ("slot", "kind"),
                    ("amount",),
                    {
                        "slot": np.array([1, 2], dtype="i4"),
                        "kind": np.array([1, 1], dtype="i2"),
                        "amount": np.array(amounts),
                    },
                )

        async with database.reading() as session:
            assert list(await session.scalars(select(Tally.amount).order_by(Tally.slot))) == [15, 0]

    async def test_the_newer_state_of_a_row_stays(self, database: Database) -> None:
        rows = [
            {"code": "a", "version": 2, "name": "second", "at": None},
            {"code": "a", "version": 1, "name": "first", "at": None},
        ]
        for row in rows:
            async with database.unit_of_work() as uow:
                await upsert_newer(uow.session, State, ["code"], [row])

        async with database.reading() as session:
            assert await session.scalar(select(State.name)) == "second"

    async def test_of_one_batch_with_two_states_the_newer_stays(self, database: Database) -> None:
        async with database.unit_of_work() as uow:
            await upsert_newer(
                uow.session,
                State,
                ["code"],
                [
                    {"code": "a", "version": 2, "name": "second", "at": None},
                    {"code": "a", "version": 1, "name": "first", "at": None},
                ],
            )

        async with database.reading() as session:
            assert await session.scalar(select(State.name)) == "second"

    async def test_rows_that_are_there_stay_as_they_are(self, database: Database) -> None:
        for name in ("first", "second"):
            async with database.unit_of_work() as uow:
                await insert_missing(
                    uow.session, State, [{"code": "a", "version": 1, "name": name}]
                )

        async with database.reading() as session:
            assert await session.scalar(select(State.name)) == "first"

    async def test_moments_come_back_aware_and_in_utc(self, database: Database) -> None:
        shanghai = timezone(timedelta(hours=8))
        async with database.unit_of_work() as uow:
            moment = datetime(2026, 3, 2, 8, 30, tzinfo=shanghai)
            uow.session.add(State(code="a", version=1, name="a", at=moment))

        async with database.reading() as session:
            found = await session.scalar(select(State.at))
        assert found == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
        assert found.tzinfo is UTC

    async def test_a_moment_without_a_zone_is_refused(self, database: Database) -> None:
        async def write() -> None:
            async with database.unit_of_work() as uow:
                naive = datetime(2026, 3, 2)  # noqa: DTZ001 - the fault on purpose
                uow.session.add(State(code="a", version=1, name="a", at=naive))

        with pytest.raises(Exception, match="time zone"):
            await write()
