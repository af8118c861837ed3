"""OAuth2 clients over HTTP.

No Idempotency-Key here: a kept answer would be a secret in the clear.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response, status

from registry.answers import tag
from registry.client import queries, use_cases
from registry.client.problems import (
    ClientNotFound,
    ClientOfSettings,
    ClientRevoked,
    PlatformUnknown,
)
from registry.client.schemas import (
    ClientDetail,
    ClientRegistration,
    ClientStatus,
    ClientView,
    IssuedSecret,
    Revocation,
    SecretRotation,
)
from registry.client.tables import Client
from registry.codes import NO_NUL
from registry.record_scope import GrantTooWide, OutsideRecordScope
from service_chassis.dependencies import AtHand, Reading, Writing
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1/clients", tags=["clients"], dependencies=[requires("registry:admin")]
)
UNCHANGEABLE = (
    ClientNotFound,
    ClientOfSettings,
    ClientRevoked,
    GrantTooWide,
    OutsideRecordScope,
)
ClientId = Annotated[str, Path(max_length=64, pattern=NO_NUL)]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(PlatformUnknown, GrantTooWide),
)
async def register_client(
    registration: ClientRegistration, uow: Writing, caller: Caller, response: Response
) -> IssuedSecret:
    """Make a client; its secret is shown in this answer and never again."""
    issued = await use_cases.register_client(uow, caller, registration)
    tag(response, issued.client.version, f"clients/{issued.client_id}")
    return issued


@router.get("", responses=problem_responses(PageTokenInvalid))
async def list_clients(
    session: Reading,
    caller: Caller,
    page: PageParameters,
    platform: Annotated[str | None, Query(max_length=32, pattern=NO_NUL)] = None,
    status: ClientStatus | None = None,
) -> Page[ClientView]:
    """List clients by id, with their last use."""
    statement = queries.clients(caller, platform=platform, status=status)
    return await paged(session, statement, [Client.client_id], page, ClientView)


@router.get("/{client_id}", responses=problem_responses(ClientNotFound, OutsideRecordScope))
async def show_client(
    client_id: ClientId, session: Reading, caller: Caller, runtime: AtHand, response: Response
) -> ClientDetail:
    """Show a client and how many secrets of it are valid."""
    client = await queries.show_client(session, caller, client_id, runtime.clock.now())
    tag(response, client.version)
    return client


@router.post(
    "/{client_id}:rotate-secret",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(*UNCHANGEABLE),
)
async def rotate_secret(
    client_id: ClientId,
    uow: Writing,
    caller: Caller,
    rotation: Annotated[SecretRotation, Body(default_factory=SecretRotation)],
) -> IssuedSecret:
    """Give the client another secret; the present one stays valid beside it, a third goes."""
    return await use_cases.rotate_secret(uow, caller, client_id, rotation)


@router.post(
    "/{client_id}:retire-old-secrets",
    response_model=ClientView,
    responses=problem_responses(*UNCHANGEABLE),
)
async def retire_old_secrets(client_id: ClientId, uow: Writing, caller: Caller) -> Client:
    """End a rotation: only the newest secret stays valid."""
    return await use_cases.retire_old_secrets(uow, caller, client_id)


@router.post(
    "/{client_id}:revoke",
    response_model=ClientView,
    responses=problem_responses(*UNCHANGEABLE),
)
async def revoke_client(
    client_id: ClientId, revocation: Revocation, uow: Writing, caller: Caller
) -> Client:
    """Revoke a client for good; tokens it holds are refused within seconds."""
    return await use_cases.revoke_client(uow, caller, client_id, revocation)
