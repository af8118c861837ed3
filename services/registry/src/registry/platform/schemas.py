"""What callers send and see of platforms."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from registry.codes import Body, NameEn, NameZh, PlatformCode, View, absent

PlatformStatus = Literal["active", "suspended"]
Minutes = Annotated[int, Field(ge=1, le=44_640, description="How often news is expected.")]


class PlatformRegistration(Body):
    """A platform to admit."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "demo-mall",
                "name_zh": "示范商城",
                "name_en": "Demonstration Mall",
                "reports_every_minutes": 60,
            }
        }
    )

    code: PlatformCode
    name_zh: NameZh
    name_en: NameEn
    reports_every_minutes: Minutes | None = None


class PlatformChange(Body):
    """What to change; members not sent stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "suspended"}})

    name_zh: NameZh = Field(default_factory=absent)
    name_en: NameEn = Field(default_factory=absent)
    status: PlatformStatus = Field(default_factory=absent)
    reports_every_minutes: Minutes | None = Field(default_factory=absent)


class PlatformView(View):
    """A partner platform."""

    code: str
    name_zh: str
    name_en: str
    status: PlatformStatus
    reports_every_minutes: int | None
    version: int
    created_at: datetime
    updated_at: datetime
