"""What was counted here and what partners say they sent."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from livestream_supply.tables import LivestreamSupplyTable, integers
from service_chassis.columns import UtcDateTime


class CountedTotal(LivestreamSupplyTable):
    """The facts of a platform that metrics has counted, by business date, kind and currency."""

    __tablename__ = "counted_total"
    __table_args__ = integers("count", "amount_minor")

    platform: Mapped[str] = mapped_column(String(32), primary_key=True)
    business_date: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class ControlTotal(LivestreamSupplyTable):
    """A partner's own count and amount of a day, as stated; a later statement does not erase it."""

    __tablename__ = "control_total"
    __table_args__ = (
        Index(None, "platform", "business_date"),
        *integers("count", "amount_minor"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(32))
    business_date: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    count: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    client_id: Mapped[str] = mapped_column(String(120))
