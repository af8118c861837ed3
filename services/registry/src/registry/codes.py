"""The codes and texts that callers send, checked once for every slice."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


def absent() -> Any:
    """What a field holds that a PATCH did not send; null is something sent."""
    return None


class Body(BaseModel):
    """What callers send: unknown members are faults, blanks around texts are not."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class View(BaseModel):
    """What callers see, read from a row."""

    model_config = ConfigDict(from_attributes=True)


# PostgreSQL's text cannot hold it, and would answer a search for it with an error.
NO_NUL = r"^[^\x00]*$"
# None of the others is ever part of a name.
_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"

ParkCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,31}$")]
PlanCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9+-]{1,31}$")]
NodeCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,31}$")]
PlatformCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,31}$")]
SnakeCase = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
NameZh = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_NO_CONTROLS)]
NameEn = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_CONTROLS)]
LongName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_CONTROLS)]
EnglishName = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_NO_CONTROLS)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=NO_NUL)]
Year = Annotated[int, Field(ge=1992, le=2200)]
