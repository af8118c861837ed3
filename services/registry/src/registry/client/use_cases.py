"""Making clients, changing their secrets, revoking them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from registry.client import queries, rules
from registry.client.problems import (
    ClientNotFound,
    ClientOfSettings,
    ClientRevoked,
    PlatformUnknown,
)
from registry.client.schemas import (
    ClientRegistration,
    ClientView,
    IssuedSecret,
    Revocation,
    SecretRotation,
)
from registry.client.tables import Client, ClientSecret
from registry.platform.tables import Platform
from registry.record_scope import Grant, as_set, check_grant
from registry.scopes import ALL
from service_chassis.bulk import insert_missing
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork

OPERATOR = "operator"


async def register_client(
    uow: UnitOfWork, caller: Principal, registration: ClientRegistration
) -> IssuedSecret:
    """Make a client with its first secret; nobody gives more than they have."""
    check_grant(
        caller,
        Grant(
            scopes=frozenset(registration.scopes),
            platform=registration.platform_code,
            parks=as_set(registration.parks),
            enterprises=as_set(registration.enterprises),
            region=registration.region,
        ),
    )
    code = registration.platform_code
    if code is not None and await uow.session.get(Platform, code) is None:
        raise PlatformUnknown(f"No platform has the code {code}.")
    client = Client(
        client_id=rules.new_client_id(),
        **registration.model_dump(),
        status="active",
        last_used_at=None,
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(client)
    await uow.session.flush()
    uow.announce(rules.recorded(client))
    uow.record("client.registered", f"client/{client.client_id}", after=_document(client))
    return await _issue(uow, client)


async def rotate_secret(
    uow: UnitOfWork, caller: Principal, client_id: str, rotation: SecretRotation
) -> IssuedSecret:
    """Give a second secret; with three, the oldest goes."""
    client = await hold_client(uow, caller, client_id)
    present = await queries.valid_secrets(uow.session, client_id, uow.now)
    for secret in present[rules.MOST_SECRETS - 1 :]:
        await uow.session.delete(secret)
    if rotation.old_valid_hours is not None:
        expires_at = uow.now + timedelta(hours=rotation.old_valid_hours)
        for secret in present[: rules.MOST_SECRETS - 1]:
            secret.expires_at = min(secret.expires_at or expires_at, expires_at)
    uow.record("client.secret_rotated", f"client/{client_id}")
    return await _issue(uow, client)


async def retire_old_secrets(uow: UnitOfWork, caller: Principal, client_id: str) -> Client:
    """Keep the newest secret alone: the rotation is over."""
    client = await hold_client(uow, caller, client_id)
    for secret in (await queries.valid_secrets(uow.session, client_id, uow.now))[1:]:
        await uow.session.delete(secret)
    uow.record("client.old_secrets_retired", f"client/{client_id}")
    return client


async def revoke_client(
    uow: UnitOfWork, caller: Principal, client_id: str, revocation: Revocation
) -> Client:
    """No more tokens, and those that are out are refused as soon as the services hear of it."""
    client = await hold_client(uow, caller, client_id)
    before = _document(client)
    await uow.session.execute(delete(ClientSecret).where(ClientSecret.client_id == client_id))
    client.status = "revoked"
    client.touch(uow.now)
    uow.announce(rules.recorded(client))
    uow.record(
        "client.revoked",
        f"client/{client_id}",
        before=before,
        after=_document(client),
        reason=revocation.reason,
    )
    return client


async def ensure_operator(uow: UnitOfWork, secret: str) -> None:
    """There is a client with all scopes, and this is its only secret."""
    await insert_missing(
        uow.session,
        Client,
        [
            {
                "client_id": OPERATOR,
                "name": "Operator",
                "scopes": [],
                "platform_code": None,
                "parks": None,
                "enterprises": None,
                "region": None,
                "status": "active",
                "last_used_at": None,
                "version": 0,
                "created_at": uow.now,
                "updated_at": uow.now,
            }
        ],
    )
    client = await uow.session.get(Client, OPERATOR, with_for_update=True)
    assert client is not None  # noqa: S101 - inserted just now
    kept = await queries.valid_secrets(uow.session, OPERATOR, uow.now)
    if [one.digest for one in kept] != [rules.digest(secret)]:
        await uow.session.execute(delete(ClientSecret).where(ClientSecret.client_id == OPERATOR))
        uow.session.add(_row(uow, OPERATOR, secret))
        uow.record("client.secret_set", f"client/{OPERATOR}", reason="YUANQU_OPERATOR_SECRET")
    if client.scopes != sorted(ALL) or client.status != "active":
        before = _document(client) if client.version else None
        client.scopes, client.status = sorted(ALL), "active"
        client.touch(uow.now)
        uow.announce(rules.recorded(client))
        uow.record("client.ensured", f"client/{OPERATOR}", before=before, after=_document(client))


async def hold_client(uow: UnitOfWork, caller: Principal, client_id: str) -> Client:
    """The client, locked, for a caller who may change it."""
    client = await uow.session.get(Client, client_id, with_for_update=True)
    if client is None:
        raise ClientNotFound(f"No client has the id {client_id}.")
    queries.check_own(caller, client)
    if client_id == OPERATOR:
        raise ClientOfSettings("The next start would undo it: change YUANQU_OPERATOR_SECRET.")
    # Whoever makes a secret could use it: the client must not be able to do more than they.
    check_grant(
        caller,
        Grant(
            scopes=frozenset(client.scopes),
            platform=client.platform_code,
            parks=as_set(client.parks),
            enterprises=as_set(client.enterprises),
            region=client.region,
        ),
    )
    if client.status == "revoked":
        raise ClientRevoked(f"Client {client_id} was revoked on {client.updated_at:%Y-%m-%d}.")
    return client


async def _issue(uow: UnitOfWork, client: Client) -> IssuedSecret:
    secret = rules.new_secret()
    uow.session.add(_row(uow, client.client_id, secret))
    await uow.session.flush()
    return IssuedSecret(
        client=await queries.detail(uow.session, client, uow.now),
        client_id=client.client_id,
        client_secret=secret,
    )


def _row(uow: UnitOfWork, client_id: str, secret: str) -> ClientSecret:
    return ClientSecret(
        client_id=client_id, digest=rules.digest(secret), created_at=uow.now, expires_at=None
    )


def _document(client: Client) -> dict[str, Any]:
    return ClientView.model_validate(client).model_dump(mode="json")
