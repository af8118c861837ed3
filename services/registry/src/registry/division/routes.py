"""Divisions over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from registry.division import queries
from registry.division.problems import DivisionNotFound
from registry.division.schemas import Ancestors, DivisionDetail, DivisionView, LevelName
from service_chassis.paging import Page, PageParameters, PageTokenInvalid
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1/divisions", tags=["divisions"], dependencies=[requires("registry:read")]
)

AsOf = Annotated[date | None, Query(description="A date; without it, the latest edition.")]
Code = Annotated[str, Path(max_length=9, examples=["440105"])]


@router.get("", responses=problem_responses(PageTokenInvalid))
async def list_divisions(
    page: PageParameters,
    parent: Annotated[
        str | None, Query(max_length=9, description="What they lie in; without it, the country.")
    ] = None,
    level: Annotated[
        LevelName | None, Query(description="All of this level inside, not only directly.")
    ] = None,
    as_of: AsOf = None,
    q: Annotated[str | None, Query(max_length=40, description="Part of a name.")] = None,
) -> Page[DivisionView]:
    """List divisions by code: directly under a parent, or all of a level inside it."""
    return queries.list_divisions(page, parent=parent, level=level, as_of=as_of, q=q)


@router.get("/{code}", responses=problem_responses(DivisionNotFound))
async def show_division(code: Code, as_of: AsOf = None) -> DivisionDetail:
    """Show the division that had this code on a date."""
    return queries.show_division(code, as_of)


@router.get("/{code}/ancestors", responses=problem_responses(DivisionNotFound))
async def list_ancestors(code: Code, as_of: AsOf = None) -> Ancestors:
    """What a division lies in on that date's map; Dongguan's towns have no county above them."""
    return Ancestors(code=code, as_of=as_of, items=queries.ancestors(code, as_of))
