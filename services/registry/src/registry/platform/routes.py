"""Partner platforms over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Response, status

from registry.answers import tag
from registry.codes import NO_NUL
from registry.platform import queries, use_cases
from registry.platform.problems import PlatformExists, PlatformNotFound
from registry.platform.schemas import (
    PlatformChange,
    PlatformRegistration,
    PlatformStatus,
    PlatformView,
)
from registry.platform.tables import Platform
from registry.record_scope import OutsideRecordScope
from service_chassis.dependencies import Reading, Writing
from service_chassis.etags import IfMatch, PreconditionRequired, VersionStale
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/platforms", tags=["platforms"], route_class=IdempotentRoute)
READ, WRITE = [requires("registry:read")], [requires("registry:write")]
Code = Annotated[str, Path(max_length=32, pattern=NO_NUL, examples=["demo-mall"])]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=PlatformView,
    dependencies=WRITE,
    responses=problem_responses(PlatformExists, OutsideRecordScope),
)
async def register_platform(
    registration: PlatformRegistration, uow: Writing, caller: Caller, response: Response
) -> Platform:
    """Admit a partner platform; its clients get their credentials at /v1/clients."""
    platform = await use_cases.register_platform(uow, caller, registration)
    tag(response, platform.version, f"platforms/{platform.code}")
    return platform


@router.get(
    "",
    dependencies=READ,
    responses=problem_responses(PageTokenInvalid),
)
async def list_platforms(
    session: Reading, caller: Caller, page: PageParameters, status: PlatformStatus | None = None
) -> Page[PlatformView]:
    """List platforms by code; a platform sees itself."""
    return await paged(
        session, queries.platforms(caller, status=status), [Platform.code], page, PlatformView
    )


@router.get(
    "/{code}",
    response_model=PlatformView,
    dependencies=READ,
    responses=problem_responses(PlatformNotFound, OutsideRecordScope),
)
async def show_platform(
    code: Code, session: Reading, caller: Caller, response: Response
) -> Platform:
    """Show a platform."""
    platform = await queries.show_platform(session, caller, code)
    tag(response, platform.version)
    return platform


@router.patch(
    "/{code}",
    response_model=PlatformView,
    dependencies=WRITE,
    responses=problem_responses(
        PlatformNotFound, OutsideRecordScope, VersionStale, PreconditionRequired
    ),
)
async def change_platform(
    *,
    code: Code,
    change: PlatformChange,
    uow: Writing,
    caller: Caller,
    expected: IfMatch,
    response: Response,
) -> Platform:
    """Change, suspend or readmit a platform; send the ETag you read as If-Match."""
    platform = await use_cases.change_platform(uow, caller, code, change, expected)
    tag(response, platform.version)
    return platform
