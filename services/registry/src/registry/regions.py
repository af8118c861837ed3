"""The code of an administrative division, as callers send it."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reference_data import divisions


def _listed(code: str) -> str:
    if not divisions.was_ever(code):
        raise ValueError(f"{code} was never the code of a division (GB/T 2260, 1980 to 2022)")
    return code


AskedRegion = Annotated[str, StringConstraints(pattern=r"^(\d{6}|\d{9})$")]
RegionCode = Annotated[AskedRegion, AfterValidator(_listed)]
