"""What every bus promises, with a real outbox, relay, inbox and consumer around it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import ClassVar
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import TimeoutError as PoolTimeout

from event_contracts import Event
from service_chassis.buses import EventBus
from service_chassis.consumer import Consumer, Subscription
from service_chassis.database import Database
from service_chassis.records import Record
from service_chassis.relay import OutboxRelay
from service_chassis.retries import BrokenEvent
from service_chassis.stopping import Stopping
from service_chassis.tables import ChassisTable, DeadLetter, OutboxRow


class Noted(Event):
    """A fact for tests, on a topic that is declared anyway."""

    event_type: ClassVar[str] = "tests.noted.v1"
    topic: ClassVar[str] = "metrics.targets"

    number: int

    def partition_key(self) -> str:
        return str(self.number % 5)


class Reader:
    """A reaction that remembers what it was given, and fails when it is told to."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.broken: set[int] = set()
        self.passing_failures = 0

    async def read(self, _uow: object, events: Sequence[Noted]) -> None:
        if self.passing_failures:
            self.passing_failures -= 1
            raise PoolTimeout("the database is away")
        for event in events:
            if event.number in self.broken:
                raise BrokenEvent(f"{event.number} makes no sense")
        self.numbers += [event.number for event in events]


class Line:
    """An outbox, its relay, the bus and one consumer group."""

    def __init__(self, database: Database, bus: EventBus, reader: Reader) -> None:
        self.database = database
        self.bus = bus
        self.reader = reader
        self.relay = OutboxRelay("tests", database, bus)

    async def announce(self, *numbers: int) -> None:
        async with self.database.unit_of_work() as uow:
            for number in numbers:
                uow.announce(Noted(number=number))

    async def settle(self) -> None:
        async with asyncio.timeout(30):
            while await self.waiting_rows() or not await self.bus.drained():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def waiting_rows(self) -> int:
        async with self.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(OutboxRow)) or 0

    async def buried(self) -> list[DeadLetter]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(DeadLetter)))


class BusSuite:
    """Inherit it and give the fixtures `database_url` and `bus`."""

    @pytest.fixture
    async def line(self, database_url: str, bus: EventBus) -> AsyncIterator[Line]:
        database = Database(database_url)
        async with database.engine.begin() as connection:
            await connection.run_sync(ChassisTable.metadata.create_all)
        reader = Reader()
        subscription = Subscription("tests.reading", (Noted,), reader.read)
        bus.attach(Consumer(subscription, database, "tests"))
        line = Line(database, bus, reader)
        stopping = Stopping()
        running = asyncio.create_task(self.run(line, stopping))
        try:
            yield line
        finally:
            stopping.set()
            await running
            await bus.close()
            await database.dispose()

    async def run(self, line: Line, stopping: Stopping) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(line.bus.run(stopping))
            group.create_task(line.relay.run(stopping))

    async def test_every_announced_event_arrives_once_and_in_the_order_of_its_key(
        self, line: Line
    ) -> None:
        for start in range(0, 200, 50):
            await line.announce(*range(start, start + 50))
        await line.settle()

        assert sorted(line.reader.numbers) == list(range(200))
        for key in range(5):
            of_key = [number for number in line.reader.numbers if number % 5 == key]
            assert of_key == sorted(of_key)

    async def test_a_record_that_comes_again_is_not_handled_again(self, line: Line) -> None:
        await line.announce(1)
        await line.settle()
        record = await self.record_of(line, 2)

        for _ in range(3):
            await line.bus.send([record])
        await line.settle()

        assert line.reader.numbers == [1, 2]

    async def test_a_broken_event_is_buried_alone(self, line: Line) -> None:
        line.reader.broken = {11}

        await line.announce(*range(10, 20))
        await line.settle()

        assert sorted(line.reader.numbers) == [10, *range(12, 20)]
        assert [letter.reason for letter in await line.buried()] == ["BrokenEvent"]

    async def test_bytes_that_are_no_event_are_buried(self, line: Line) -> None:
        good = await self.record_of(line, 3)
        bad = Record(
            good.topic, good.key, UUID(int=9), good.event_type, good.occurred_at, b"{", good.headers
        )

        await line.bus.send([bad, good])
        await line.settle()

        assert line.reader.numbers == [3]
        assert [letter.body for letter in await line.buried()] == [b"{"]

    async def test_a_failure_that_passes_on_its_own_loses_nothing(self, line: Line) -> None:
        line.reader.passing_failures = 3

        await line.announce(*range(20))
        await line.settle()

        assert sorted(line.reader.numbers) == list(range(20))
        assert await line.buried() == []

    async def test_a_transaction_that_is_rolled_back_announces_nothing(self, line: Line) -> None:
        async def fail() -> None:
            async with line.database.unit_of_work() as uow:
                uow.announce(Noted(number=1))
                raise LookupError

        with pytest.raises(LookupError):
            await fail()

        await line.settle()

        assert line.reader.numbers == []

    async def record_of(self, line: Line, number: int) -> Record:
        event = Noted(number=number)
        return Record(
            event.topic,
            event.partition_key(),
            UUID(int=number),
            event.event_type,
            line.database.clock.now(),
            event.to_body(),
        )
