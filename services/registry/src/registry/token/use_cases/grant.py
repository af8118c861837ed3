"""Tokens for machines: OAuth2 client credentials (RFC 6749, section 4.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.client import queries as client_queries
from registry.client import rules as client_rules
from registry.client.tables import Client
from registry.token import queries
from registry.token.problems import TokenRefused
from registry.token.rules import Holder
from registry.token.schemas import TokenAnswer
from registry.token.use_cases.issue import issue
from service_chassis.service import Runtime

LAST_USE_GRAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenQuestion:
    """Who asks for a token, and for which scopes; none asked for means all it has."""

    client_id: str
    client_secret: str
    scope: str | None


async def grant_to_client(runtime: Runtime, question: TokenQuestion) -> TokenAnswer:
    """A token for a client that knows its secret.

    Only reads, except for the last use once a minute: tokens go on while somebody writes.
    """
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        client = await _authenticated(session, question, now)
        if await queries.is_suspended(session, client.platform_code):
            refusal = f"Platform {client.platform_code} is suspended."
            raise TokenRefused("unauthorized_client", refusal)
        answer = await issue(
            session,
            runtime,
            Holder(
                client_id=client.client_id,
                kind="machine",
                scopes=_scopes(client.scopes, question.scope),
                platform=client.platform_code,
                parks=client.parks,
                enterprises=client.enterprises,
                region=client.region,
            ),
        )
    if client.last_used_at is None or client.last_used_at <= now - LAST_USE_GRAIN:
        await _note_use(runtime, client.client_id, now)
    return answer


async def _authenticated(session: AsyncSession, question: TokenQuestion, now: datetime) -> Client:
    client = await session.get(Client, question.client_id)
    kept = await client_queries.valid_secrets(session, question.client_id, now)
    known = client_rules.matches(question.client_secret, kept, now)
    if client is None or client.status != "active" or not known:
        raise TokenRefused("invalid_client", "The client or its secret is not known.")
    return client


def _scopes(held: Sequence[str], asked: str | None) -> list[str]:
    if asked is None:
        return list(held)
    wanted = list(dict.fromkeys(asked.split()))
    if not wanted or not set(wanted) <= set(held):
        excess = " ".join(scope for scope in wanted if scope not in held)
        raise TokenRefused("invalid_scope", f"The client does not have: {excess or '(nothing)'}.")
    return wanted


async def _note_use(runtime: Runtime, client_id: str, now: datetime) -> None:
    async with runtime.database.unit_of_work() as uow:
        await uow.session.execute(
            update(Client)
            .where(
                Client.client_id == client_id,
                or_(Client.last_used_at.is_(None), Client.last_used_at <= now - LAST_USE_GRAIN),
            )
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )
