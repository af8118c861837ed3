"""Exchange rates, each with the period it was published for, its date and its source."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable
from service_chassis.columns import UtcDateTime


class ExchangeRate(MetricsTable):
    """One unit of `base` was worth `rate` units of `quote`; a rate is never changed."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        UniqueConstraint("base", "quote", "kind", "first_day", "until_day", "published_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(String(3))
    quote: Mapped[str] = mapped_column(String(3))
    rate: Mapped[str] = mapped_column(String(40))
    """A decimal as it was published: text, because no column type keeps it exact everywhere."""
    kind: Mapped[str] = mapped_column(String(32))
    period: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date] = mapped_column(index=True)
    until_day: Mapped[date] = mapped_column()
    """The period it was published for, [first_day, until_day)."""
    published_on: Mapped[date] = mapped_column()
    source: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(120))
