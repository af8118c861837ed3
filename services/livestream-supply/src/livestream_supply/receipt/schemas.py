"""What callers see of receipts."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["counted", "duplicate", "conflict", "rejected", "pending", "buried"]

MOST_EXCEPTIONS = 1_000
"""Named in one answer; the pages of the receipt name them all."""


class ItemError(BaseModel):
    """One fault of a rejected item."""

    pointer: str = Field(description="JSON Pointer into the posted array (NDJSON: its lines)")
    code: str = Field(description="Stable name of the fault")
    detail: str


class ItemOutcome(BaseModel):
    """What became of one item."""

    item: int = Field(description="Place in the posted array, from 0")
    outcome: Outcome
    first_receipt_id: UUID | None = Field(
        default=None, description="For duplicates and conflicts: the receipt that came first"
    )
    detail: str | None = None
    order_no: str | None = Field(default=None, description="Of a rejected item, if it is readable")
    errors: list[ItemError] | None = Field(default=None, description="Of a rejected item")


class Summary(BaseModel):
    """How many items have each outcome; together they are all items."""

    counted: int
    duplicate: int
    conflict: int
    rejected: int
    pending: int
    buried: int


class ReceiptView(BaseModel):
    """A post and what became of its items. `final` once nothing is pending."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "019c6f3e-0000-7000-8000-000000000001",
                "platform": "demo-mall",
                "received_at": "2026-03-02T02:00:00Z",
                "accepted_on": "2026-03-02",
                "state": "pending",
                "items": 2,
                "accepted": 2,
                "rejected": 0,
                "summary": {
                    "counted": 0,
                    "duplicate": 0,
                    "conflict": 0,
                    "rejected": 0,
                    "pending": 2,
                    "buried": 0,
                },
            }
        }
    )

    id: UUID
    platform: str
    received_at: datetime
    accepted_on: date = Field(description="Business date (Asia/Shanghai) of acceptance")
    state: Literal["pending", "final"]
    items: int
    accepted: int
    rejected: int
    summary: Summary


class ReceiptAnswer(ReceiptView):
    """The answer to a post: the receipt with the items that were not simply accepted or counted."""

    exceptions: list[ItemOutcome]
    exceptions_truncated: bool = Field(
        description="There are more than are named here: read the pages of the receipt"
    )


class ReceiptPage(ReceiptView):
    """A receipt with one page of its items, in their order."""

    item_outcomes: list[ItemOutcome]
    next_page_token: str | None


class ReceiptsSince(BaseModel):
    """Receipts in the order in which they became visible."""

    items: list[ReceiptView]
    next_since: str = Field(description="Ask with this for what comes later")


class RejectionView(BaseModel):
    """An item that was rejected."""

    receipt_id: UUID
    item: int
    order_no: str | None
    rejected_at: datetime
    errors: list[ItemError]


class RejectionsSince(BaseModel):
    """Rejections in the order in which they became visible."""

    items: list[RejectionView]
    next_since: str


class ConflictView(BaseModel):
    """Items whose fact is known with other content, or news of such items."""

    receipt_id: UUID
    items: list[int] = Field(description="Places in the posted array, from 0")
    outcome: Outcome = Field(description="`conflict`, or what an operator's decision made of it")
    first_receipt_id: UUID | None
    detail: str | None
    told_at: datetime


class ConflictsSince(BaseModel):
    """Conflicts, and decisions about them, in the order in which they became visible."""

    items: list[ConflictView]
    next_since: str


def receipt_document(
    *,
    receipt_id: UUID,
    platform: str,
    received_at: datetime,
    accepted_on: date,
    items: int,
    summary: dict[str, int],
) -> dict[str, Any]:
    """The members of `ReceiptView`; the hot route writes them without pydantic."""
    return {
        "id": receipt_id,
        "platform": platform,
        "received_at": received_at,
        "accepted_on": accepted_on,
        "state": "pending" if summary["pending"] else "final",
        "items": items,
        "accepted": items - summary["rejected"],
        "rejected": summary["rejected"],
        "summary": summary,
    }
