"""Which months' totals have changed since somebody looked."""

from datetime import datetime

from sqlalchemy import Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable
from service_chassis.columns import BigSerial, UtcDateTime


class ChangedMonth(MetricsTable):
    """A note that a transaction leaves beside the totals it changed.

    Notes are only added and deleted, so writers never wait for each other. A reader deletes the
    notes it has seen in the transaction that acts on them; a note of a transaction that committed
    later stays, whatever its number.
    """

    __tablename__ = "changed_month"
    __table_args__ = (Index("ix_changed_month_reader_slot", "reader", "slot"),)

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    reader: Mapped[int] = mapped_column(SmallInteger)
    slot: Mapped[int] = mapped_column(Integer)
    """A month as in `total.grains`; 0 for all of them."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
