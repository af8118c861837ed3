"""Facts as callers see them."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from event_contracts.facts import KINDS
from metrics.correction.rules import Standing
from metrics.fact.rules.stored import StoredFact
from metrics.fact.rules.times import date_of, moment_of

State = Literal["counted", "amended", "void", "waiting", "superseded", "applied"]


class Amount(BaseModel):
    """Money in the smallest unit of its currency."""

    amount_minor: int
    currency: str


class DimensionsView(BaseModel):
    """What describes a fact."""

    seller_uscc: str
    buyer_type: str
    channel: str
    trade_mode: str
    trade_flow: str
    customs_mode: str | None
    goods_kind: str
    category: str
    attribution: str | None
    session_no: str | None
    region_code: str | None


class Content(BaseModel):
    """A fact as it came, and the receipt that brought it."""

    kind: str
    ref: str | None
    occurred_at: AwareDatetime
    amount: Amount | None
    dimensions: DimensionsView | None
    revision: int | None
    reason: str | None
    receipt_id: UUID
    receipt_row: int
    accepted_on: date
    event_id: UUID

    @classmethod
    def of(cls, fact: StoredFact) -> Self:
        """What was stored."""
        said, correction = fact.dimensions, fact.correction
        return cls(
            kind=KINDS[fact.kind],
            ref=correction.ref if correction else fact.ref,
            occurred_at=moment_of(fact.occurred_ms),
            amount=Amount(amount_minor=fact.amount_minor, currency=said.currency) if said else None,
            dimensions=DimensionsView.model_validate(said._asdict()) if said else None,
            revision=correction.revision if correction and said else None,
            reason=correction.reason if correction else None,
            receipt_id=fact.receipt_id,
            receipt_row=fact.receipt_row,
            accepted_on=date.fromisoformat(fact.accepted_on),
            event_id=fact.event_id,
        )


class Attribution(BaseModel):
    """Where the seller belonged on the business date; nothing is 'unattributed'."""

    enterprise_uscc: str | None
    park_code: str | None
    region_code: str | None


class CountedAs(BaseModel):
    """What the totals hold of a fact, and where."""

    kind: str
    business_date: date
    month: str
    amount: Amount
    dimensions: DimensionsView
    attribution: Attribution

    @classmethod
    def of(cls, standing: Standing, attribution: Attribution) -> Self:
        """Where it counts; the period is that of the fact itself, whatever amends it."""
        day = date_of(standing.occurred_ms)
        return cls(
            kind=KINDS[standing.kind],
            business_date=day,
            month=f"{day:%Y-%m}",
            amount=Amount(
                amount_minor=standing.amount_minor, currency=standing.dimensions.currency
            ),
            dimensions=DimensionsView.model_validate(standing.dimensions._asdict()),
            attribution=attribution,
        )


class CorrectionView(Content):
    """A void or an amendment."""

    state: State


class FactView(Content):
    """A fact, its corrections, and where it counts now."""

    state: State
    counted_as: CountedAs | None
    corrections: list[CorrectionView]


class AsideView(BaseModel):
    """A fact that conflicts with one that stands."""

    conflict_id: UUID
    state: str
    detected_at: AwareDatetime
    content: Content


class OrderFacts(BaseModel):
    """Everything known of an order."""

    platform: str
    order_no: str
    facts: list[FactView]
    waiting: list[CorrectionView]
    """Corrections whose fact has not come."""
    conflicts: list[AsideView]
