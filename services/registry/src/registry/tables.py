"""The base of registry's tables, and what every row that others copy carries."""

from datetime import datetime

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_chassis.columns import NAMING, UtcDateTime


class RegistryTable(DeclarativeBase):
    """Rows of registry."""

    metadata = MetaData(naming_convention=NAMING)


class Versioned:
    """A row whose every state has a number: the ETag callers edit by, the version copies keep."""

    version: Mapped[int] = mapped_column(BigInteger, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def touch(self, now: datetime) -> None:
        """Begin the next version; the caller holds the row's lock."""
        self.version += 1
        self.updated_at = now
