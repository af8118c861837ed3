"""Events published by registry: every one carries the whole state of one row.

Dates are business dates (Asia/Shanghai) and periods are half-open: the last date is not covered.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from event_contracts.event import Event, RegistryRecord


class PlatformRecorded(RegistryRecord):
    """A partner platform that may report orders, or no longer may."""

    event_type: ClassVar[str] = "registry.platform_recorded.v1"

    code: str
    name_zh: str
    name_en: str
    status: Literal["active", "suspended"]
    reports_every_minutes: int | None = None
    """How often news is expected; after that the platform counts as silent."""

    def partition_key(self) -> str:
        return f"platform/{self.code}"


class ClientRecorded(RegistryRecord):
    """A holder of credentials, a machine or (`person:<account>`) a person.

    Tokens of a revoked one are refused at once, although they have not expired.
    """

    event_type: ClassVar[str] = "registry.client_recorded.v1"

    client_id: str
    status: Literal["active", "revoked"]
    platform_code: str | None = None

    def partition_key(self) -> str:
        return f"client/{self.client_id}"


class SigningKeyPublished(RegistryRecord):
    """A public key that verifies tokens, until it is retired."""

    event_type: ClassVar[str] = "registry.signing_key_published.v1"

    kid: str
    jwk: dict[str, Any]
    retired_at: datetime | None = None

    def partition_key(self) -> str:
        return f"signing-key/{self.kid}"


class ParkRecorded(RegistryRecord):
    """An industrial park as it stands now."""

    event_type: ClassVar[str] = "registry.park_recorded.v1"

    code: str
    name_zh: str
    name_en: str
    park_type: str
    level: str
    status: str
    region_code: str
    latitude: float | None = None
    longitude: float | None = None
    verticals: list[str] = Field(default_factory=list)

    def partition_key(self) -> str:
        return f"park/{self.code}"


class EnterpriseRecorded(RegistryRecord):
    """An enterprise by its unified social credit code.

    A merged one stays, and names the enterprise it became; that one is never merged itself.
    """

    event_type: ClassVar[str] = "registry.enterprise_recorded.v1"

    uscc: str
    name_zh: str
    name_en: str | None = None
    region_code: str
    status: Literal["active", "archived", "merged"]
    merged_into: str | None = None

    def partition_key(self) -> str:
        return f"enterprise/{self.uscc}"


class TenancyRecorded(RegistryRecord):
    """An enterprise's stay in a park, [moved_in_on, left_on).

    Without `moved_in_on` it is a hope, not a stay. The figures use the counting one.
    """

    event_type: ClassVar[str] = "registry.tenancy_recorded.v1"

    tenancy_id: UUID
    enterprise_uscc: str
    park_code: str
    stage: str
    counting: bool
    moved_in_on: date | None = None
    left_on: date | None = None

    def partition_key(self) -> str:
        return f"tenancy/{self.tenancy_id}"


class AuthorisationRecorded(RegistryRecord):
    """A seller lets a platform report its orders of [valid_from, valid_to).

    `revoked` covers no date at all; an authorisation ended on a date stays active and carries
    that date as `valid_to`, so that earlier orders may still come late.
    """

    event_type: ClassVar[str] = "registry.authorisation_recorded.v1"

    authorisation_id: UUID
    platform_code: str
    seller_uscc: str
    valid_from: date
    valid_to: date | None = None
    status: Literal["active", "revoked"]

    def partition_key(self) -> str:
        return f"authorisation/{self.authorisation_id}"


class PlannedPark(BaseModel):
    """A park that belongs to a node during [valid_from, valid_to)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    park_code: str
    valid_from: date
    valid_to: date | None = None


class PlannedNode(BaseModel):
    """A cluster of a plan: a dated set of parks."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node_code: str
    parent_code: str | None = None
    role: Literal["hq", "second", "district"]
    name_zh: str
    name_en: str
    parks: list[PlannedPark] = Field(default_factory=list)


class PlanPublished(RegistryRecord):
    """The newest published tree of a cluster plan; `version` counts the published trees."""

    event_type: ClassVar[str] = "registry.plan_published.v1"

    plan_code: str
    name_zh: str
    name_en: str
    valid_from: date
    nodes: list[PlannedNode]

    def partition_key(self) -> str:
        return f"plan/{self.plan_code}"


class TargetSet(RegistryRecord):
    """What a node of a plan is to reach in a calendar year."""

    event_type: ClassVar[str] = "registry.target_set.v1"

    target_id: UUID
    plan_code: str
    node_code: str
    year: int
    measure: str
    operator: Literal[">", ">="]
    amount_minor: int
    currency: str
    status: Literal["active", "withdrawn"]

    def partition_key(self) -> str:
        return f"target/{self.target_id}"


class SnapshotCompleted(Event):
    """The end of a snapshot: how many records of each type it announced.

    Whoever has them all may drop the rows older than `started_at` that it did not name.
    """

    event_type: ClassVar[str] = "registry.snapshot_completed.v1"
    topic: ClassVar[str] = "registry.records"

    version: int = 1
    snapshot_id: UUID
    started_at: datetime
    counts: dict[str, int]

    def partition_key(self) -> str:
        return f"snapshot/{self.snapshot_id}"
