"""What callers send and see of OAuth2 clients."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from registry.codes import Body, NameEn, ParkCode, PlatformCode, Reason, View
from registry.credit_codes import CreditCode
from registry.regions import RegionCode
from registry.scopes import Scope

ClientStatus = Literal["active", "revoked"]


def _sorted(values: list[str]) -> list[str]:
    return sorted(set(values))


Scopes = Annotated[list[Scope], Field(min_length=1, max_length=20), AfterValidator(_sorted)]
ParkScope = Annotated[
    list[ParkCode],
    Field(min_length=1, max_length=200, description="Only these parks; without it, all."),
    AfterValidator(_sorted),
]
EnterpriseScope = Annotated[
    list[CreditCode],
    Field(min_length=1, max_length=200, description="Only these enterprises; without it, all."),
    AfterValidator(_sorted),
]


class ClientRegistration(Body):
    """A machine that may ask for tokens: what it may do, and with whose records."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Demonstration Mall, order export",
                "scopes": ["orders:write", "orders:read"],
                "platform_code": "demo-mall",
            }
        }
    )

    name: NameEn
    scopes: Scopes
    platform_code: PlatformCode | None = Field(
        default=None, description="The platform it reports for and whose records it reads."
    )
    parks: ParkScope | None = None
    enterprises: EnterpriseScope | None = None
    region: RegionCode | None = None


class SecretRotation(Body):
    """For how long the present secret stays valid beside the new one."""

    model_config = ConfigDict(json_schema_extra={"example": {"old_valid_hours": 24}})

    old_valid_hours: int | None = Field(
        default=None, ge=0, le=8_760, description="Without it, until the next rotation."
    )


class Revocation(Body):
    """Why."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "the secret was leaked"}})

    reason: Reason


class SecretView(View):
    """A valid secret; the secret itself is shown once, when it is made."""

    id: UUID
    created_at: datetime
    expires_at: datetime | None


class ClientView(View):
    """A client, without its secrets."""

    client_id: str
    name: str
    scopes: list[str]
    platform_code: str | None
    parks: list[str] | None
    enterprises: list[str] | None
    region: str | None
    status: ClientStatus
    last_used_at: datetime | None = Field(description="When it last got a token, to the minute.")
    version: int
    created_at: datetime
    updated_at: datetime


class ClientDetail(ClientView):
    """A client and which secrets of it are valid, the newest first."""

    secrets: list[SecretView]


class IssuedSecret(BaseModel):
    """A client with a new secret. Keep the secret: nobody can show it again."""

    client: ClientDetail
    client_id: str
    client_secret: str
