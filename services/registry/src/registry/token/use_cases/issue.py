"""Writing a token."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from registry.token import queries, rules
from registry.token.schemas import TokenAnswer
from service_chassis.service import Runtime


async def issue(session: AsyncSession, runtime: Runtime, holder: rules.Holder) -> TokenAnswer:
    """A short-lived token for the holder, signed with the newest active key."""
    signer = await queries.signer_now(session, runtime)
    lifetime = timedelta(seconds=runtime.settings.token_lifetime_seconds)
    claims = rules.claims_of(holder, runtime.clock.now(), lifetime)
    return TokenAnswer(
        access_token=rules.signed(claims, signer),
        expires_in=runtime.settings.token_lifetime_seconds,
        scope=str(claims["scope"]),
    )
