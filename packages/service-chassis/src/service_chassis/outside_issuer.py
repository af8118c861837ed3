"""Tokens of an outside OpenID Connect issuer, in the place of our own accounts.

The issuer maps its people to our claims: ``scope`` (our scopes), and where needed ``kind``,
``parks``, ``enterprises``, ``region`` and ``platform``. Without ``kind`` its token is a person's.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt

from service_chassis.settings import Settings

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
KEPT_SECONDS = 600.0
# An unknown key may be new, or invented: do not ask the issuer for every token.
UNKNOWN_KEY_SECONDS = 30.0
PATIENCE_SECONDS = 5.0


@dataclass(slots=True)
class OutsideIssuer:
    """The public keys of an outside issuer, fetched when needed and kept ten minutes."""

    issuer: str
    jwks_url: str
    audience: str
    transport: httpx.AsyncBaseTransport | None = None
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _fetched_at: float = float("-inf")

    @classmethod
    def from_settings(cls, settings: Settings) -> "OutsideIssuer | None":
        """The configured issuer; None without one. Its key address defaults to the usual place."""
        if settings.oidc_issuer is None:
            return None
        default = f"{settings.oidc_issuer.rstrip('/')}/.well-known/jwks.json"
        return cls(settings.oidc_issuer, settings.oidc_jwks_url or default, settings.oidc_audience)

    def issued(self, token: str) -> bool:
        """Whether the token says that it comes from this issuer; not yet a proof."""
        unverified = jwt.decode(token, options={"verify_signature": False})
        return unverified.get("iss") == self.issuer

    async def claims_of(self, token: str) -> dict[str, Any]:
        """The claims of a token with a good signature; ``jwt.PyJWTError`` otherwise."""
        key = await self._key(jwt.get_unverified_header(token).get("kid", ""))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=self.audience,
            issuer=self.issuer,
            options={
                "require": ["sub", "exp"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
        return {"kind": "person", **claims}

    async def _key(self, kid: str) -> jwt.PyJWK:
        age = time.monotonic() - self._fetched_at
        if age > KEPT_SECONDS or (kid not in self._keys and age > UNKNOWN_KEY_SECONDS):
            await self._fetch()
        try:
            return self._keys[kid]
        except KeyError as fault:
            raise jwt.InvalidKeyError(f"The issuer has no key {kid!r}.") from fault

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(
                transport=self.transport, timeout=PATIENCE_SECONDS
            ) as client:
                answer = (await client.get(self.jwks_url)).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as fault:
            raise jwt.InvalidKeyError(f"The keys at {self.jwks_url} cannot be read.") from fault
        keys = (jwt.PyJWK(document) for document in answer.get("keys", []))
        self._keys = {key.key_id: key for key in keys if key.key_id}
        self._fetched_at = time.monotonic()
