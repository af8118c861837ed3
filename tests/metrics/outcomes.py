"""What metrics announced, read from its outbox."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select

from event_contracts.metrics import FactsJudged
from service_chassis.database import Database
from service_chassis.tables import OutboxRow
from tests.metrics.messages import Receipt


async def announced(database: Database) -> list[FactsJudged]:
    """Every announcement of outcomes, in the order of the outbox."""
    async with database.reading() as session:
        rows = await session.scalars(
            select(OutboxRow.body)
            .where(OutboxRow.event_type == FactsJudged.event_type)
            .order_by(OutboxRow.position)
        )
        return [FactsJudged.from_body(body) for body in rows]


async def outcomes(database: Database, receipt: Receipt) -> list[str]:
    """What became of every fact of the receipt, as its platform is told."""
    told: dict[int, str] = {}
    for event in await announced(database):
        for run in [
            *(run for chunk in event.chunks for run in chunk.exceptions),
            *event.resolutions,
        ]:
            if run.receipt_id == receipt.id:
                told |= dict.fromkeys(range(run.first_row, run.first_row + run.rows), run.outcome)
    return [told.get(row, "counted") for row in range(len(receipt.facts))]


async def first_receipts(database: Database, receipt: Receipt) -> set[UUID | None]:
    """The receipts named as the first to bring facts of this one."""
    return {
        run.first_receipt_id
        for event in await announced(database)
        for chunk in event.chunks
        for run in chunk.exceptions
        if run.receipt_id == receipt.id
    }


async def counted(database: Database) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """What partners can add up from the announcements, by platform, date, kind and currency."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    amounts: Counter[tuple[str, str, str, str]] = Counter()
    for event in await announced(database):
        for change in event.counted:
            key = (change.platform, change.business_date, change.kind, change.currency)
            counts[key] += change.count
            amounts[key] += change.amount_minor
    return {
        key: (counts[key], amounts[key]) for key in counts | amounts if counts[key] or amounts[key]
    }
