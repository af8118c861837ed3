"""What callers send and see of people's accounts."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from registry.client.schemas import EnterpriseScope, ParkScope
from registry.codes import NO_NUL, Body, NameZh, View, absent
from registry.regions import RegionCode

Role = Literal[
    "administrator",
    "operations",
    "city",
    "park",
    "base",
    "desk",
    "enterprise",
    "inspector",
    "reviewer",
    "auditor",
]
AccountStatus = Literal["active", "disabled"]
AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,49}$")]
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200


def _of_some_length(password: SecretStr) -> SecretStr:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, "
            f"not {len(password)}"
        )
    return password


NewPassword = Annotated[
    SecretStr,
    AfterValidator(_of_some_length),
    Field(json_schema_extra={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD}),
]


def _sorted(values: list[Role]) -> list[Role]:
    return sorted(set(values))


Roles = Annotated[list[Role], Field(min_length=1, max_length=10), AfterValidator(_sorted)]


class AccountRegistration(Body):
    """A person: what they do here, and with whose records."""

    model_config = ConfigDict(
        str_strip_whitespace=False,
        json_schema_extra={
            "example": {
                "account": "li.na",
                "name": "李娜",
                "password": "a long password of hers",
                "roles": ["park"],
                "parks": ["GZ-PAZHOU"],
            }
        },
    )

    account: AccountName
    name: NameZh
    password: NewPassword
    roles: Roles
    parks: ParkScope | None = None
    enterprises: EnterpriseScope | None = None
    region: RegionCode | None = None

    @model_validator(mode="after")
    def _roles_have_their_records(self) -> Self:
        for role, member in NEEDED_SCOPE.items():
            if role in self.roles and getattr(self, member) is None:
                raise ValueError(f"the role {role} needs {member}")
        return self


NEEDED_SCOPE: dict[Role, str] = {
    "city": "region",
    "park": "parks",
    "base": "parks",
    "enterprise": "enterprises",
}
"""Without these, somebody meant for a part would see everything."""


class AccountChange(Body):
    """What to change; members not sent stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "disabled"}})

    name: NameZh = Field(default_factory=absent)
    roles: Roles = Field(default_factory=absent)
    parks: ParkScope | None = Field(default_factory=absent)
    enterprises: EnterpriseScope | None = Field(default_factory=absent)
    region: RegionCode | None = Field(default_factory=absent)
    status: AccountStatus = Field(default_factory=absent)


class PasswordSetting(Body):
    """A new password, given by an administrator."""

    model_config = ConfigDict(
        str_strip_whitespace=False,
        json_schema_extra={"example": {"password": "another long password"}},
    )

    password: NewPassword


class PasswordChange(Body):
    """One's own new password, and the present one as the proof."""

    model_config = ConfigDict(
        str_strip_whitespace=False,
        json_schema_extra={
            "example": {"present": "a long password of hers", "password": "another long password"}
        },
    )

    present: SecretStr = Field(max_length=200)
    password: NewPassword


class Credentials(BaseModel):
    """Who signs in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"account": "li.na", "password": "a long password of hers"}},
    )

    account: str = Field(max_length=60, pattern=NO_NUL)
    password: SecretStr = Field(max_length=200)


class AccountView(View):
    """A person's account."""

    account: str
    name: str
    roles: list[Role]
    parks: list[str] | None
    enterprises: list[str] | None
    region: str | None
    status: AccountStatus
    last_signed_in_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
