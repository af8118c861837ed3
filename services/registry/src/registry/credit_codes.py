"""The unified social credit code as callers send it: normalised and checked."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from reference_data import credit_code
from registry.codes import NO_NUL

_SENTENCES = {
    credit_code.Fault.LENGTH: "a social credit code has 18 characters",
    credit_code.Fault.CHARACTER: "a social credit code has digits and capitals without I O S V Z",
    credit_code.Fault.PLACE: "characters 3 to 8 of a social credit code are digits",
    credit_code.Fault.CHECK_CHARACTER: "the check character of the social credit code is wrong",
}


def _checked(text: object) -> str:
    if not isinstance(text, str):
        raise ValueError("a social credit code is text")  # noqa: TRY004 - pydantic reads ValueError
    checked = credit_code.check(text)
    if checked.faults:
        raise ValueError(_SENTENCES[checked.faults[0]])
    return checked.code


def _plain(text: object) -> object:
    return credit_code.normalise(text) if isinstance(text, str) else text


CreditCode = Annotated[
    str,
    Field(
        min_length=credit_code.LENGTH,
        max_length=credit_code.LENGTH,
        description="Unified social credit code (GB 32100-2015)",
    ),
    BeforeValidator(_checked),
]

AskedCreditCode = Annotated[
    str, StringConstraints(max_length=40, pattern=NO_NUL), BeforeValidator(_plain)
]
"""The code of a record somebody looks for: one that cannot exist is not found, not a fault."""
