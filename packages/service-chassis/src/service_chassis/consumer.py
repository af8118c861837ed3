"""Consumers: take each event once, handle batches, bury what is broken."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from pydantic import ValidationError

from event_contracts import Contract, UnknownContract, contract_for
from service_chassis import telemetry
from service_chassis.columns import new_id
from service_chassis.database import Database
from service_chassis.records import UNREADABLE, Record
from service_chassis.retries import BrokenEvent, verdict
from service_chassis.tables import DeadLetter
from service_chassis.tracing import processing
from service_chassis.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

MOST_BURIALS_IN_A_ROW = 1_000
"""More than this is a bad release, not bad data: the process stops."""


class TooManyBurials(Exception):
    """The consumer stops instead of draining its topic into the dead letters."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which events a group takes, and the reaction to a batch of them."""

    group: str
    contracts: tuple[type[Contract], ...]
    handler: Callable[[UnitOfWork, Any], Awaitable[None]]
    """`(uow, [event, …])`, or `(uow, [(record, event), …])` with `with_records`."""
    max_records: int = 500
    with_records: bool = False

    @property
    def topics(self) -> list[str]:
        """The topics to read."""
        return sorted({contract.topic for contract in self.contracts})

    def wants(self, record: Record) -> bool:
        """Whether the record is for this group; unreadable ones are, so that they show."""
        if record.topic not in self.topics:
            return False
        return record.event_type == UNREADABLE or any(
            contract.event_type == record.event_type for contract in self.contracts
        )


class Consumer:
    """Carries records into a reaction, each exactly once in effect."""

    def __init__(self, subscription: Subscription, database: Database, service: str) -> None:
        self.subscription = subscription
        self.database = database
        self.service = service
        self._labels = {"service": service, "group": subscription.group}
        self._buried_in_a_row = 0

    async def consume(self, records: Sequence[Record]) -> None:
        """Handle the batch, or raise so that the bus delivers it again."""
        wanted = [record for record in records if self.subscription.wants(record)]
        if not wanted:
            return
        started = monotonic()
        with processing(self.subscription.group, wanted):
            try:
                await self._handle(wanted)
                self._buried_in_a_row = 0
            except Exception as error:
                if verdict(error) != "broken":
                    raise
                logger.warning("batch failed, handling its records one by one: %s", error)
                for record in wanted:
                    await self._handle_or_bury(record)
        telemetry.CONSUMER_BATCH_SECONDS.labels(**self._labels).observe(monotonic() - started)
        telemetry.CONSUMER_RECORDS_TOTAL.labels(**self._labels).inc(len(wanted))

    async def _handle(self, records: Sequence[Record]) -> None:
        async with self.database.unit_of_work() as uow:
            fresh = await uow.take_once(self.subscription.group, records)
            if len(fresh) < len(records):
                repeated = len(records) - len(fresh)
                telemetry.INBOX_REDELIVERED_TOTAL.labels(**self._labels).inc(repeated)
            if not fresh:
                return
            events = [_read(record) for record in fresh]
            if self.subscription.with_records:
                await self.subscription.handler(uow, list(zip(fresh, events, strict=True)))
            else:
                await self.subscription.handler(uow, events)

    async def _handle_or_bury(self, record: Record) -> None:
        try:
            await self._handle([record])
            self._buried_in_a_row = 0
        except Exception as error:
            if verdict(error) != "broken":
                raise
            await self._bury(record, error)

    async def _bury(self, record: Record, error: Exception) -> None:
        reason = type(error.__cause__ or error).__name__
        async with self.database.unit_of_work() as uow:
            if not await uow.take_once(self.subscription.group, [record]):
                return
            uow.session.add(
                DeadLetter(
                    id=new_id(),
                    consumer_group=self.subscription.group,
                    event_id=record.event_id,
                    event_type=record.event_type,
                    topic=record.topic,
                    key=record.key,
                    occurred_at=record.occurred_at,
                    headers=record.headers,
                    body=record.body,
                    reason=reason,
                    detail=str(error)[:4000],
                    buried_at=uow.now,
                )
            )
        logger.error("buried event %s of %s: %s", record.event_id, record.event_type, error)
        telemetry.DEAD_LETTERS_BURIED_TOTAL.labels(service=self.service, reason=reason).inc()
        self._buried_in_a_row += 1
        if self._buried_in_a_row > MOST_BURIALS_IN_A_ROW:
            raise TooManyBurials(f"{self._buried_in_a_row} events in a row could not be read")


def _read(record: Record) -> Contract:
    if record.event_type == UNREADABLE:
        raise BrokenEvent("the message has no CloudEvents attributes ce_id, ce_type and ce_time")
    try:
        return contract_for(record.event_type).from_body(record.body)
    except (ValueError, UnknownContract) as error:
        raise BrokenEvent(f"{record.event_type} could not be read: {_told(error)}") from error


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        f"{'/'.join(map(str, fault['loc'])) or 'the body'}: {fault['msg']} (it is "
        f"{str(fault['input'])!r:.80})"
        for fault in error.errors(include_url=False)
    )
