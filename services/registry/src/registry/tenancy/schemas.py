"""What callers send and see of tenancies."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from registry.batches import Batch
from registry.codes import Body, ParkCode, Reason, View, absent
from registry.credit_codes import AskedCreditCode

Stage = Literal["lead", "considering", "planned", "signed", "moved_in", "left"]

AN_EXAMPLE: dict[str, Any] = {
    "enterprise_uscc": "91441900MA4XDG017F",
    "park_code": "GZ-PAZHOU",
    "counting": True,
    "stage": "moved_in",
    "moved_in_on": "2013-11-01",
}


class TenancyRegistration(Body):
    """An enterprise's way into a park, from wherever it stands now.

    A stay that is already going on, or over, begins at `moved_in` or `left` with its dates.
    """

    model_config = ConfigDict(json_schema_extra={"example": AN_EXAMPLE})

    enterprise_uscc: AskedCreditCode
    park_code: ParkCode
    counting: bool = Field(description="Whether the figures of the park are to count it.")
    stage: Stage = Field(
        default_factory=absent,
        description="Without it: left with left_on, moved_in with moved_in_on, else lead.",
    )
    moved_in_on: date | None = None
    left_on: date | None = Field(default=None, description="The first day it is no longer there.")

    @model_validator(mode="after")
    def _dates_fit_the_stage(self) -> Self:
        if self.stage is None:
            came = "moved_in" if self.moved_in_on else "lead"
            self.stage = "left" if self.left_on else came
        if (self.moved_in_on is not None) != (self.stage in ("moved_in", "left")):
            raise ValueError("moved_in_on comes with the stages moved_in and left, and only there")
        if (self.left_on is not None) != (self.stage == "left"):
            raise ValueError("left_on comes with the stage left, and only there")
        if self.moved_in_on and self.left_on and self.left_on <= self.moved_in_on:
            raise ValueError(
                "left_on is the first day it is no longer there; it follows moved_in_on"
            )
        return self


class TenancyBatch(Batch):
    """Tenancies to register, each as in `POST /v1/tenancies`."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [AN_EXAMPLE]}})


class Advance(Body):
    """The next stage, and when it was reached."""

    model_config = ConfigDict(json_schema_extra={"example": {"stage": "left", "on": "2026-02-01"}})

    stage: Stage
    on: date = Field(description="For left: the first day it is no longer there.")
    note: Reason | None = None


class TenancyChange(Body):
    """A correction of the dates, or of what counts; members not sent stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"moved_in_on": "2013-12-01", "reason": "the lease began a month later"}
        }
    )

    counting: bool = Field(default_factory=absent)
    moved_in_on: date = Field(default_factory=absent)
    left_on: date = Field(default_factory=absent)
    reason: Reason


class TenancyView(View):
    """A tenancy, [moved_in_on, left_on)."""

    id: UUID
    enterprise_uscc: str
    park_code: str
    stage: Stage
    counting: bool
    moved_in_on: date | None
    left_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime


class StepView(View):
    """A stage that was reached."""

    stage: Stage
    on: date
    note: str | None
    recorded_at: datetime


class TenancyDetail(TenancyView):
    """A tenancy with the steps of its pipeline, oldest first."""

    steps: list[StepView]
