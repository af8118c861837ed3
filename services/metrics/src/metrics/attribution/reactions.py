"""What metrics keeps of registry's records, and what follows when they change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from event_contracts.registry import (
    EnterpriseRecorded,
    ParkRecorded,
    PlanPublished,
    PlatformRecorded,
    SnapshotCompleted,
    TargetSet,
    TenancyRecorded,
)
from metrics.attribution.tables import ClusterPlan, Enterprise, Park, Tenancy
from metrics.attribution.use_cases import reattribute, reattribute_everyone
from metrics.change.use_cases import note_changed_attribution
from metrics.freshness.tables import Platform
from metrics.target.tables import Target
from service_chassis.consumer import Subscription
from service_chassis.copies import Copy, copies
from service_chassis.records import Record
from service_chassis.tables import CopySnapshot
from service_chassis.unit_of_work import UnitOfWork

GROUP = "metrics.copies"


def columns_of(table: Any) -> set[str]:
    """The columns of a copy that come from the event."""
    return set(table.__table__.columns.keys()) - {"version", "stated_at"}


def copy_of(
    contract: Any, table: Any, *keys: str, changed: Any = None, as_json: bool = False
) -> Copy:
    """A copy whose columns have the names of the event's fields; `as_json` for documents."""
    wanted = columns_of(table)
    mode = "json" if as_json else "python"

    def row(event: Any) -> dict[str, Any]:
        columns: dict[str, Any] = event.model_dump(include=wanted, mode=mode)
        return columns

    return Copy(contract, table, keys, row, changed=changed)


async def attribute_enterprises(uow: UnitOfWork, events: Sequence[EnterpriseRecorded]) -> None:
    """An enterprise was merged, or has moved to another region."""
    await reattribute(uow, [code for event in events for code in _both(event)])


async def attribute_tenants(uow: UnitOfWork, events: Sequence[TenancyRecorded]) -> None:
    """A stay has begun, ended or been corrected."""
    await reattribute(uow, [event.enterprise_uscc for event in events])


async def notice(uow: UnitOfWork, _events: Sequence[Any]) -> None:
    """A plan or a target has changed: targets are to be evaluated."""
    await note_changed_attribution(uow)


def _both(event: EnterpriseRecorded) -> list[str]:
    return [event.uscc, event.merged_into] if event.merged_into else [event.uscc]


_KEPT = copies(
    GROUP,
    copy_of(ParkRecorded, Park, "code"),
    copy_of(EnterpriseRecorded, Enterprise, "uscc", changed=attribute_enterprises),
    copy_of(TenancyRecorded, Tenancy, "tenancy_id", changed=attribute_tenants),
    copy_of(PlanPublished, ClusterPlan, "plan_code", changed=notice, as_json=True),
    copy_of(PlatformRecorded, Platform, "code"),
    copy_of(TargetSet, Target, "target_id", changed=notice),
)


async def keep(uow: UnitOfWork, stated: Sequence[tuple[Record, Any]]) -> None:
    """Keep the copies; a snapshot that is complete has taken rows away, so attribute everyone."""
    pending = select(CopySnapshot.snapshot_id).where(CopySnapshot.consumer_group == GROUP)
    before = set(await uow.session.scalars(pending))
    before |= {event.snapshot_id for _, event in stated if isinstance(event, SnapshotCompleted)}
    await _KEPT.handler(uow, stated)
    if before and before - set(await uow.session.scalars(pending)):
        await reattribute_everyone(uow)


COPIES: Subscription = replace(_KEPT, handler=keep)
