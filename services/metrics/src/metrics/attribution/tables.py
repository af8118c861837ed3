"""Copies of what registry says about parks and enterprises, and the spans that follow from it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable
from service_chassis.columns import Document
from service_chassis.tables import Copied


class Park(Copied, MetricsTable):
    """A park, as registry last stated it."""

    __tablename__ = "park"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    region_code: Mapped[str] = mapped_column(String(12))


class Enterprise(Copied, MetricsTable):
    """An enterprise; a merged one counts for the one it became."""

    __tablename__ = "enterprise"

    uscc: Mapped[str] = mapped_column(String(18), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(300))
    region_code: Mapped[str] = mapped_column(String(12))
    merged_into: Mapped[str | None] = mapped_column(String(18), index=True)


class Tenancy(Copied, MetricsTable):
    """A stay [moved_in_on, left_on); the figures use the counting ones."""

    __tablename__ = "tenancy"

    tenancy_id: Mapped[UUID] = mapped_column(primary_key=True)
    enterprise_uscc: Mapped[str] = mapped_column(String(18), index=True)
    park_code: Mapped[str] = mapped_column(String(32))
    counting: Mapped[bool] = mapped_column()
    moved_in_on: Mapped[date | None] = mapped_column()
    left_on: Mapped[date | None] = mapped_column()


class ClusterPlan(Copied, MetricsTable):
    """The newest published tree of a plan."""

    __tablename__ = "cluster_plan"

    plan_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    nodes: Mapped[list[dict[str, Any]]] = mapped_column(Document)


class Place(MetricsTable):
    """Where a seller's figures belong, by a small number: a park, else a region, else neither."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(48), unique=True)
    park_code: Mapped[str | None] = mapped_column(String(32))
    region_code: Mapped[str | None] = mapped_column(String(12))
    """The enterprise's own, while it is in no park."""


class SellerSpan(MetricsTable):
    """Where a seller belonged in the slots [from_slot, to_slot]; its spans tile all time.

    At the resolution of days these are the stays as they are, in day slots. At that of months the
    whole months of a stay are one span of month slots and its edges are spans of day slots, so
    that a range of whole months is answered from month rows exactly.
    """

    __tablename__ = "seller_span"
    __table_args__ = (Index("ix_seller_span_place_id", "place_id"),)

    seller_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    resolution: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """`total.grains.DAY` or `MONTH`"""
    grain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    from_slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    to_slot: Mapped[int] = mapped_column(Integer)
    place_id: Mapped[int] = mapped_column(Integer)


class SellerOwner(MetricsTable):
    """The enterprise a seller's figures are those of: itself, or the one it was merged into."""

    __tablename__ = "seller_owner"

    seller_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    enterprise_uscc: Mapped[str] = mapped_column(String(18), index=True)


class AttributionTurn(MetricsTable):
    """One row, locked by whoever attributes.

    Otherwise a new seller and a new tenancy of it, in two transactions, would miss each other.
    """

    __tablename__ = "attribution_turn"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
