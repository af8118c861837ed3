"""What was accepted and what became of it, told by two witnesses."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable, integers
from service_chassis.columns import UtcDateTime


class Chunk(MetricsTable):
    """The facts of one message that one platform had accepted on one business date.

    `accepted` comes from what livestream-supply announced of its receipts, the other numbers from
    judging the facts themselves. Either may come first.
    """

    __tablename__ = "chunk"
    __table_args__ = (
        Index("ix_chunk_accepted_on_platform", "accepted_on", "platform"),
        # Every answer tells what is in transit and who is silent: neither may read all chunks.
        Index("ix_chunk_platform_judged_at", "platform", "judged_at"),
        Index(
            "ix_chunk_in_transit",
            "announced_at",
            postgresql_where=text("judged_at IS NULL"),
            sqlite_where=text("judged_at IS NULL"),
        ),
        *integers("counted", "duplicate", "conflict", "pending"),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(32), primary_key=True)
    accepted_on: Mapped[date] = mapped_column(primary_key=True)
    accepted: Mapped[int | None] = mapped_column(BigInteger)
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    buried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When partners were told that the message was buried."""
    counted: Mapped[int] = mapped_column(BigInteger, default=0)
    duplicate: Mapped[int] = mapped_column(BigInteger, default=0)
    conflict: Mapped[int] = mapped_column(BigInteger, default=0)
    pending: Mapped[int] = mapped_column(BigInteger, default=0)
