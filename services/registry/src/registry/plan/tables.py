"""Cluster plans, their draft and their published trees."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import Document, UtcDateTime


class ClusterPlan(Versioned, RegistryTable):
    """A plan of clusters, such as 1+1+9, with the tree somebody is working on."""

    __tablename__ = "cluster_plan"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200))
    declared_hq: Mapped[int] = mapped_column()
    declared_second: Mapped[int] = mapped_column()
    declared_district: Mapped[int] = mapped_column()
    valid_from: Mapped[date] = mapped_column()
    draft: Mapped[list[dict[str, Any]] | None] = mapped_column(Document)
    published_version: Mapped[int] = mapped_column(default=0)
    """The newest published tree; 0 before the first."""

    @property
    def declared(self) -> dict[str, int]:
        """How many nodes of each role the plan promises."""
        return {
            "hq": self.declared_hq,
            "second": self.declared_second,
            "district": self.declared_district,
        }

    @property
    def has_draft(self) -> bool:
        """Whether somebody is working on the next tree."""
        return self.draft is not None


class PlanTree(RegistryTable):
    """A tree as it was published; it never changes again."""

    __tablename__ = "plan_tree"

    plan_code: Mapped[str] = mapped_column(ForeignKey("cluster_plan.code"), primary_key=True)
    tree_version: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column()
    nodes: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(120))
