"""Tokens and signing keys over HTTP."""

import base64
from typing import Annotated
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Body, Path, Request, Response, status
from fastapi.responses import JSONResponse

from registry.account.problems import AccountLocked, CredentialsInvalid
from registry.account.schemas import Credentials
from registry.client.problems import ClientNotFound, ClientOfSettings, ClientRevoked
from registry.codes import NO_NUL
from registry.record_scope import GrantTooWide, OutsideRecordScope
from registry.token import queries, rules, use_cases
from registry.token.problems import NoSigningKey, NotForAWall, TokenRefused
from registry.token.schemas import (
    JsonWebKeys,
    KeyRotation,
    SigningKeys,
    SigningKeyView,
    TokenAnswer,
    TokenError,
    WallToken,
    WallTokenRequest,
)
from registry.token.use_cases.grant import TokenQuestion
from service_chassis.dependencies import AtHand, Reading, Writing
from service_chassis.identity import Caller
from service_chassis.policy import public, requires
from service_chassis.problems import problem_responses

router = APIRouter(tags=["tokens"])
ADMIN = [requires("registry:admin")]
ClientId = Annotated[str, Path(max_length=64, pattern=NO_NUL)]

FORM = "application/x-www-form-urlencoded"
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
A_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string", "format": "password"},
                        "scope": {"type": "string", "description": "Separated by blanks."},
                    },
                }
            }
        },
    }
}


@router.post(
    "/oauth2/token",
    response_model=TokenAnswer,
    dependencies=[public()],
    responses={
        400: {"model": TokenError, "description": "RFC 6749, section 5.2"},
        401: {"model": TokenError, "description": "The client or its secret is not known"},
        **problem_responses(NoSigningKey),
    },
    openapi_extra=A_FORM,
)
async def grant_token(request: Request, runtime: AtHand) -> Response:
    """Exchange a client's credentials for a short-lived token (OAuth2 client credentials).

    The client sends its id and secret with HTTP Basic (each percent-encoded) or in the form.
    """
    try:
        question = _question(request, await request.body())
        answer = await use_cases.grant_to_client(runtime, question)
    except TokenRefused as refusal:
        body = TokenError(error=refusal.error, error_description=refusal.description)
        headers = dict(NOT_STORED)
        if refusal.error == "invalid_client":
            headers["WWW-Authenticate"] = 'Basic realm="yuanqu", charset="UTF-8"'
        return JSONResponse(body.model_dump(), refusal.status, headers)
    return JSONResponse(answer.model_dump(), headers=NOT_STORED)


def _question(request: Request, body: bytes) -> TokenQuestion:
    """Read the form and the header as RFC 6749 says: each parameter once, one way to show who."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise TokenRefused("invalid_request", f"Send a form: {FORM}.")
    try:
        pairs = parse_qsl(body.decode(), strict_parsing=bool(body), max_num_fields=20)
    except ValueError:
        raise TokenRefused("invalid_request", "The form cannot be read.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise TokenRefused("invalid_request", "A parameter was sent twice.")
    if "grant_type" not in form:
        raise TokenRefused("invalid_request", "grant_type is missing.")
    if form["grant_type"] != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "Only client_credentials is supported.")
    basic = _basic(request.headers.get("authorization"))
    if basic and "client_secret" in form:
        raise TokenRefused("invalid_request", "Send the secret in one place, not in two.")
    client_id, secret = basic or (form.get("client_id"), form.get("client_secret"))
    if not client_id or not secret or "\0" in client_id:
        raise TokenRefused("invalid_client", "Send the client's id and secret.")
    if form.get("client_id", client_id) != client_id:
        raise TokenRefused("invalid_request", "Two clients are named.")
    return TokenQuestion(client_id, secret, form.get("scope"))


def _basic(authorization: str | None) -> tuple[str, str] | None:
    if authorization is None:
        return None
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise TokenRefused("invalid_client", "Use HTTP Basic, or send the secret in the form.")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        raise TokenRefused("invalid_client", "The Authorization header cannot be read.") from None
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise TokenRefused("invalid_client", "The Authorization header cannot be read.")
    return unquote_plus(client_id), unquote_plus(secret)


@router.post(
    "/v1/clients/{client_id}:issue-wall-token",
    status_code=status.HTTP_201_CREATED,
    dependencies=ADMIN,
    responses=problem_responses(
        ClientNotFound,
        ClientOfSettings,
        ClientRevoked,
        GrantTooWide,
        OutsideRecordScope,
        NotForAWall,
        NoSigningKey,
    ),
)
async def issue_wall_token(  # noqa: PLR0917 - FastAPI passes them by name
    client_id: ClientId,
    uow: Writing,
    caller: Caller,
    runtime: AtHand,
    response: Response,
    wanted: Annotated[WallTokenRequest, Body(default_factory=WallTokenRequest)],
) -> WallToken:
    """Give a token that shows the board (`/metrics/board`) in a browser and opens nothing else.

    The client has the scope `board:read` alone; its record scope is what the wall shows. Revoking
    the client ends all its wall tokens. Several are valid at once.
    """
    response.headers.update(NOT_STORED)
    return await use_cases.issue_wall_token(uow, caller, runtime, client_id, wanted.days)


@router.post(
    "/v1/sessions",
    dependencies=[public()],
    responses=problem_responses(CredentialsInvalid, AccountLocked, NoSigningKey),
)
async def sign_in(
    credentials: Credentials, request: Request, runtime: AtHand, response: Response
) -> TokenAnswer:
    """Exchange a person's account and password for a short-lived token."""
    response.headers.update(NOT_STORED)
    request_id = getattr(request.state, "request_id", None)
    return await use_cases.sign_in(runtime, credentials, request_id)


@router.get("/.well-known/jwks.json", dependencies=[public()])
async def show_public_keys(session: Reading, runtime: AtHand, response: Response) -> JsonWebKeys:
    """The public keys that verify tokens, those to come included."""
    response.headers["Cache-Control"] = "public, max-age=60"
    now = runtime.clock.now()
    keys = await queries.signing_keys(session)
    return JsonWebKeys(keys=[key.jwk for key in keys if not rules.is_retired(key, now)])


@router.get("/v1/signing-keys", dependencies=ADMIN)
async def list_signing_keys(session: Reading) -> SigningKeys:
    """All signing keys there have been, the newest first."""
    keys = await queries.signing_keys(session)
    return SigningKeys(items=[SigningKeyView.model_validate(key) for key in keys])


@router.post(
    "/v1/signing-keys:rotate", dependencies=ADMIN, responses=problem_responses(OutsideRecordScope)
)
async def rotate_signing_key(
    rotation: KeyRotation, uow: Writing, caller: Caller, runtime: AtHand
) -> SigningKeys:
    """Publish the next key; the old one verifies until the last token it signed has expired.

    That is minutes, or months when it signed a wall token. `at_once` ends wall tokens too.
    """
    keys = await use_cases.rotate_signing_key(uow, caller, runtime, rotation)
    return SigningKeys(items=[SigningKeyView.model_validate(key) for key in keys])
