"""Rebuilds: the totals computed again from the stored facts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable
from service_chassis.columns import Document, UtcDateTime


class Rebuild(MetricsTable):
    """One comparison of the totals with the facts, and the repair if it was asked for."""

    __tablename__ = "rebuild"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    """requested, running or done"""
    compare_only: Mapped[bool] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(String(120))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempt: Mapped[UUID | None] = mapped_column()
    """Who computes it; a worker that stalled and was replaced finds another's name here."""
    facts: Mapped[int | None] = mapped_column(BigInteger)
    """Facts that stand, corrections included."""
    totals: Mapped[int | None] = mapped_column(BigInteger)
    differences: Mapped[int | None] = mapped_column(BigInteger)
    """Rows of the totals that did not say what the facts say."""
    sample: Mapped[list[Any] | None] = mapped_column(Document)
    """The first of them."""
