"""What a token says, and what the services hear of the keys that sign it."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from event_contracts.registry import SigningKeyPublished
from registry.token.tables import SigningKey
from service_chassis.columns import new_id
from service_chassis.identity_book import AUDIENCE, AUDIENCE_OF_WALLS, ISSUER

# Tokens signed in the last moment of a key are verified by clocks that may be behind.
OVERLAP_MARGIN = timedelta(seconds=60)
SCOPE_OF_WALLS = "board:read"
# A browser keeps no cookie of more than 4,096 bytes, its name and attributes included.
LONGEST_WALL_TOKEN = 3_800


@dataclass(frozen=True, slots=True)
class Holder:
    """To whom a token is given, and what it allows."""

    client_id: str
    kind: Literal["machine", "person"]
    scopes: Sequence[str]
    platform: str | None = None
    parks: Sequence[str] | None = None
    enterprises: Sequence[str] | None = None
    region: str | None = None
    roles: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its name."""

    kid: str
    private_key: Ed25519PrivateKey


def claims_of(
    holder: Holder, now: datetime, lifetime: timedelta, audience: str = AUDIENCE
) -> dict[str, Any]:
    """The claims of a token; a restriction that is absent is no restriction."""
    restrictions = {
        "platform": holder.platform,
        "parks": holder.parks,
        "enterprises": holder.enterprises,
        "region": holder.region,
        "roles": holder.roles,
    }
    moment = int(now.timestamp())
    return {
        "iss": ISSUER,
        "aud": audience,
        "sub": holder.client_id,
        "client_id": holder.client_id,
        "kind": holder.kind,
        "scope": " ".join(holder.scopes),
        "iat": moment,
        "nbf": moment,
        "exp": moment + int(lifetime.total_seconds()),
        "jti": new_id().hex,
        **{name: value for name, value in restrictions.items() if value is not None},
    }


def claims_of_wall(holder: Holder, now: datetime, lifetime: timedelta) -> dict[str, Any]:
    """The claims of a token that opens the board and nothing else."""
    return claims_of(holder, now, lifetime, AUDIENCE_OF_WALLS)


def signed(claims: dict[str, Any], signer: Signer) -> str:
    """The token (RFC 9068)."""
    return jwt.encode(
        claims,
        signer.private_key,
        algorithm="EdDSA",
        headers={"kid": signer.kid, "typ": "at+jwt"},
    )


def public_jwk(kid: str, private_key: Ed25519PrivateKey) -> dict[str, str]:
    """The public half (RFC 8037)."""
    raw = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x}


def is_retired(key: SigningKey, now: datetime) -> bool:
    """Whether tokens of the key are refused."""
    return key.retired_at is not None and key.retired_at <= now


def recorded(key: SigningKey, snapshot_id: UUID | None = None) -> SigningKeyPublished:
    """The public half of a key for the services that verify."""
    return SigningKeyPublished(
        version=key.version,
        snapshot_id=snapshot_id,
        kid=key.kid,
        jwk=key.jwk,
        retired_at=key.retired_at,
    )
