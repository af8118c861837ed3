"""How fresh and how complete an answer is."""

from datetime import datetime

from pydantic import BaseModel, Field


class SilentPlatform(BaseModel):
    """A platform from which news is overdue."""

    platform: str
    reports_every_minutes: int
    last_heard_at: datetime | None = Field(description="null when it was never heard of")


class Freshness(BaseModel):
    """Stated on every answer, from the same snapshot as its figures."""

    as_of: datetime
    watermark: datetime | None = Field(
        description="Everything accepted until then is in the figures; null before the first fact"
    )
    lag_seconds: int = Field(description="Age of the oldest accepted facts that are not in yet")
    chunks_in_transit: int = Field(description="Messages accepted and not counted yet")
    pending_corrections: int = Field(description="Corrections whose fact has not come yet")
    open_conflicts: int = Field(description="Facts kept aside until a person decides")
    silent_platforms: list[SilentPlatform]
