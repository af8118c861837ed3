"""What callers send and see of authorisations."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from registry.batches import Batch
from registry.codes import Body, PlatformCode, Reason, View
from registry.credit_codes import AskedCreditCode

AuthorisationStatus = Literal["active", "revoked"]

AN_EXAMPLE: dict[str, Any] = {
    "platform_code": "demo-mall",
    "seller_uscc": "91441900MA4XDG017F",
    "valid_from": "2013-01-01",
}


class AuthorisationRegistration(Body):
    """A seller lets a platform report its orders of [valid_from, valid_to)."""

    model_config = ConfigDict(json_schema_extra={"example": AN_EXAMPLE})

    platform_code: PlatformCode
    seller_uscc: AskedCreditCode
    valid_from: date = Field(description="The first business date of orders it covers.")
    valid_to: date | None = Field(default=None, description="The first date no longer covered.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to is the first day no longer covered; it follows valid_from")
        return self


class AuthorisationBatch(Batch):
    """Authorisations to grant, each as in `POST /v1/authorisations`."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [AN_EXAMPLE]}})


class AuthorisationEnd(Body):
    """From when the platform may no longer report; earlier orders may still come late."""

    model_config = ConfigDict(json_schema_extra={"example": {"on": "2026-02-01"}})

    on: date | None = Field(
        default=None, description="The first date no longer covered; without it, today."
    )
    reason: Reason | None = None


class AuthorisationView(View):
    """An authorisation; a revoked one still covers its dates before `valid_to`."""

    id: UUID
    platform_code: str
    seller_uscc: str
    valid_from: date
    valid_to: date | None
    status: AuthorisationStatus
    revoked_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime
