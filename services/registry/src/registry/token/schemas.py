"""What callers see of tokens and of the keys that sign them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from registry.codes import Body, Reason, View


class TokenAnswer(BaseModel):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int = Field(description="Seconds.")
    scope: str = Field(description="What it allows, separated by blanks.")


class TokenError(BaseModel):
    """Why there is no token (RFC 6749, section 5.2)."""

    error: Literal[
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ]
    error_description: str


class WallTokenRequest(Body):
    """For how many days the wall may show the board."""

    model_config = ConfigDict(json_schema_extra={"example": {"days": 90}})

    days: int = Field(default=90, ge=1, le=366)


class WallToken(BaseModel):
    """A token for the board, kept by a browser as a cookie. It is shown once."""

    client_id: str
    wall_token: str
    expires_at: datetime


class JsonWebKeys(BaseModel):
    """The public keys that verify tokens (RFC 7517)."""

    keys: list[dict[str, Any]]


class KeyRotation(Body):
    """When the new key takes over, and why."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"activates_in_seconds": 60, "reason": "yearly rotation"}}
    )

    activates_in_seconds: int = Field(
        default=60, ge=0, le=86_400, description="So long the services have to learn the new key."
    )
    at_once: bool = Field(
        default=False,
        description="The present key was compromised: every token it signed is refused now.",
    )
    reason: Reason


class SigningKeyView(View):
    """A key, without its private half."""

    kid: str
    generation: int
    jwk: dict[str, Any]
    activates_at: datetime
    retired_at: datetime | None
    created_at: datetime


class SigningKeys(BaseModel):
    """All keys there have been, the newest first."""

    items: list[SigningKeyView]
