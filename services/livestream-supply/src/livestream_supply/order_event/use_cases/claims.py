"""Idempotency keys of posts that share a transaction: a clash fails only its own request.

The key is claimed in the transaction that writes the post, and holds or vanishes with it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from livestream_supply.telemetry import SERVICE
from service_chassis.bulk import insert_into
from service_chassis.idempotency import LONGEST_KEY, IdempotencyKeyInvalid, IdempotencyKeyReused
from service_chassis.tables import IdempotencyKey
from service_chassis.telemetry import IDEMPOTENCY_REPLAYS_TOTAL

RECEIPT_HEADER = "receipt"


@dataclass(frozen=True, slots=True)
class Claim:
    """An Idempotency-Key of a client, and what it was sent with."""

    client: str
    key: str
    fingerprint: str

    @property
    def name(self) -> tuple[str, str]:
        """What must be unique."""
        return self.client, self.key


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with 202, and the receipt that it tells of."""

    receipt_id: UUID
    body: bytes


def claim_of(client: str, key: str | None, asked: str, text: bytes) -> Claim | None:
    """The claim of a request; its body counts as it is when inflated."""
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid(f"Send 1 to {LONGEST_KEY} printable ASCII characters.")
    digest = hashlib.sha256(asked.encode())
    digest.update(text)
    return Claim(client, key, digest.hexdigest())


async def make_claims(
    session: AsyncSession, claims: Mapping[Claim, Answer], now: datetime
) -> Mapping[Claim, Answer | IdempotencyKeyReused]:
    """Claim the keys with their answers; what comes back belongs to earlier requests.

    The names of the claims are distinct.
    """
    if not claims:
        return {}
    # Sorted, so that two transactions with the same keys do not deadlock.
    rows = [
        {
            "client": claim.client,
            "key": claim.key,
            "fingerprint": claim.fingerprint,
            "status": 202,
            "headers": {RECEIPT_HEADER: str(claims[claim].receipt_id)},
            "body": claims[claim].body,
            "created_at": now,
        }
        for claim in sorted(claims, key=lambda claim: claim.name)
    ]
    made = await session.execute(
        insert_into(session, IdempotencyKey)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.client, IdempotencyKey.key)
    )
    taken = {claim.name: claim for claim in claims}
    for client, key in made:
        del taken[client, key]
    return await _answers(session, taken) if taken else {}


async def _answers(
    session: AsyncSession, taken: Mapping[tuple[str, str], Claim]
) -> dict[Claim, Answer | IdempotencyKeyReused]:
    rows = await session.execute(
        select(
            IdempotencyKey.client,
            IdempotencyKey.key,
            IdempotencyKey.fingerprint,
            IdempotencyKey.body,
            IdempotencyKey.headers,
            IdempotencyKey.created_at,
        ).where(tuple_(IdempotencyKey.client, IdempotencyKey.key).in_(list(taken)))
    )
    found: dict[Claim, Answer | IdempotencyKeyReused] = {}
    for client, key, fingerprint, body, headers, created_at in rows:
        claim = taken[client, key]
        if fingerprint == claim.fingerprint and body is not None:
            found[claim] = Answer(UUID((headers or {})[RECEIPT_HEADER]), body)
            IDEMPOTENCY_REPLAYS_TOTAL.labels(SERVICE).inc()
        else:
            found[claim] = IdempotencyKeyReused(
                f"The key {key!r} was used on {created_at:%Y-%m-%d} for another request."
            )
    return found
