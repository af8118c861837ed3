"""Tenancies over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from registry.answers import tag
from registry.batches import MULTI_STATUS, BatchOutcome
from registry.codes import NO_NUL
from registry.enterprise.problems import EnterpriseMerged, EnterpriseUnknown
from registry.record_scope import OutsideRecordScope
from registry.tenancy import queries, use_cases
from registry.tenancy.problems import (
    ParkUnknown,
    StageSkip,
    TenancyDates,
    TenancyNotFound,
    TenancyOpen,
    TenancyOverlaps,
)
from registry.tenancy.schemas import (
    Advance,
    Stage,
    TenancyBatch,
    TenancyChange,
    TenancyDetail,
    TenancyRegistration,
    TenancyView,
)
from registry.tenancy.tables import Tenancy
from service_chassis.dependencies import Reading, Writing
from service_chassis.etags import IfMatch, PreconditionRequired, VersionStale
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/tenancies", tags=["tenancies"], route_class=IdempotentRoute)
READ, WRITE = [requires("registry:read")], [requires("registry:write")]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=TenancyView,
    dependencies=WRITE,
    responses=problem_responses(
        EnterpriseUnknown,
        EnterpriseMerged,
        ParkUnknown,
        TenancyOverlaps,
        TenancyOpen,
        OutsideRecordScope,
    ),
)
async def register_tenancy(
    registration: TenancyRegistration, uow: Writing, caller: Caller, response: Response
) -> Tenancy:
    """Register a tenancy where it stands in the pipeline; a new lead, or a stay long under way."""
    tenancy = await use_cases.register_tenancy(uow, caller, registration)
    tag(response, tenancy.version, f"tenancies/{tenancy.id}")
    return tenancy


@router.get(
    "",
    dependencies=READ,
    responses=problem_responses(PageTokenInvalid),
)
async def list_tenancies(
    *,
    session: Reading,
    caller: Caller,
    page: PageParameters,
    park: Annotated[str | None, Query(max_length=32, pattern=NO_NUL)] = None,
    enterprise: Annotated[str | None, Query(max_length=18, pattern=NO_NUL)] = None,
    stage: Stage | None = None,
    counting: bool | None = None,
    on: Annotated[date | None, Query(description="Those who were there on this date.")] = None,
) -> Page[TenancyView]:
    """List the tenancies you may see, in the order of their registration."""
    statement = queries.tenancies(
        caller, park=park, enterprise=enterprise, stage=stage, counting=counting, on=on
    )
    return await paged(session, statement, [Tenancy.id], page, TenancyView)


@router.post(":batch", status_code=MULTI_STATUS, dependencies=WRITE)
async def register_tenancies(batch: TenancyBatch, uow: Writing, caller: Caller) -> BatchOutcome:
    """Register up to 1,000 tenancies; every item has its own outcome, earlier items first."""
    return await use_cases.register_batch(uow, caller, batch.items)


@router.get(
    "/{tenancy_id}",
    dependencies=READ,
    responses=problem_responses(TenancyNotFound, OutsideRecordScope),
)
async def show_tenancy(
    tenancy_id: UUID, session: Reading, caller: Caller, response: Response
) -> TenancyDetail:
    """Show a tenancy with the steps it took."""
    tenancy = await queries.show_tenancy(session, caller, tenancy_id)
    tag(response, tenancy.version)
    return tenancy


@router.patch(
    "/{tenancy_id}",
    response_model=TenancyView,
    dependencies=WRITE,
    responses=problem_responses(
        TenancyNotFound,
        TenancyDates,
        TenancyOverlaps,
        OutsideRecordScope,
        VersionStale,
        PreconditionRequired,
    ),
)
async def correct_tenancy(
    *,
    tenancy_id: UUID,
    change: TenancyChange,
    uow: Writing,
    caller: Caller,
    expected: IfMatch,
    response: Response,
) -> Tenancy:
    """Correct the dates of a tenancy, or whether it counts; the figures follow."""
    tenancy = await use_cases.correct_tenancy(uow, caller, tenancy_id, change, expected)
    tag(response, tenancy.version)
    return tenancy


@router.post(
    "/{tenancy_id}:advance",
    response_model=TenancyView,
    dependencies=WRITE,
    responses=problem_responses(
        TenancyNotFound, StageSkip, TenancyDates, TenancyOverlaps, OutsideRecordScope
    ),
)
async def advance_tenancy(
    tenancy_id: UUID, advance: Advance, uow: Writing, caller: Caller, response: Response
) -> Tenancy:
    """Take the next step: lead, considering, planned, signed, moved_in, left."""
    tenancy = await use_cases.advance_tenancy(uow, caller, tenancy_id, advance)
    tag(response, tenancy.version)
    return tenancy
