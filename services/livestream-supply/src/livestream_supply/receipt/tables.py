"""Receipts, the messages their facts travel in, and what was not simply counted."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from livestream_supply.tables import LivestreamSupplyTable
from service_chassis.columns import BigSerial, Document, UtcDateTime


class Receipt(LivestreamSupplyTable):
    """One post: how many items came and what became of them.

    items = rejected + counted + duplicates + conflicts + buried + pending, at every moment.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        Index(None, "platform", "position", unique=True),
        # What is judged leaves the index: receipts are kept for ever, few are pending.
        Index(
            "ix_receipt_pending",
            "platform",
            "position",
            postgresql_where=text("pending > 0"),
            sqlite_where=text("pending > 0"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(32))
    position: Mapped[int] = mapped_column(BigInteger)
    """Its place in the platform's feed."""
    client_id: Mapped[str] = mapped_column(String(120))
    request_id: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    accepted_on: Mapped[date] = mapped_column(Date)
    items: Mapped[int] = mapped_column(Integer)
    rejected: Mapped[int] = mapped_column(Integer)
    pending: Mapped[int] = mapped_column(Integer)
    """Not judged yet, or corrections that wait for their original."""
    counted: Mapped[int] = mapped_column(Integer, default=0)
    duplicates: Mapped[int] = mapped_column(Integer, default=0)
    conflicts: Mapped[int] = mapped_column(Integer, default=0)
    buried: Mapped[int] = mapped_column(Integer, default=0)


class ReceiptChunk(LivestreamSupplyTable):
    """The facts of a receipt that went with one message."""

    __tablename__ = "receipt_chunk"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    first_row: Mapped[int] = mapped_column(Integer)
    """The place of the first of them among the accepted facts of the receipt."""
    rows: Mapped[int] = mapped_column(Integer)
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Rejection(LivestreamSupplyTable):
    """An item that was not accepted; it leaves no identity behind."""

    __tablename__ = "rejection"
    __table_args__ = (Index(None, "platform", "position", "item"),)

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Its place in the body, counted from 0."""
    platform: Mapped[str] = mapped_column(String(32))
    position: Mapped[int] = mapped_column(BigInteger)
    """That of its receipt."""
    order_no: Mapped[str | None] = mapped_column(String(64))
    errors: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    rejected_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExceptionRun(LivestreamSupplyTable):
    """Facts of a receipt that lie side by side and were not simply counted.

    Of two runs that name the same fact the later stands.
    """

    __tablename__ = "exception_run"
    __table_args__ = (Index(None, "platform", "position"),)

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    receipt_id: Mapped[UUID] = mapped_column(index=True)
    first_row: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(12))
    first_receipt_id: Mapped[UUID | None] = mapped_column()
    detail: Mapped[str | None] = mapped_column(Text)
    platform: Mapped[str] = mapped_column(String(32))
    position: Mapped[int | None] = mapped_column(BigInteger)
    """Its place in the feed, if it is a conflict or the end of one."""
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
