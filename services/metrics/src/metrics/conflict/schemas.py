"""Conflicts as callers see them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from metrics.fact.schemas import Content
from service_chassis.columns import NO_NUL

Decided = Literal["keep", "replace"]
State = Literal["open", "kept", "replaced"]


class ConflictView(BaseModel):
    """A fact kept aside because another with its identity stood already."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    platform: str
    order_no: str
    kind: str
    ref: str
    receipt_id: UUID
    first_receipt_id: UUID
    detected_at: AwareDatetime
    state: State
    decided_at: AwareDatetime | None
    decided_by: str | None
    reason: str | None


class ConflictContents(ConflictView):
    """The same with what both facts say."""

    standing: Content
    """The fact that stands now; once it is decided, the one that stood until then."""
    newcomer: Content


class Decision(BaseModel):
    """Which fact stands, and why."""

    model_config = ConfigDict(extra="forbid")

    decision: Decided
    reason: Annotated[
        str,
        Field(min_length=1, max_length=500, pattern=NO_NUL, examples=["confirmed by phone"]),
    ]
