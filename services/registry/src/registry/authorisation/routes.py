"""Seller authorisations over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response, status

from registry.answers import tag
from registry.authorisation import queries, use_cases
from registry.authorisation.problems import (
    AuthorisationEnded,
    AuthorisationExists,
    AuthorisationNotFound,
)
from registry.authorisation.schemas import (
    AuthorisationBatch,
    AuthorisationEnd,
    AuthorisationRegistration,
    AuthorisationStatus,
    AuthorisationView,
)
from registry.authorisation.tables import Authorisation
from registry.batches import MULTI_STATUS, BatchOutcome
from registry.client.problems import PlatformUnknown
from registry.codes import NO_NUL
from registry.enterprise.problems import EnterpriseMerged, EnterpriseUnknown
from registry.record_scope import OutsideRecordScope
from service_chassis.dependencies import Reading, Writing
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1/authorisations", tags=["authorisations"], route_class=IdempotentRoute
)
READ, WRITE = [requires("registry:read")], [requires("registry:write")]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=AuthorisationView,
    dependencies=WRITE,
    responses=problem_responses(
        PlatformUnknown,
        EnterpriseUnknown,
        EnterpriseMerged,
        AuthorisationExists,
        OutsideRecordScope,
    ),
)
async def grant_authorisation(
    registration: AuthorisationRegistration, uow: Writing, caller: Caller, response: Response
) -> Authorisation:
    """Let a platform report a seller's orders from a date on."""
    authorisation = await use_cases.grant_authorisation(uow, caller, registration)
    tag(response, authorisation.version, f"authorisations/{authorisation.id}")
    return authorisation


@router.get(
    "",
    dependencies=READ,
    responses=problem_responses(PageTokenInvalid),
)
async def list_authorisations(
    *,
    session: Reading,
    caller: Caller,
    page: PageParameters,
    platform: Annotated[str | None, Query(max_length=32, pattern=NO_NUL)] = None,
    seller: Annotated[str | None, Query(max_length=18, pattern=NO_NUL)] = None,
    status: AuthorisationStatus | None = None,
    on: Annotated[date | None, Query(description="Those that cover this date.")] = None,
) -> Page[AuthorisationView]:
    """List the authorisations you may see, in the order in which they were granted."""
    statement = queries.authorisations(
        caller, platform=platform, seller=seller, status=status, on=on
    )
    return await paged(session, statement, [Authorisation.id], page, AuthorisationView)


@router.post(":batch", status_code=MULTI_STATUS, dependencies=WRITE)
async def grant_authorisations(
    batch: AuthorisationBatch, uow: Writing, caller: Caller
) -> BatchOutcome:
    """Grant up to 1,000 authorisations; every item has its own outcome."""
    return await use_cases.grant_batch(uow, caller, batch.items)


@router.get(
    "/{authorisation_id}",
    response_model=AuthorisationView,
    dependencies=READ,
    responses=problem_responses(AuthorisationNotFound, OutsideRecordScope),
)
async def show_authorisation(
    authorisation_id: UUID, session: Reading, caller: Caller, response: Response
) -> Authorisation:
    """Show an authorisation."""
    authorisation = await queries.show_authorisation(session, caller, authorisation_id)
    tag(response, authorisation.version)
    return authorisation


@router.post(
    "/{authorisation_id}:revoke",
    response_model=AuthorisationView,
    dependencies=WRITE,
    responses=problem_responses(AuthorisationNotFound, AuthorisationEnded, OutsideRecordScope),
)
async def revoke_authorisation(
    authorisation_id: UUID,
    uow: Writing,
    caller: Caller,
    end: Annotated[AuthorisationEnd, Body(default_factory=AuthorisationEnd)],
) -> Authorisation:
    """End an authorisation on a date; orders of earlier dates may still be reported."""
    return await use_cases.end_authorisation(uow, caller, authorisation_id, end)
