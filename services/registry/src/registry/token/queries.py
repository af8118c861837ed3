"""Reading signing keys."""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.platform.tables import Platform
from registry.sealing import SealBroken, opened
from registry.token import rules
from registry.token.problems import NoSigningKey
from registry.token.tables import SigningKey
from service_chassis.service import Runtime


async def signing_keys(session: AsyncSession) -> list[SigningKey]:
    """All keys there have been, the newest first."""
    rows = await session.scalars(select(SigningKey).order_by(SigningKey.generation.desc()))
    return list(rows)


async def is_suspended(session: AsyncSession, platform_code: str | None) -> bool:
    """Whether clients of this platform get no tokens; those of none do."""
    if platform_code is None:
        return False
    platform = await session.get(Platform, platform_code)
    return platform is None or platform.status != "active"


async def signer_now(session: AsyncSession, runtime: Runtime) -> rules.Signer:
    """The newest active key that this process can open."""
    now = runtime.clock.now()
    for key in await signing_keys(session):
        if key.activates_at <= now and not rules.is_retired(key, now):
            try:
                return open_key(runtime.settings.signing_key, key.kid, key.sealed_private_key)
            except SealBroken:
                continue
    raise NoSigningKey("No signing key can be opened with this YUANQU_SECRET.")


@lru_cache(maxsize=16)
def open_key(secret: bytes, kid: str, sealed: bytes) -> rules.Signer:
    """The private key; opening it once is enough."""
    return rules.Signer(kid, Ed25519PrivateKey.from_private_bytes(opened(secret, sealed, kid)))
