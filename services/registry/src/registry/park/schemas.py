"""What callers send and see of parks."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from registry.codes import Body, NameEn, NameZh, ParkCode, Reason, SnakeCase, View, absent
from registry.regions import RegionCode

ParkLevel = Literal["national_base", "provincial", "municipal", "local"]
ParkStatusName = Literal["planned", "operating", "suspended", "closed"]
CoordinateSystem = Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Verticals = Annotated[list[SnakeCase], Field(max_length=30), AfterValidator(_once)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

AN_EXAMPLE: dict[str, Any] = {
    "code": "GZ-PAZHOU",
    "name_zh": "琶洲电子商务总部集聚区",
    "name_en": "Pazhou E-Commerce Headquarters Cluster",
    "park_type": "headquarters_cluster",
    "level": "municipal",
    "status": "operating",
    "status_from": "2013-11-01",
    "region_code": "440105",
    "verticals": ["apparel", "cross_border"],
    "latitude": 23.0993,
    "longitude": 113.3686,
    "crs": "WGS84",
}


class _Located(Body):
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    crs: CoordinateSystem | None = Field(
        default=None, description="The system of the coordinates; Chinese maps use GCJ02 or BD09."
    )

    @model_validator(mode="after")
    def _coordinates_come_together(self) -> Self:
        sent = self.model_fields_set & {"latitude", "longitude"}
        if sent and (self.latitude is None) != (self.longitude is None):
            raise ValueError("send latitude and longitude together")
        return self


class ParkRegistration(_Located):
    """A park to register."""

    model_config = ConfigDict(json_schema_extra={"example": AN_EXAMPLE})

    code: ParkCode
    name_zh: NameZh
    name_en: NameEn
    park_type: SnakeCase = Field(description="For example headquarters_cluster, livestream_base.")
    level: ParkLevel
    status: ParkStatusName = "planned"
    status_from: date | None = Field(
        default=None, description="Since when it has this status; without it, since today."
    )
    region_code: RegionCode
    verticals: Verticals = Field(default_factory=list)


class ParkChange(_Located):
    """What to change; members not sent stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name_en": "Pazhou Headquarters Cluster"}}
    )

    name_zh: NameZh = Field(default_factory=absent)
    name_en: NameEn = Field(default_factory=absent)
    park_type: SnakeCase = Field(default_factory=absent)
    level: ParkLevel = Field(default_factory=absent)
    region_code: RegionCode = Field(default_factory=absent)
    verticals: Verticals = Field(default_factory=absent)


class StatusChange(Body):
    """A new status, since when and why."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "example": {"status": "suspended", "from": "2026-03-01", "reason": "renovation"}
        },
    )

    status: ParkStatusName
    from_on: date | None = Field(
        default=None, alias="from", description="The first day; without it, today."
    )
    reason: Reason


class StatusView(View):
    """A status in the history of a park."""

    status: ParkStatusName
    from_on: date
    reason: str | None
    recorded_at: datetime


class ParkView(View):
    """A park as it stands now."""

    code: str
    name_zh: str
    name_en: str
    park_type: str
    level: ParkLevel
    status: ParkStatusName
    region_code: str
    verticals: list[str]
    latitude: float | None
    longitude: float | None
    crs: CoordinateSystem | None
    version: int
    created_at: datetime
    updated_at: datetime


class ParkDetail(ParkView):
    """A park with the history of its status, oldest first."""

    status_history: list[StatusView]
