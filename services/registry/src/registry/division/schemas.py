"""What callers see of divisions."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from registry.codes import View

LevelName = Literal["province", "prefecture", "county", "township"]


class DivisionView(View):
    """A code under one name, during [valid_from, valid_to)."""

    code: str
    name: str
    level: LevelName
    valid_from: date
    valid_to: date | None
    dated_by: Literal["edition", "notice"] = Field(
        description="`notice`: the day is known; `edition`: only between which editions it lies."
    )


class DivisionDetail(DivisionView):
    """A division and what it lies in directly."""

    parent_code: str | None


class Ancestors(BaseModel):
    """What a division lies in, the nearest first."""

    code: str
    as_of: date | None
    items: list[DivisionView]
