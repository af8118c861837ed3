"""Targets of plan nodes."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import new_id

_ACTIVE = text("status = 'active'")


class Target(Versioned, RegistryTable):
    """What a node is to reach in a calendar year; one active target a measure."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        Index(
            "uq_target_active",
            "plan_code",
            "node_code",
            "year",
            "measure",
            unique=True,
            postgresql_where=_ACTIVE,
            sqlite_where=_ACTIVE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_code: Mapped[str] = mapped_column(ForeignKey("cluster_plan.code"))
    node_code: Mapped[str] = mapped_column(String(32))
    year: Mapped[int] = mapped_column()
    measure: Mapped[str] = mapped_column(String(40))
    operator: Mapped[str] = mapped_column(String(2))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(10))
