"""How the partner platforms do."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.board.rules.walls import Wall
from metrics.board.schemas.pictures import Named, Partner
from metrics.freshness.queries import last_heard, news_expected
from metrics.freshness.tables import Platform
from metrics.reconciliation.schemas import ReconciliationLine

MOST_PARTNERS = 20


async def partners(
    session: AsyncSession, wall: Wall, now: datetime, today: Sequence[ReconciliationLine]
) -> list[Partner]:
    """Those whose news is overdue first, then by what was accepted today; 20 at most."""
    statement = select(Platform, last_heard())
    if wall.scope.platform is not None:
        statement = statement.where(Platform.code == wall.scope.platform)
    expected = {each.platform: each for each in await news_expected(session)}
    lines = {line.platform: line for line in today}
    found = []
    for platform, heard_at in await session.execute(statement):
        due = expected.get(platform.code)
        due_at = due.since + timedelta(minutes=due.every_minutes) if due else None
        found.append(
            Partner(
                platform=Named(platform.code, platform.name_zh, platform.name_en),
                is_active=platform.status == "active",
                every_minutes=platform.reports_every_minutes,
                heard_at=heard_at,
                overdue_since=due_at if due_at and due_at < now else None,
                today=lines.get(platform.code),
            )
        )
    found.sort(key=_urgency)
    return found[:MOST_PARTNERS]


def _urgency(partner: Partner) -> tuple[bool, bool, int, str]:
    accepted = partner.today.accepted if partner.today else 0
    code = partner.platform.code
    return partner.overdue_since is None, not partner.is_active, -accepted, code
