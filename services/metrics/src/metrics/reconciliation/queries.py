"""Accepted = counted + duplicate + conflict + pending + buried, by acceptance date and platform."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.fact.tables import FACTS_GROUP
from metrics.reconciliation.schemas import Pending, ReconciliationLine
from metrics.reconciliation.tables import Chunk
from service_chassis.tables import DeadLetter

OVERDUE_AFTER = timedelta(minutes=15)


async def reconcile(
    session: AsyncSession, since: date, until: date, platform: str | None, now: datetime
) -> list[ReconciliationLine]:
    """The lines of these dates, both included, the latest first."""
    judged = Chunk.judged_at.is_not(None)
    announced = Chunk.accepted.is_not(None)
    buried = exists().where(
        DeadLetter.consumer_group == FACTS_GROUP,
        DeadLetter.event_id == Chunk.event_id,
        # A replayed one is on its way again.
        DeadLetter.state.in_(["buried", "discarded"]),
    )
    told = Chunk.counted + Chunk.duplicate + Chunk.conflict + Chunk.pending
    overdue = now - OVERDUE_AFTER
    columns = [
        _sum(announced, Chunk.accepted),
        *(
            _sum(and_(announced, judged), column)
            for column in (Chunk.counted, Chunk.duplicate, Chunk.conflict, Chunk.pending)
        ),
        _sum(and_(announced, ~judged, buried), Chunk.accepted),
        _sum(and_(announced, ~judged, ~buried), Chunk.accepted),
        _sum(and_(judged, ~announced), told),
        _sum(and_(announced, ~judged, ~buried, Chunk.announced_at < overdue), Chunk.accepted)
        + _sum(and_(judged, ~announced, Chunk.judged_at < overdue), told),
    ]
    statement = (
        select(Chunk.accepted_on, Chunk.platform, *columns)
        .where(Chunk.accepted_on.between(since, until))
        .group_by(Chunk.accepted_on, Chunk.platform)
        .order_by(Chunk.accepted_on.desc(), Chunk.platform)
    )
    if platform is not None:
        statement = statement.where(Chunk.platform == platform)
    return [_line(row[0], row[1], *map(int, row[2:])) for row in await session.execute(statement)]


def _line(  # noqa: PLR0917 - a row of columns
    accepted_on: date,
    platform: str,
    accepted: int,
    counted: int,
    duplicate: int,
    conflict: int,
    waiting: int,
    buried: int,
    on_the_way: int,
    unannounced: int,
    overdue: int,
) -> ReconciliationLine:
    pending = waiting + on_the_way
    return ReconciliationLine(
        accepted_on=accepted_on,
        platform=platform,
        accepted=accepted,
        counted=counted,
        duplicate=duplicate,
        conflict=conflict,
        pending=pending,
        pending_by_cause=Pending(waiting=waiting, on_the_way=on_the_way),
        buried=buried,
        difference=accepted - counted - duplicate - conflict - pending - buried,
        judged_unannounced=unannounced,
        overdue=overdue,
    )


def _sum(chosen: ColumnElement[bool], column: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((chosen, column), else_=0)), 0)
