"""Partner platforms."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned


class Platform(Versioned, RegistryTable):
    """A marketplace, live platform or payment firm that reports orders."""

    __tablename__ = "platform"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    reports_every_minutes: Mapped[int | None] = mapped_column()
