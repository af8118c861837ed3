"""The currency of an amount, as callers send it."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reference_data import currencies


def _listed(code: str) -> str:
    if not currencies.is_currency(code):
        raise ValueError(f"{code} is no ISO 4217 currency that carries amounts")
    return code


Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_listed)]
