"""Cluster plans over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Response, status

from registry.answers import optional_precondition, tag
from registry.codes import NO_NUL
from registry.plan import queries, use_cases
from registry.plan.problems import (
    NodeCount,
    NothingToPublish,
    ParkInTwoNodes,
    ParksUnknown,
    PlanExists,
    PlanNotFound,
    TreeBroken,
    TreeNotFound,
)
from registry.plan.schemas import (
    Draft,
    PlanChange,
    PlanRegistration,
    PlanView,
    Publication,
    TreeView,
)
from registry.plan.tables import ClusterPlan
from registry.record_scope import OutsideRecordScope
from service_chassis.dependencies import Reading, Writing
from service_chassis.etags import IfMatch, Precondition, PreconditionRequired, VersionStale
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/cluster-plans", tags=["cluster plans"], route_class=IdempotentRoute)
READ, WRITE = [requires("registry:read")], [requires("registry:write")]
Code = Annotated[str, Path(max_length=32, pattern=NO_NUL, examples=["GZ-1-1-9"])]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=WRITE,
    responses=problem_responses(PlanExists, OutsideRecordScope),
)
async def register_plan(
    registration: PlanRegistration, uow: Writing, caller: Caller, response: Response
) -> PlanView:
    """Begin a plan with its declared shape; nobody else hears of it before it is published."""
    plan = await use_cases.register_plan(uow, caller, registration)
    tag(response, plan.version, f"cluster-plans/{plan.code}")
    return PlanView.model_validate(plan)


@router.get(
    "",
    dependencies=READ,
    responses=problem_responses(PageTokenInvalid),
)
async def list_plans(session: Reading, page: PageParameters) -> Page[PlanView]:
    """List cluster plans by code."""
    return await paged(session, queries.plans(), [ClusterPlan.code], page, PlanView)


@router.get("/{code}", dependencies=READ, responses=problem_responses(PlanNotFound))
async def show_plan(code: Code, session: Reading, response: Response) -> PlanView:
    """Show a plan."""
    plan = await queries.plan_of(session, code)
    tag(response, plan.version)
    return PlanView.model_validate(plan)


@router.patch(
    "/{code}",
    dependencies=WRITE,
    responses=problem_responses(
        PlanNotFound, OutsideRecordScope, VersionStale, PreconditionRequired
    ),
)
async def change_plan(
    *,
    code: Code,
    change: PlanChange,
    uow: Writing,
    caller: Caller,
    expected: IfMatch,
    response: Response,
) -> PlanView:
    """Change the names or the declared shape; send the plan's ETag as If-Match."""
    plan = await use_cases.change_plan(uow, caller, code, change, expected)
    tag(response, plan.version)
    return PlanView.model_validate(plan)


@router.put(
    "/{code}/draft",
    dependencies=WRITE,
    responses=problem_responses(
        PlanNotFound,
        TreeBroken,
        ParkInTwoNodes,
        ParksUnknown,
        OutsideRecordScope,
        VersionStale,
        PreconditionRequired,
    ),
)
async def put_draft(
    *,
    code: Code,
    draft: Draft,
    uow: Writing,
    caller: Caller,
    expected: IfMatch,
    response: Response,
) -> PlanView:
    """Replace the draft of the next tree; send the plan's ETag as If-Match."""
    plan = await use_cases.put_draft(uow, caller, code, draft, expected)
    tag(response, plan.version)
    return PlanView.model_validate(plan)


@router.get(
    "/{code}/draft", dependencies=READ, responses=problem_responses(PlanNotFound, TreeNotFound)
)
async def show_draft(code: Code, session: Reading, response: Response) -> TreeView:
    """Show the draft."""
    tree, version = await queries.show_draft(session, code)
    tag(response, version)
    return tree


@router.get(
    "/{code}/tree", dependencies=READ, responses=problem_responses(PlanNotFound, TreeNotFound)
)
async def show_tree(
    code: Code,
    session: Reading,
    version: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="Without it, the newest.")
    ] = None,
) -> TreeView:
    """Show a published tree."""
    return await queries.show_tree(session, code, version)


@router.post(
    "/{code}:publish",
    dependencies=WRITE,
    responses=problem_responses(
        PlanNotFound, NothingToPublish, NodeCount, ParksUnknown, OutsideRecordScope, VersionStale
    ),
)
async def publish_plan(
    code: Code,
    uow: Writing,
    caller: Caller,
    expected: Annotated[Precondition | None, Depends(optional_precondition)],
    publication: Annotated[Publication, Body(default_factory=Publication)],
) -> TreeView:
    """Publish the draft as the plan's next tree, if it has the declared shape."""
    tree = await use_cases.publish(uow, caller, code, publication, expected)
    return queries.tree_view(tree)
