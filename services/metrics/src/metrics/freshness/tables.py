"""Copies of what registry says about platforms: whose news to expect, and how often."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable
from service_chassis.tables import Copied


class Platform(Copied, MetricsTable):
    """A partner platform, as registry last stated it."""

    __tablename__ = "platform"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12))
    reports_every_minutes: Mapped[int | None] = mapped_column()
