"""What the worker does for receipts by the clock."""

from sqlalchemy import func, select

from livestream_supply import telemetry
from livestream_supply.authority.tables import AuthorityNews
from livestream_supply.receipt.tables import Receipt, ReceiptChunk
from service_chassis.service import Runtime


async def show_backlog(runtime: Runtime) -> None:
    """Show what waits for metrics, and how old the news from registry is."""
    async with runtime.database.reading() as session:
        pending = await session.scalar(select(func.sum(Receipt.pending)).where(Receipt.pending > 0))
        oldest = await session.scalar(
            select(func.min(Receipt.received_at))
            .join(ReceiptChunk, ReceiptChunk.receipt_id == Receipt.id)
            .where(Receipt.pending > 0, ReceiptChunk.judged_at.is_(None))
        )
        heard_at = await session.scalar(select(func.max(AuthorityNews.heard_at)))
    now, service = runtime.clock.now(), telemetry.SERVICE
    telemetry.RECEIPTS_PENDING_FACTS.labels(service).set(int(pending or 0))
    telemetry.RECEIPTS_OLDEST_UNJUDGED_SECONDS.labels(service).set(
        max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    )
    if heard_at is not None:
        telemetry.REGISTRY_NEWS_AGE_SECONDS.labels(service).set((now - heard_at).total_seconds())
