"""Events published by metrics."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from event_contracts.event import Event

Outcome = Literal["counted", "duplicate", "conflict", "pending", "buried"]


class Exceptional(BaseModel):
    """A run of facts of one receipt that were not simply counted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    receipt_id: UUID
    first_row: int
    """The first fact, counted from 0 among the accepted facts of the receipt."""
    rows: int
    outcome: Outcome
    first_receipt_id: UUID | None = None
    """For duplicates and conflicts: the receipt that brought the fact first."""
    detail: str | None = None


class JudgedChunk(BaseModel):
    """One message of facts; what its exceptions do not name was counted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_id: UUID
    exceptions: list[Exceptional] = Field(default_factory=list)


class CountedChange(BaseModel):
    """By how much a total of a platform's facts changed; negative after a void."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    platform: str
    business_date: str
    kind: str
    currency: str
    count: int
    amount_minor: int


class FactsJudged(Event):
    """What became of the facts of one transaction."""

    event_type: ClassVar[str] = "metrics.facts_judged.v1"
    topic: ClassVar[str] = "metrics.outcomes"

    chunks: list[JudgedChunk] = Field(default_factory=list)
    resolutions: list[Exceptional] = Field(default_factory=list)
    """Later news of facts judged before: a correction applied, a conflict decided."""
    counted: list[CountedChange] = Field(default_factory=list)

    def partition_key(self) -> str:
        if self.chunks:
            return str(self.chunks[0].event_id)
        return str(self.resolutions[0].receipt_id) if self.resolutions else "changes"


class TargetCrossed(Event):
    """A target was met, or no longer is after a correction."""

    event_type: ClassVar[str] = "metrics.target_crossed.v1"
    topic: ClassVar[str] = "metrics.targets"

    target_id: UUID
    plan_code: str
    node_code: str
    year: int
    measure: str
    attained: bool
    total_minor: int
    currency: str
    crossed_at: datetime

    def partition_key(self) -> str:
        return str(self.target_id)
