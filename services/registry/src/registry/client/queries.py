"""Reading clients."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.client.problems import ClientNotFound
from registry.client.schemas import ClientDetail, ClientView, SecretView
from registry.client.tables import Client, ClientSecret
from registry.record_scope import OutsideRecordScope
from service_chassis.identity import Principal


def clients(
    caller: Principal, *, platform: str | None = None, status: str | None = None
) -> Select[Client]:
    """The clients a caller may see: a platform its own."""
    statement = select(Client)
    if caller.platform is not None:
        statement = statement.where(Client.platform_code == caller.platform)
    if platform:
        statement = statement.where(Client.platform_code == platform)
    if status:
        statement = statement.where(Client.status == status)
    return statement


async def show_client(
    session: AsyncSession, caller: Principal, client_id: str, now: datetime
) -> ClientDetail:
    """A client with its valid secrets."""
    client = await session.get(Client, client_id)
    if client is None:
        raise ClientNotFound(f"No client has the id {client_id}.")
    check_own(caller, client)
    return await detail(session, client, now)


def check_own(caller: Principal, client: Client) -> None:
    """A platform handles only its own clients."""
    if caller.platform is not None and client.platform_code != caller.platform:
        raise OutsideRecordScope(f"Client {client.client_id} is not of platform {caller.platform}.")


async def detail(session: AsyncSession, client: Client, now: datetime) -> ClientDetail:
    """A client as it is shown alone."""
    return ClientDetail(
        **ClientView.model_validate(client).model_dump(),
        secrets=[
            SecretView.model_validate(secret)
            for secret in await valid_secrets(session, client.client_id, now)
        ],
    )


async def valid_secrets(session: AsyncSession, client_id: str, now: datetime) -> list[ClientSecret]:
    """The secrets that open the door now, the newest first."""
    rows = await session.scalars(
        select(ClientSecret)
        .where(
            ClientSecret.client_id == client_id,
            or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > now),
        )
        .order_by(ClientSecret.created_at.desc(), ClientSecret.id.desc())
    )
    return list(rows)
