"""Parks and the dated history of their status."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import Document, UtcDateTime, new_id


class Park(Versioned, RegistryTable):
    """An industrial park for electronic commerce."""

    __tablename__ = "park"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200))
    park_type: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    region_code: Mapped[str] = mapped_column(String(9), index=True)
    verticals: Mapped[list[str]] = mapped_column(Document)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    crs: Mapped[str | None] = mapped_column(String(10))


class ParkStatus(RegistryTable):
    """A status a park has had since a date, until the next one."""

    __tablename__ = "park_status"
    __table_args__ = (Index(None, "park_code", "from_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    park_code: Mapped[str] = mapped_column(ForeignKey("park.code"))
    status: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date] = mapped_column()
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
