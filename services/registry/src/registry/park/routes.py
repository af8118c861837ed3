"""Parks over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status

from registry.answers import tag
from registry.codes import NO_NUL
from registry.park import queries, use_cases
from registry.park.problems import (
    ParkExists,
    ParkNotFound,
    ParkStatusDateRefused,
    ParkStatusRefused,
)
from registry.park.schemas import (
    ParkChange,
    ParkDetail,
    ParkLevel,
    ParkRegistration,
    ParkStatusName,
    ParkView,
    StatusChange,
)
from registry.park.tables import Park
from registry.record_scope import OutsideRecordScope
from registry.regions import AskedRegion
from service_chassis.dependencies import Reading, Writing
from service_chassis.etags import IfMatch, PreconditionRequired, VersionStale
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/parks", tags=["parks"], route_class=IdempotentRoute)
READ, WRITE = [requires("registry:read")], [requires("registry:write")]
Code = Annotated[str, Path(max_length=32, pattern=NO_NUL, examples=["GZ-PAZHOU"])]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=ParkView,
    dependencies=WRITE,
    responses=problem_responses(ParkExists, ParkStatusDateRefused, OutsideRecordScope),
)
async def register_park(
    registration: ParkRegistration, uow: Writing, caller: Caller, response: Response
) -> Park:
    """Register a park and announce it to the other services."""
    park = await use_cases.register_park(uow, caller, registration)
    tag(response, park.version, f"parks/{park.code}")
    return park


@router.get(
    "",
    dependencies=READ,
    responses=problem_responses(PageTokenInvalid),
)
async def list_parks(
    *,
    session: Reading,
    caller: Caller,
    page: PageParameters,
    level: ParkLevel | None = None,
    status: ParkStatusName | None = None,
    park_type: Annotated[str | None, Query(max_length=40, pattern=NO_NUL)] = None,
    region: Annotated[
        AskedRegion | None, Query(description="A division; everything inside it too.")
    ] = None,
) -> Page[ParkView]:
    """List the parks you may see, by code."""
    statement = queries.parks(
        caller, level=level, status=status, park_type=park_type, region=region
    )
    return await paged(session, statement, [Park.code], page, ParkView)


@router.get(
    "/{code}",
    dependencies=READ,
    responses=problem_responses(ParkNotFound, OutsideRecordScope),
)
async def show_park(code: Code, session: Reading, caller: Caller, response: Response) -> ParkDetail:
    """Show a park with the dated history of its status."""
    park = await queries.show_park(session, caller, code)
    tag(response, park.version)
    return park


@router.patch(
    "/{code}",
    response_model=ParkView,
    dependencies=WRITE,
    responses=problem_responses(
        ParkNotFound, OutsideRecordScope, VersionStale, PreconditionRequired
    ),
)
async def change_park(
    *,
    code: Code,
    change: ParkChange,
    uow: Writing,
    caller: Caller,
    expected: IfMatch,
    response: Response,
) -> Park:
    """Change a park; send the ETag you read as If-Match."""
    park = await use_cases.change_park(uow, caller, code, change, expected)
    tag(response, park.version)
    return park


@router.post(
    "/{code}:change-status",
    response_model=ParkView,
    dependencies=WRITE,
    responses=problem_responses(
        ParkNotFound, ParkStatusRefused, ParkStatusDateRefused, OutsideRecordScope
    ),
)
async def change_park_status(
    code: Code, change: StatusChange, uow: Writing, caller: Caller, response: Response
) -> Park:
    """Begin a new status: planned, operating, suspended, closed."""
    park = await use_cases.change_status(uow, caller, code, change)
    tag(response, park.version)
    return park
