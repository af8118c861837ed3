"""Keys and revocations in memory, at most a second older than the database."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import jwt
from sqlalchemy import func, select

from service_chassis.clock import Clock
from service_chassis.database import Database
from service_chassis.identity import NotAuthenticated, Principal, TokenExpired, TokenRevoked
from service_chassis.outside_issuer import OutsideIssuer
from service_chassis.tables import RevokedClient, TrustedKey

if TYPE_CHECKING:
    from service_chassis.service import Runtime

ISSUER = "yuanqu"
AUDIENCE = "yuanqu"
AUDIENCE_OF_WALLS = "yuanqu-board"
"""A token for it opens the board in a browser and nothing else."""
COOKIE_OF_WALLS = "yuanqu_board"
"""Where the browser keeps it."""
REFRESH_SECONDS = 1.0
# Clocks of two machines differ; a token may seem to come from the future by this much.
LEEWAY_SECONDS = 5
REMEMBERED_TOKENS = 10_000


async def KEY_READY(runtime: "Runtime") -> str | None:  # noqa: N802  # a value, listed in readiness
    """Readiness: without a key no token can be verified."""
    async with runtime.database.reading() as session:
        keys = await session.scalar(select(func.count()).select_from(TrustedKey))
    return None if keys else "waits for signing keys from registry"


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What was verified once and holds until ``expires`` while its key and its client are good."""

    principal: Principal
    kid: str
    expires: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of registry; tokens of a retired key are refused from ``retired_at`` on."""

    document: dict[str, Any]
    jwk: jwt.PyJWK
    retired_at: datetime | None


@dataclass(slots=True)
class IdentityBook:
    """Verifies tokens: a signature costs 100 µs once, after that a look into a dictionary."""

    database: Database
    clock: Clock
    outside: OutsideIssuer | None = None
    refresh_seconds: float = REFRESH_SECONDS
    _keys: dict[str, Key] = field(default_factory=dict)
    _revoked: frozenset[str] = frozenset()
    _verified: dict[tuple[str, str], VerifiedToken] = field(default_factory=dict)
    """By audience and token: a token of one audience is none of another's."""
    _read_at: float = float("-inf")
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def principal_of(self, token: str) -> Principal:
        """The principal of a valid token; ``NotAuthenticated`` says why there is none."""
        return (await self.verified(token)).principal

    async def verified(self, token: str, audience: str = AUDIENCE) -> VerifiedToken:
        """A token that is valid for the audience now; ``NotAuthenticated`` if it is not."""
        await self._refresh()
        known = self._verified.get((audience, token))
        if known is None:
            known = await self._verify(token, audience)
            self._remember((audience, token), known)
        self._check(known)
        return known

    def client_of(self, token: str, audience: str = AUDIENCE) -> str | None:
        """The client of a token that was verified before; never asks the database."""
        known = self._verified.get((audience, token))
        return None if known is None else known.principal.client_id

    def _check(self, known: VerifiedToken) -> None:
        now = self.clock.now()
        if known.expires <= now.timestamp():
            raise TokenExpired("The access token has expired; ask for a new one.")
        if known.kid:
            key = self._keys.get(known.kid)
            if key is None or (key.retired_at is not None and key.retired_at <= now):
                raise TokenRevoked("The key of the access token is retired; ask for a new one.")
        if not self._revoked.isdisjoint((known.principal.client_id, known.principal.subject)):
            raise TokenRevoked("The client of this access token has been revoked.")

    async def _verify(self, token: str, audience: str) -> VerifiedToken:
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            if audience == AUDIENCE and self.outside is not None and self.outside.issued(token):
                claims = await self.outside.claims_of(token)
                kid = ""
            else:
                claims = self._decode(token, await self._key(kid), audience)
        except jwt.PyJWTError as fault:
            raise NotAuthenticated("The access token is not valid.") from fault
        now = self.clock.now().timestamp()
        if max(claims.get("nbf", 0), claims.get("iat", 0)) > now + LEEWAY_SECONDS:
            raise NotAuthenticated("The access token is not valid yet.")
        return VerifiedToken(Principal.from_claims(claims), kid, float(claims["exp"]))

    async def _key(self, kid: str) -> Key:
        if kid not in self._keys:
            # A key published a moment ago: look again, though never twice in a second.
            await asyncio.sleep(self._read_at + self.refresh_seconds - time.monotonic())
            await self._refresh()
        if key := self._keys.get(kid):
            return key
        raise NotAuthenticated("The access token is signed with a key that is not known here.")

    @staticmethod
    def _decode(token: str, key: Key, audience: str) -> dict[str, Any]:
        # Times are judged by our own clock, which tests can set.
        claims: dict[str, Any] = jwt.decode(
            token,
            key.jwk,
            algorithms=["EdDSA"],
            audience=audience,
            issuer=ISSUER,
            options={
                "require": ["sub", "exp", "iat"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
        return claims

    def _remember(self, known_as: tuple[str, str], verified: VerifiedToken) -> None:
        if len(self._verified) >= REMEMBERED_TOKENS:
            now = self.clock.now().timestamp()
            fresh = {kept: seen for kept, seen in self._verified.items() if seen.expires > now}
            self._verified = fresh if len(fresh) < REMEMBERED_TOKENS else {}
        self._verified[known_as] = verified

    async def _refresh(self) -> None:
        if time.monotonic() - self._read_at < self.refresh_seconds:
            return
        async with self._reading:
            started = time.monotonic()
            if started - self._read_at < self.refresh_seconds:
                return
            async with self.database.reading() as session:
                keys = await session.execute(
                    select(TrustedKey.kid, TrustedKey.jwk, TrustedKey.retired_at)
                )
                revoked = await session.scalars(select(RevokedClient.client_id))
                self._keys = {
                    kid: self._read_key(kid, document, retired_at)
                    for kid, document, retired_at in keys
                }
                self._revoked = frozenset(revoked)
            self._read_at = started

    def _read_key(self, kid: str, document: dict[str, Any], retired_at: datetime | None) -> Key:
        known = self._keys.get(kid)
        if known is not None and known.document == document:
            return Key(document, known.jwk, retired_at)
        return Key(document, jwt.PyJWK(document, algorithm="EdDSA"), retired_at)
