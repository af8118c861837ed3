"""The relay: outbox → bus, for ever and visibly."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Row, delete, select

from service_chassis import telemetry
from service_chassis.buses.bus import EventBus
from service_chassis.database import Database
from service_chassis.records import Record
from service_chassis.retries import verdict
from service_chassis.stopping import Stopping
from service_chassis.tables import OutboxRow

logger = logging.getLogger(__name__)

MOST_ROWS = 100
IDLE_WAIT = 0.1
LONGEST_BACKOFF = 15.0
LOOK_EVERY = 1.0
"""Seconds between two looks at the lock."""


class OutboxRelay:
    """Sends outbox rows in their order and deletes them when the bus has them.

    Rows are chosen by being there, never by a position after the last: on PostgreSQL a smaller
    position may be committed later. One relay a service runs at a time.
    """

    def __init__(self, service: str, database: Database, bus: EventBus) -> None:
        self.service = service
        self._database = database
        self._bus = bus
        self._looked_at = 0.0

    async def run(self, stopping: Stopping) -> None:
        """Relay until the process stops; wait for the lock while another process relays."""
        wait = 0.5
        while not stopping:
            try:
                async with self._database.exclusive(f"relay/{self.service}") as still_held:
                    if still_held is not None:
                        await self._relay(still_held, stopping)
                wait = 0.5
            except Exception as error:
                if verdict(error) != "passing":
                    raise
                telemetry.RELAY_FAILURES_TOTAL.labels(service=self.service).inc()
                logger.warning("the relay of %s tries again: %s", self.service, error)
            if not stopping:
                await stopping.sleep(wait)
                wait = min(wait * 2, LONGEST_BACKOFF)

    async def _relay(self, still_held: Callable[[], Awaitable[None]], stopping: Stopping) -> None:
        wait = 0.2
        while not stopping:
            self._database.announced.clear()
            if self._is_time_to_look():
                await still_held()
            try:
                sent = await self.send_batch()
            except Exception as error:
                if verdict(error) != "passing":
                    raise
                telemetry.RELAY_FAILURES_TOTAL.labels(service=self.service).inc()
                logger.warning("the relay of %s keeps its rows: %s", self.service, error)
                await stopping.sleep(wait)
                wait = min(wait * 2, LONGEST_BACKOFF)
                continue
            wait = 0.2
            if sent < MOST_ROWS:
                await self._idle(stopping)

    async def send_batch(self) -> int:
        """Send the oldest rows, then delete them; returns how many."""
        async with self._database.reading() as session:
            rows = (
                await session.execute(
                    select(OutboxRow.__table__).order_by(OutboxRow.position).limit(MOST_ROWS)
                )
            ).all()
        if not rows:
            return 0
        await self._bus.send(_records(rows))
        async with self._database.unit_of_work() as uow:
            await uow.session.execute(
                delete(OutboxRow).where(OutboxRow.position.in_([row.position for row in rows]))
            )
        telemetry.OUTBOX_SENT_TOTAL.labels(service=self.service).inc(len(rows))
        return len(rows)

    async def _idle(self, stopping: Stopping) -> None:
        try:
            async with asyncio.timeout(IDLE_WAIT):
                await self._database.announced.wait()
        except TimeoutError:
            await stopping.sleep(0)

    def _is_time_to_look(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        return True


def _records(rows: Sequence[Row[tuple[OutboxRow]]]) -> list[Record]:
    return [
        Record(
            row.topic, row.key, row.event_id, row.event_type, row.occurred_at, row.body, row.headers
        )
        for row in rows
    ]
