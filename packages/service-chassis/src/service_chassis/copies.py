"""Copies of registry's rows, kept from its events and put right by its snapshots.

Of two states of a row the newer stays. A snapshot states every row again; when as many rows as it
promised have been stated since it began, the rows that were not are gone at their owner's.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from event_contracts import Contract, RegistryRecord
from event_contracts.registry import ClientRecorded, SigningKeyPublished, SnapshotCompleted
from service_chassis.bulk import insert_missing, upsert_newer
from service_chassis.consumer import Subscription
from service_chassis.records import Record
from service_chassis.tables import CopySnapshot, RevokedClient, TrustedKey
from service_chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Copy:
    """One kind of row that a service copies; its table has the columns of `tables.Copied`."""

    contract: type[RegistryRecord]
    table: Any
    key_columns: tuple[str, ...]
    row: Callable[[Any], dict[str, Any]]
    """The columns of an event, without those of `Copied`."""
    changed: Callable[[UnitOfWork, Sequence[Any]], Awaitable[None]] | None = None
    """Called with the events after their rows were kept, for what is derived from them."""


def copies(group: str, *kept: Copy) -> Subscription:
    """A subscription that keeps these copies."""

    async def keep(uow: UnitOfWork, stated: Sequence[tuple[Record, Any]]) -> None:
        for copy in kept:
            came = [pair for pair in stated if type(pair[1]) is copy.contract]
            await upsert_newer(
                uow.session,
                copy.table,
                copy.key_columns,
                [
                    copy.row(event) | {"version": event.version, "stated_at": record.occurred_at}
                    for record, event in came
                ],
            )
            if came and copy.changed:
                await copy.changed(uow, [event for _, event in came])
        await _note(uow, group, [event for _, event in stated])
        await _finish(uow, group, kept)

    contracts: tuple[type[Contract], ...] = (*(copy.contract for copy in kept), SnapshotCompleted)
    return Subscription(group, contracts, keep, max_records=1_000, with_records=True)


def identity(service: str) -> Subscription:
    """Keeps the keys that verify tokens and the clients whose tokens are refused."""

    async def keep(uow: UnitOfWork, events: Sequence[Any]) -> None:
        keys = [event for event in events if isinstance(event, SigningKeyPublished)]
        await upsert_newer(
            uow.session,
            TrustedKey,
            ["kid"],
            [key.model_dump(include={"kid", "version", "jwk", "retired_at"}) for key in keys],
        )
        await insert_missing(
            uow.session,
            RevokedClient,
            [
                {"client_id": event.client_id, "revoked_at": uow.now}
                for event in events
                if isinstance(event, ClientRecorded) and event.status == "revoked"
            ],
        )

    return Subscription(f"{service}.identity", (SigningKeyPublished, ClientRecorded), keep)


async def _note(uow: UnitOfWork, group: str, events: Sequence[Any]) -> None:
    await insert_missing(
        uow.session,
        CopySnapshot,
        [
            {
                "consumer_group": group,
                "snapshot_id": event.snapshot_id,
                "started_at": event.started_at,
                "counts": event.counts,
            }
            for event in events
            if isinstance(event, SnapshotCompleted)
        ],
    )


async def _finish(uow: UnitOfWork, group: str, kept: Sequence[Copy]) -> None:
    session = uow.session
    await session.flush()
    snapshots = await session.scalars(
        select(CopySnapshot).where(CopySnapshot.consumer_group == group)
    )
    for snapshot in snapshots.all():
        if await _is_complete(uow, snapshot, kept):
            for copy in kept:
                table = copy.table
                await session.execute(delete(table).where(table.stated_at < snapshot.started_at))
            await session.delete(snapshot)


async def _is_complete(uow: UnitOfWork, snapshot: CopySnapshot, kept: Sequence[Copy]) -> bool:
    for copy in kept:
        table = copy.table
        stated = await uow.session.scalar(
            select(func.count()).select_from(table).where(table.stated_at >= snapshot.started_at)
        )
        if (stated or 0) < snapshot.counts.get(copy.contract.event_type, 0):
            return False
    return True
