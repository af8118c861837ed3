"""One transaction for the posts in hand: claims, messages, receipts, rejections."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert

from event_contracts.livestream_supply import AcceptedChunk, AcceptedSlice, ReceiptsAccepted
from livestream_supply.order_event.rules.batches import Received, micro_batches
from livestream_supply.order_event.rules.columns import Facts
from livestream_supply.order_event.rules.faults import Fault, told
from livestream_supply.order_event.use_cases.claims import Answer, Claim, make_claims
from livestream_supply.receipt.schemas import MOST_EXCEPTIONS, receipt_document
from livestream_supply.receipt.tables import Receipt, ReceiptChunk, Rejection
from livestream_supply.tables import LivestreamSupplyTable, take_positions
from reference_data.shanghai import business_date
from service_chassis.idempotency import IdempotencyKeyReused
from service_chassis.unit_of_work import UnitOfWork

ROWS_A_STATEMENT = 500
"""Little enough that binding them does not hold up the loop."""

# Of the tables, not of the classes: the rows are made here and nobody wants them as objects.
_TABLES = LivestreamSupplyTable.metadata.tables
_INSERT_RECEIPTS = insert(_TABLES[Receipt.__tablename__])
_INSERT_CHUNKS = insert(_TABLES[ReceiptChunk.__tablename__])
_INSERT_REJECTIONS = insert(_TABLES[Rejection.__tablename__])


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that is not accepted."""

    item: int
    order_no: str | None
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Post:
    """A checked post, ready to be written."""

    receipt_id: UUID
    platform: str
    client_id: str
    request_id: str | None
    items: int
    facts: Facts
    refused: Sequence[Refused]
    claim: Claim | None


Outcome = Answer | IdempotencyKeyReused


async def write(uow: UnitOfWork, posts: Sequence[Post]) -> list[Outcome | None]:
    """Write the posts; for each its answer, `replayed` ones as they were given before.

    None for a post whose key another post of this transaction has: it must come again.
    """
    answers = [Answer(post.receipt_id, _document(post, uow.now)) for post in posts]
    claims: dict[Claim, Answer] = {}
    names: set[tuple[str, str]] = set()
    later: set[UUID] = set()
    for post, answer in zip(posts, answers, strict=True):
        if post.claim is None:
            continue
        if post.claim.name in names:
            later.add(post.receipt_id)
        else:
            names.add(post.claim.name)
            claims[post.claim] = answer
    earlier = await make_claims(uow.session, claims, uow.now)
    fresh = [
        post
        for post in posts
        if post.receipt_id not in later and (post.claim is None or post.claim not in earlier)
    ]
    if fresh:
        await _record(uow, fresh)
    return [
        None
        if post.receipt_id in later
        else (earlier.get(post.claim, answer) if post.claim else answer)
        for post, answer in zip(posts, answers, strict=True)
    ]


async def _record(uow: UnitOfWork, posts: Sequence[Post]) -> None:
    accepted_on = business_date(uow.now)
    chunks = _announce(uow, posts, accepted_on.isoformat())
    # The outbox goes first, and the positions last: others wait for those until the commit.
    await uow.session.flush()
    connection = await uow.session.connection()
    if chunks:
        await connection.execute(_INSERT_CHUNKS, chunks)
    first = await take_positions(uow.session, Counter(post.platform for post in posts))
    next_position = dict(first)
    positions: dict[UUID, int] = {}
    for post in posts:
        positions[post.receipt_id] = next_position[post.platform]
        next_position[post.platform] += 1
    await connection.execute(
        _INSERT_RECEIPTS,
        [
            {
                "id": post.receipt_id,
                "platform": post.platform,
                "position": positions[post.receipt_id],
                "client_id": post.client_id,
                "request_id": post.request_id,
                "received_at": uow.now,
                "accepted_on": accepted_on,
                "items": post.items,
                "rejected": len(post.refused),
                "pending": len(post.facts),
                "counted": 0,
                "duplicates": 0,
                "conflicts": 0,
                "buried": 0,
            }
            for post in posts
        ],
    )
    await _reject(uow, posts, positions)


def _announce(uow: UnitOfWork, posts: Sequence[Post], accepted_on: str) -> list[dict[str, Any]]:
    """Put the facts into the outbox; the rows of `ReceiptChunk`."""
    received = [
        Received(post.receipt_id, post.platform, post.facts) for post in posts if len(post.facts)
    ]
    chunks: list[AcceptedChunk] = []
    rows: list[dict[str, Any]] = []
    for batch in micro_batches(received, accepted_on):
        event_id = uow.announce(batch)
        chunks.append(
            AcceptedChunk(
                event_id=event_id,
                slices=[
                    AcceptedSlice(
                        receipt_id=part.receipt_id,
                        platform=part.platform,
                        accepted_on=part.accepted_on,
                        rows=part.rows,
                    )
                    for part in batch.slices
                ],
            )
        )
        rows += [
            {
                "event_id": event_id,
                "receipt_id": part.receipt_id,
                "first_row": part.receipt_row,
                "rows": part.rows,
                "judged_at": None,
            }
            for part in batch.slices
        ]
    if chunks:
        uow.announce(ReceiptsAccepted(chunks=chunks))
    return rows


async def _reject(uow: UnitOfWork, posts: Iterable[Post], positions: Mapping[UUID, int]) -> None:
    connection = await uow.session.connection()
    for post in posts:
        for start in range(0, len(post.refused), ROWS_A_STATEMENT):
            await connection.execute(
                _INSERT_REJECTIONS,
                [
                    {
                        "receipt_id": post.receipt_id,
                        "item": refused.item,
                        "platform": post.platform,
                        "position": positions[post.receipt_id],
                        "order_no": refused.order_no,
                        "errors": told(refused.faults, refused.item),
                        "rejected_at": uow.now,
                    }
                    for refused in post.refused[start : start + ROWS_A_STATEMENT]
                ],
            )


def _document(post: Post, now: datetime) -> bytes:
    """The answer to a fresh post: everything accepted is pending."""
    summary = dict.fromkeys(
        ("counted", "duplicate", "conflict", "rejected", "pending", "buried"), 0
    )
    summary |= {"rejected": len(post.refused), "pending": len(post.facts)}
    document = receipt_document(
        receipt_id=post.receipt_id,
        platform=post.platform,
        received_at=now,
        accepted_on=business_date(now),
        items=post.items,
        summary=summary,
    )
    document["exceptions"] = [
        {
            "item": refused.item,
            "outcome": "rejected",
            "order_no": refused.order_no,
            "errors": told(refused.faults, refused.item),
        }
        for refused in post.refused[:MOST_EXCEPTIONS]
    ]
    document["exceptions_truncated"] = len(post.refused) > MOST_EXCEPTIONS
    return msgspec.json.encode(document)
