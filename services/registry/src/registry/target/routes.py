"""Targets over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from registry.answers import tag
from registry.codes import NO_NUL
from registry.plan.problems import PlanNotFound
from registry.record_scope import OutsideRecordScope
from registry.target import queries, use_cases
from registry.target.problems import NodeUnknown, TargetExists, TargetNotFound, TargetWithdrawn
from registry.target.schemas import (
    Measure,
    TargetRegistration,
    TargetStatus,
    TargetView,
    Withdrawal,
)
from registry.target.tables import Target
from service_chassis.dependencies import Reading, Writing
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/targets", tags=["targets"], route_class=IdempotentRoute)
READ, WRITE = [requires("registry:read")], [requires("registry:write")]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=TargetView,
    dependencies=WRITE,
    responses=problem_responses(PlanNotFound, NodeUnknown, TargetExists, OutsideRecordScope),
)
async def set_target(
    registration: TargetRegistration, uow: Writing, caller: Caller, response: Response
) -> Target:
    """Set what a node of a published plan is to reach in a year."""
    target = await use_cases.set_target(uow, caller, registration)
    tag(response, target.version, f"targets/{target.id}")
    return target


@router.get(
    "",
    dependencies=READ,
    responses=problem_responses(PageTokenInvalid),
)
async def list_targets(
    *,
    session: Reading,
    page: PageParameters,
    plan: Annotated[str | None, Query(max_length=32, pattern=NO_NUL)] = None,
    node: Annotated[str | None, Query(max_length=32, pattern=NO_NUL)] = None,
    year: Annotated[int | None, Query(ge=1992, le=2200)] = None,
    measure: Measure | None = None,
    status: TargetStatus | None = None,
) -> Page[TargetView]:
    """List targets in the order in which they were set."""
    statement = queries.targets(plan=plan, node=node, year=year, measure=measure, status=status)
    return await paged(session, statement, [Target.id], page, TargetView)


@router.get(
    "/{target_id}",
    response_model=TargetView,
    dependencies=READ,
    responses=problem_responses(TargetNotFound),
)
async def show_target(target_id: UUID, session: Reading, response: Response) -> Target:
    """Show a target."""
    target = await session.get(Target, target_id)
    if target is None:
        raise TargetNotFound(f"No target has the id {target_id}.")
    tag(response, target.version)
    return target


@router.post(
    "/{target_id}:withdraw",
    response_model=TargetView,
    dependencies=WRITE,
    responses=problem_responses(TargetNotFound, TargetWithdrawn, OutsideRecordScope),
)
async def withdraw_target(
    target_id: UUID, withdrawal: Withdrawal, uow: Writing, caller: Caller
) -> Target:
    """Withdraw a target; it stays readable, and another one may be set."""
    return await use_cases.withdraw_target(uow, caller, target_id, withdrawal)
