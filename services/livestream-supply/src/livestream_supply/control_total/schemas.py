"""What partners state, and what they are answered."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from reference_data import currencies
from reference_data.shanghai import EARLIEST

MOST_STATEMENTS = 1_000
MOST = 2**63 - 1


def _is_currency(code: str) -> str:
    if not currencies.is_currency(code):
        raise ValueError("ISO 4217 lists no such currency")
    return code


Kind = Literal["created", "paid", "refunded", "settled"]
Currency = Annotated[
    str, Field(min_length=3, max_length=3, examples=["CNY"]), AfterValidator(_is_currency)
]
BusinessDate = Annotated[date, Field(ge=EARLIEST, examples=["2026-03-01"])]


class ControlTotalStatement(BaseModel):
    """What a partner sent for a business date: how many facts of a kind and their amount."""

    model_config = ConfigDict(extra="forbid")

    business_date: BusinessDate
    kind: Kind
    currency: Currency
    count: int = Field(ge=0, le=MOST, strict=True)
    amount_minor: int = Field(ge=0, le=MOST, strict=True)


class ControlTotals(BaseModel):
    """Statements to be answered together."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "items": [
                    {
                        "business_date": "2026-03-01",
                        "kind": "paid",
                        "currency": "CNY",
                        "count": 0,
                        "amount_minor": 0,
                    }
                ]
            }
        },
    )

    items: list[ControlTotalStatement] = Field(min_length=1, max_length=MOST_STATEMENTS)


class ControlTotalView(BaseModel):
    """A statement beside what is counted here; differences are ours less theirs."""

    id: UUID
    platform: str
    business_date: date
    kind: Kind
    currency: str
    count: int
    amount_minor: int
    stated_at: datetime
    counted_count: int
    counted_amount_minor: int
    agrees: bool
    difference_count: int
    difference_minor: int


class ControlTotalsAnswered(BaseModel):
    """The answer to each statement, in the order of the statements."""

    items: list[ControlTotalView]
    pending_facts: int = Field(
        description="Accepted facts of the platform without an outcome yet: while there are some, "
        "a difference may still close"
    )
