"""Rebuilds over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, status
from sqlalchemy import select

from metrics.rebuild.problems import RebuildNotFound
from metrics.rebuild.schemas import RebuildRequest, RebuildView
from metrics.rebuild.tables import Rebuild
from metrics.rebuild.use_cases import rebuilding
from service_chassis.dependencies import Reading, Writing
from service_chassis.idempotency import IdempotentRoute
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1/rebuilds",
    tags=["rebuilds"],
    route_class=IdempotentRoute,
    dependencies=[requires("figures:operate")],
)


@router.post("", status_code=status.HTTP_202_ACCEPTED, response_model=RebuildView)
async def request_rebuild(asked: RebuildRequest, uow: Writing) -> Any:
    """Have the totals computed again from the facts, compared, and put right if they differ."""
    return await rebuilding.request(uow, asked)


@router.get("", responses=problem_responses(PageTokenInvalid))
async def list_rebuilds(session: Reading, page: PageParameters) -> Page[RebuildView]:
    """List rebuilds, the newest first."""
    return await paged(session, select(Rebuild), [Rebuild.id.desc()], page, RebuildView)


@router.get(
    "/{rebuild_id}", response_model=RebuildView, responses=problem_responses(RebuildNotFound)
)
async def show_rebuild(rebuild_id: UUID, session: Reading) -> Any:
    """Show how far a rebuild is and what it found."""
    if rebuild := await session.get(Rebuild, rebuild_id):
        return rebuild
    raise RebuildNotFound(f"No rebuild has the id {rebuild_id}.")
