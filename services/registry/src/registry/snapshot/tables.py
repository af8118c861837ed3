"""Snapshots: everything announced again, and how far one has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable
from service_chassis.columns import Document, UtcDateTime, new_id


class Snapshot(RegistryTable):
    """A round of announcing every row; a process that dies leaves the place to go on from."""

    __tablename__ = "snapshot"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    status: Mapped[str] = mapped_column(String(10), index=True)
    requested_by: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    position: Mapped[int] = mapped_column(default=0)
    """Which kind of record is being announced."""
    after_key: Mapped[str | None] = mapped_column(String(64))
    """The last row of that kind that was."""
    counts: Mapped[dict[str, int]] = mapped_column(Document)
