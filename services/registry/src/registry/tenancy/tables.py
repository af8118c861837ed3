"""Tenancies and the steps of their pipeline."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import UtcDateTime, new_id

_OPEN = text("stage <> 'left'")
_COUNTING_NOW = text("counting AND moved_in_on IS NOT NULL AND left_on IS NULL")


class Tenancy(Versioned, RegistryTable):
    """An enterprise's way into a park, and its stay of [moved_in_on, left_on).

    The indexes judge what they can, an unfinished stay; the rest of "one counting tenancy on a
    date" is judged while the enterprise's row is locked.
    """

    __tablename__ = "tenancy"
    __table_args__ = (
        CheckConstraint("left_on > moved_in_on", name="left_after_moved_in"),
        CheckConstraint(
            "left_on IS NULL OR moved_in_on IS NOT NULL", name="left_only_after_moving_in"
        ),
        Index(
            "uq_tenancy_open",
            "enterprise_uscc",
            "park_code",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index(
            "uq_tenancy_counting_now",
            "enterprise_uscc",
            unique=True,
            postgresql_where=_COUNTING_NOW,
            sqlite_where=_COUNTING_NOW,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    enterprise_uscc: Mapped[str] = mapped_column(ForeignKey("enterprise.uscc"), index=True)
    park_code: Mapped[str] = mapped_column(ForeignKey("park.code"), index=True)
    stage: Mapped[str] = mapped_column(String(12))
    counting: Mapped[bool] = mapped_column()
    moved_in_on: Mapped[date | None] = mapped_column()
    left_on: Mapped[date | None] = mapped_column()


class TenancyStep(RegistryTable):
    """A stage a tenancy reached, and when."""

    __tablename__ = "tenancy_step"
    __table_args__ = (Index(None, "tenancy_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenancy_id: Mapped[UUID] = mapped_column(ForeignKey("tenancy.id"))
    stage: Mapped[str] = mapped_column(String(12))
    on: Mapped[date] = mapped_column("reached_on")
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
