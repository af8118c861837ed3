"""Copies of targets, and how each stood when it was last evaluated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable
from service_chassis.columns import UtcDateTime
from service_chassis.tables import Copied


class Target(Copied, MetricsTable):
    """What a node of a plan is to reach in a year, as registry last stated it."""

    __tablename__ = "target"

    target_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_code: Mapped[str] = mapped_column(String(32), index=True)
    node_code: Mapped[str] = mapped_column(String(32))
    year: Mapped[int] = mapped_column()
    measure: Mapped[str] = mapped_column(String(32))
    operator: Mapped[str] = mapped_column(String(2))
    """> or >="""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(12))


class TargetStanding(MetricsTable):
    """Whether a target was met when it was last evaluated; each change of it is announced once."""

    __tablename__ = "target_standing"

    target_id: Mapped[UUID] = mapped_column(primary_key=True)
    attained: Mapped[bool] = mapped_column()
    total_minor: Mapped[int] = mapped_column(BigInteger)
    evaluated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    crossed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The last time it came to be met, or no longer was."""
