"""Rebuilds as callers see them."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from service_chassis.columns import NO_NUL


class RebuildRequest(BaseModel):
    """Compute the totals again from the stored facts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"compare_only": True, "reason": "monthly proof"}},
    )

    compare_only: bool = False
    """Tell the differences and leave the totals as they are."""
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]


class RebuildView(BaseModel):
    """One comparison of the totals with the facts, and the repair if it was asked for."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: str
    compare_only: bool
    reason: str
    requested_by: str
    requested_at: AwareDatetime
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    facts: int | None
    totals: int | None
    differences: int | None
    sample: list[Any] | None
