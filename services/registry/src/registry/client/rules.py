"""Secrets, and what the other services hear of a client."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Literal, cast
from uuid import UUID

from event_contracts.registry import ClientRecorded
from registry.client.tables import Client, ClientSecret

SECRET_BYTES = 32
MOST_SECRETS = 2


def new_client_id() -> str:
    """An id that says nothing about its holder."""
    return f"cl-{secrets.token_hex(8)}"


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """What is kept of a secret. One round is enough for 256 random bits: nobody can guess them."""
    return sha256(secret.encode()).hexdigest()


def is_valid(secret: ClientSecret, now: datetime) -> bool:
    """Whether the secret still opens the door."""
    return secret.expires_at is None or secret.expires_at > now


def matches(offered: str, kept: Iterable[ClientSecret], now: datetime) -> bool:
    """Whether a secret is one of those kept; every one is compared, in constant time."""
    wanted = digest(offered)
    # A list, not any(): how long this takes must not tell which secret came close.
    found = [hmac.compare_digest(wanted, secret.digest) for secret in kept if is_valid(secret, now)]
    return True in found


def recorded(client: Client, snapshot_id: UUID | None = None) -> ClientRecorded:
    """The state of a client for the other services."""
    return ClientRecorded(
        version=client.version,
        snapshot_id=snapshot_id,
        client_id=client.client_id,
        status=cast("Literal['active', 'revoked']", client.status),
        platform_code=client.platform_code,
    )
