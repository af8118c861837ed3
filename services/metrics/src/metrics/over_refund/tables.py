"""Orders of which more was refunded than paid, and the orders to look at again."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable, integers
from service_chassis.columns import BigSerial, UtcDateTime


class OverRefund(MetricsTable):
    """An order whose refunds exceed, in one currency, what its stored facts say was paid."""

    __tablename__ = "over_refund"
    __table_args__ = integers("paid_minor", "refunded_minor")

    platform: Mapped[str] = mapped_column(String(32), primary_key=True)
    order_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    order_prefix: Mapped[bytes] = mapped_column(LargeBinary(12), index=True)
    paid_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RefundCheck(MetricsTable):
    """Orders that got a refund or a correction in one transaction and are to be looked at.

    One row a transaction: one row an order would cost as much as counting it.
    """

    __tablename__ = "refund_check"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    order_prefixes: Mapped[bytes] = mapped_column(LargeBinary)
    """The 12-byte prefixes of their keys, one after the other."""
