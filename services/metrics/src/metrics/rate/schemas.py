"""What callers send and see of exchange rates."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from metrics.rate.rules import Kind, Rate

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["CNY"])]


class RateRecording(BaseModel):
    """A published rate. It is never changed; a correction is another one, published later."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "base": "USD",
                "quote": "CNY",
                "rate": "6.0722",
                "kind": "press_spot",
                "period": "2013-YTD-11",
                "published_on": "2013-12-24",
                "source": "implied by the report: 1.75 tn yuan are US$288.2 bn",
            }
        },
    )

    base: Currency
    quote: Currency
    rate: Decimal = Field(
        gt=0, max_digits=24, decimal_places=12, description="Units of quote for one unit of base"
    )
    kind: Kind
    period: str = Field(max_length=40, description="What it was published for, as in GET /volumes")
    published_on: date
    source: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")


class RateView(BaseModel):
    """A rate with its date and source."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    base: str
    quote: str
    rate: str
    kind: str
    period: str
    first_day: date
    until_day: date = Field(description="The first day that is not in the period any more")
    published_on: date
    source: str
    recorded_at: datetime
    recorded_by: str


class RateUsed(BaseModel):
    """A rate that converted a figure of this answer."""

    id: UUID
    base: str
    quote: str
    rate: str = Field(description="Units of quote for one unit of base")
    kind: str
    first_day: date
    until_day: date
    published_on: date
    source: str
    mean_of: int = Field(description="How many published rates it is the mean of")


def shown(rate: Rate) -> RateUsed:
    """A rate as callers see it."""
    return RateUsed(
        id=UUID(rate.id),
        base=rate.base,
        quote=rate.quote,
        rate=f"{rate.rate:f}",
        kind=rate.kind,
        first_day=rate.first,
        until_day=rate.until,
        published_on=rate.published_on,
        source=rate.source,
        mean_of=rate.of,
    )
