"""Conflicts: facts that have the identity of another fact and other content."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable, integers
from service_chassis.columns import UtcDateTime


class Conflict(MetricsTable):
    """A fact kept aside because another with its identity stood already; people decide."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index(None, "key"),
        Index("ix_conflict_state_platform", "state", "platform"),
        *integers("content", "batch_id", "row", "standing_batch_id", "standing_row"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    content: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[int] = mapped_column(BigInteger)
    row: Mapped[int] = mapped_column(SmallInteger)
    standing_batch_id: Mapped[int] = mapped_column(BigInteger)
    standing_row: Mapped[int] = mapped_column(SmallInteger)
    """The fact that stood when this one came; once it is decided, the one that stood until then."""
    platform: Mapped[str] = mapped_column(String(32))
    order_no: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    ref: Mapped[str] = mapped_column(String(120))
    receipt_id: Mapped[UUID] = mapped_column()
    first_receipt_id: Mapped[UUID] = mapped_column()
    detected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    """open; kept (the fact that stood still stands); replaced (this one stands now)"""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(Text)
