"""How fresh the figures of a snapshot are."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.conflict.tables import Conflict
from metrics.correction.tables import WAITING, Correction
from metrics.fact.tables import FactBatch
from metrics.freshness.schemas import Freshness, SilentPlatform
from metrics.freshness.tables import Platform
from metrics.reconciliation.tables import Chunk


async def freshness(session: AsyncSession, now: datetime, platform: str | None = None) -> Freshness:
    """How fresh the figures are; for a caller that is a platform only its own silence is told."""
    in_transit = Chunk.judged_at.is_(None)
    newest = select(FactBatch.received_at).order_by(FactBatch.id.desc()).limit(1)
    row = (
        await session.execute(
            select(
                select(func.count()).select_from(Chunk).where(in_transit).scalar_subquery(),
                select(func.min(Chunk.announced_at)).where(in_transit).scalar_subquery(),
                newest.scalar_subquery(),
                select(func.count())
                .select_from(Correction)
                .where(Correction.state == WAITING)
                .scalar_subquery(),
                select(func.count())
                .select_from(Conflict)
                .where(Conflict.state == "open")
                .scalar_subquery(),
            )
        )
    ).one()
    chunks, oldest, newest_at, pending, conflicts = row
    return Freshness(
        as_of=now,
        watermark=oldest or newest_at,
        lag_seconds=max(0, int((now - oldest).total_seconds())) if oldest else 0,
        chunks_in_transit=chunks,
        pending_corrections=pending,
        open_conflicts=conflicts,
        silent_platforms=await _silent(session, now, platform),
    )


class NewsExpected(NamedTuple):
    """A platform that states how often it reports, and when it was last heard of."""

    platform: str
    every_minutes: int
    since: datetime
    """Its last facts, or when registry last stated it if there are none."""


async def news_expected(session: AsyncSession) -> list[NewsExpected]:
    """The active platforms that state an interval."""
    rows = await session.execute(
        select(
            Platform.code, Platform.reports_every_minutes, last_heard(), Platform.stated_at
        ).where(Platform.status == "active", Platform.reports_every_minutes.is_not(None))
    )
    return [
        NewsExpected(code, minutes, heard_at or stated_at)
        for code, minutes, heard_at, stated_at in rows
        if minutes
    ]


def last_heard() -> ScalarSelect[Any]:
    """When facts of the platform of the row were last judged."""
    return (
        select(func.max(Chunk.judged_at))
        .where(Chunk.platform == Platform.code)
        .correlate(Platform)
        .scalar_subquery()
    )


async def _silent(
    session: AsyncSession, now: datetime, platform: str | None
) -> list[SilentPlatform]:
    statement = select(Platform.code, Platform.reports_every_minutes, last_heard()).where(
        Platform.status == "active", Platform.reports_every_minutes.is_not(None)
    )
    if platform is not None:
        statement = statement.where(Platform.code == platform)
    rows = await session.execute(statement.order_by(Platform.code))
    return [
        SilentPlatform(platform=code, reports_every_minutes=minutes, last_heard_at=last)
        for code, minutes, last in rows
        if minutes and (last is None or last < now - timedelta(minutes=minutes))
    ]
