"""Which platform may report for which enterprise, and when."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import new_id

_ACTIVE = text("status = 'active'")


class Authorisation(Versioned, RegistryTable):
    """A seller lets a platform report its orders of [valid_from, valid_to)."""

    __tablename__ = "authorisation"
    __table_args__ = (
        Index(
            "uq_authorisation_active",
            "platform_code",
            "seller_uscc",
            "valid_from",
            unique=True,
            postgresql_where=_ACTIVE,
            sqlite_where=_ACTIVE,
        ),
        CheckConstraint("valid_to >= valid_from", name="period"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    platform_code: Mapped[str] = mapped_column(ForeignKey("platform.code"))
    seller_uscc: Mapped[str] = mapped_column(ForeignKey("enterprise.uscc"), index=True)
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()
    status: Mapped[str] = mapped_column(String(10))
    revoked_on: Mapped[date | None] = mapped_column()
