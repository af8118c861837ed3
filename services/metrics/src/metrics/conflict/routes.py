"""Conflicts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import select

from metrics.conflict import queries, use_cases
from metrics.conflict.problems import ConflictDecided, ConflictNotFound
from metrics.conflict.schemas import ConflictContents, ConflictView, Decision, State
from metrics.conflict.tables import Conflict
from metrics.fact.problems import OtherPlatform
from metrics.fact.rules.access import own_platform
from service_chassis.dependencies import Reading, Writing
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires, requires_any
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/conflicts", tags=["conflicts"], route_class=IdempotentRoute)
READ = [requires_any("figures:operate", "orders:read")]


@router.get("", dependencies=READ, responses=problem_responses(PageTokenInvalid, OtherPlatform))
async def list_conflicts(
    session: Reading,
    caller: Caller,
    page: PageParameters,
    state: Annotated[State | None, Query(description="open, kept or replaced")] = None,
    platform: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[ConflictView]:
    """List conflicts, the newest first; a platform sees its own."""
    wanted = select(Conflict)
    if state is not None:
        wanted = wanted.where(Conflict.state == state)
    if (own := own_platform(caller, platform)) is not None:
        wanted = wanted.where(Conflict.platform == own)
    return await paged(session, wanted, [Conflict.id.desc()], page, ConflictView)


@router.get(
    "/{conflict_id}",
    dependencies=READ,
    responses=problem_responses(ConflictNotFound, OtherPlatform),
)
async def show_conflict(conflict_id: UUID, session: Reading, caller: Caller) -> ConflictContents:
    """Show a conflict with what both facts say."""
    return await queries.contents(session, caller, conflict_id)


@router.post(
    "/{conflict_id}:resolve",
    dependencies=[requires("figures:operate")],
    responses=problem_responses(ConflictNotFound, ConflictDecided),
)
async def resolve_conflict(conflict_id: UUID, decision: Decision, uow: Writing) -> ConflictView:
    """Decide which fact stands: keep the one that does, or replace it by the newcomer."""
    decided = await use_cases.resolve(uow, conflict_id, decision)
    return ConflictView.model_validate(decided)
