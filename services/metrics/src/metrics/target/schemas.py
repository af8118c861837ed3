"""What callers see of targets."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from metrics.freshness.schemas import Freshness
from metrics.growth.rules import Reason
from metrics.rate.schemas import RateUsed


class TargetView(BaseModel):
    """What a node of a plan is to reach in a year."""

    model_config = ConfigDict(from_attributes=True)

    target_id: UUID
    plan_code: str
    node_code: str
    year: int
    measure: str
    operator: str = Field(description="'>' means more than: the amount itself is not enough")
    amount_minor: int
    currency: str
    status: str


class Unconverted(BaseModel):
    """An amount that is not in the total because a rate is missing."""

    currency: str
    amount_minor: int


class Attainment(BaseModel):
    """How a target stands, to the minor unit."""

    target: TargetView
    total_minor: int
    currency: str
    attained: bool
    missing_minor: int = Field(description="What is still needed; 0 when it is met")
    ratio: str | None = Field(description="Total to target, six places, half-even")
    ratio_reason: Reason | None = None
    unconverted: list[Unconverted]
    rates: list[RateUsed]
    crossed_at: datetime | None = Field(
        description="When it last came to be met, or no longer was; null when it never was met"
    )
    freshness: Freshness
