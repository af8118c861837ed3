"""Reading receipts, rejections and conflicts; a platform its own."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from livestream_supply.receipt.problems import CursorInvalid, ReceiptNotFound
from livestream_supply.receipt.rules import (
    COUNTED,
    NO_RUN,
    OUTCOMES,
    PENDING,
    Painting,
    Run,
    Span,
    items_of_rows,
    painted,
)
from livestream_supply.receipt.schemas import MOST_EXCEPTIONS, receipt_document
from livestream_supply.receipt.tables import ExceptionRun, Receipt, ReceiptChunk, Rejection
from service_chassis.database import Database
from service_chassis.identity import Principal

Document = dict[str, Any]
POLL_SECONDS = 0.05
MOST_POSITION = 2**62


async def own_receipt(session: AsyncSession, caller: Principal, receipt_id: UUID) -> Receipt:
    """A receipt that the caller may see."""
    receipt = await session.get(Receipt, receipt_id)
    if receipt is None or caller.platform not in (None, receipt.platform):
        raise ReceiptNotFound(f"No receipt of yours has the id {receipt_id}.")
    return receipt


def described(receipt: Receipt) -> Document:
    """A receipt with its counts."""
    return receipt_document(
        receipt_id=receipt.id,
        platform=receipt.platform,
        received_at=receipt.received_at,
        accepted_on=receipt.accepted_on,
        items=receipt.items,
        summary={
            "counted": receipt.counted,
            "duplicate": receipt.duplicates,
            "conflict": receipt.conflicts,
            "rejected": receipt.rejected,
            "pending": receipt.pending,
            "buried": receipt.buried,
        },
    )


def first_item(after: Sequence[Any] | None) -> int:
    """Where a page of items begins that comes after this key."""
    return 0 if after is None else int(after[0]) + 1


async def page_of_items(
    session: AsyncSession, receipt: Receipt, first: int, size: int
) -> list[Document]:
    """What became of the items [first, first + size)."""
    return [
        document
        async for document in _items(
            session, receipt, range(first, min(first + size, receipt.items))
        )
    ]


async def answer_of(session: AsyncSession, receipt: Receipt) -> Document:
    """A receipt with the items that were neither simply counted nor are simply awaited."""
    uneventful = receipt.counted + receipt.pending == receipt.items
    document = described(receipt)
    exceptions: list[Document] = []
    if not uneventful:
        async for each in _items(session, receipt, range(receipt.items), exceptions_only=True):
            exceptions.append(each)
            if len(exceptions) > MOST_EXCEPTIONS:
                break
    document["exceptions"] = exceptions[:MOST_EXCEPTIONS]
    document["exceptions_truncated"] = len(exceptions) > MOST_EXCEPTIONS
    return document


async def _items(
    session: AsyncSession, receipt: Receipt, places: range, *, exceptions_only: bool = False
) -> Any:
    rejected = await _rejections(session, receipt.id, places)
    numbers = await _rejected_items(session, [receipt.id]) if receipt.rejected else {}
    row_of = np.full(receipt.items, -1, np.int32)
    items = items_of_rows(receipt.items, numbers.get(receipt.id, []))
    row_of[items] = np.arange(len(items), dtype=np.int32)
    painting, runs = await painting_of(session, receipt)
    for item in places:
        if item in rejected:
            refused = rejected[item]
            yield {
                "item": item,
                "outcome": "rejected",
                "order_no": refused.order_no,
                "errors": refused.errors,
            }
            continue
        row = row_of[item]
        code = int(painting.outcome[row])
        if exceptions_only and code in (COUNTED, PENDING):
            continue
        number = int(painting.run[row])
        run = None if number == NO_RUN else runs[number]
        yield {
            "item": item,
            "outcome": OUTCOMES[code],
            "first_receipt_id": run and run.first_receipt_id,
            "detail": run and run.detail,
        }


async def painting_of(session: AsyncSession, receipt: Receipt) -> tuple[Painting, list[Run]]:
    """What is known of every accepted fact of a receipt."""
    spans = await spans_of(session, [receipt.id])
    runs = (await runs_of(session, [receipt.id])).get(receipt.id, [])
    accepted = receipt.items - receipt.rejected
    return painted(accepted, spans.get(receipt.id, []), runs), runs


async def spans_of(session: AsyncSession, receipts: Iterable[UUID]) -> dict[UUID, list[Span]]:
    """The messages of the facts of these receipts."""
    found: dict[UUID, list[Span]] = defaultdict(list)
    rows = await session.execute(
        select(
            ReceiptChunk.receipt_id,
            ReceiptChunk.first_row,
            ReceiptChunk.rows,
            ReceiptChunk.judged_at,
        ).where(ReceiptChunk.receipt_id.in_(list(receipts)))
    )
    for receipt_id, first_row, count, judged_at in rows:
        found[receipt_id].append(Span(first_row, count, judged_at is not None))
    return found


async def runs_of(session: AsyncSession, receipts: Iterable[UUID]) -> dict[UUID, list[Run]]:
    """The exceptions of these receipts, the latest last."""
    found: dict[UUID, list[Run]] = defaultdict(list)
    rows = await session.execute(
        select(
            ExceptionRun.receipt_id,
            ExceptionRun.first_row,
            ExceptionRun.rows,
            ExceptionRun.outcome,
            ExceptionRun.first_receipt_id,
            ExceptionRun.detail,
        )
        .where(ExceptionRun.receipt_id.in_(list(receipts)))
        .order_by(ExceptionRun.id)
    )
    for receipt_id, *run in rows:
        found[receipt_id].append(Run._make(run))
    return found


async def _rejections(
    session: AsyncSession, receipt_id: UUID, places: range
) -> dict[int, Rejection]:
    rows = await session.scalars(
        select(Rejection)
        .where(Rejection.receipt_id == receipt_id)
        .where(Rejection.item >= places.start, Rejection.item < places.stop)
        .order_by(Rejection.item)
        # Of a whole receipt nobody shows more than the first of them.
        .limit(MOST_EXCEPTIONS + 1)
    )
    return {rejection.item: rejection for rejection in rows}


async def _rejected_items(session: AsyncSession, receipts: Iterable[UUID]) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = defaultdict(list)
    rows = await session.execute(
        select(Rejection.receipt_id, Rejection.item).where(Rejection.receipt_id.in_(list(receipts)))
    )
    for receipt_id, item in rows:
        found[receipt_id].append(item)
    return found


async def receipts_since(
    session: AsyncSession, platform: str, since: str | None, size: int
) -> Document:
    """Receipts that became visible after the cursor."""
    (position,) = _cursor(since, 1)
    found = await session.scalars(
        select(Receipt)
        .where(Receipt.platform == platform, Receipt.position > position)
        .order_by(Receipt.position)
        .limit(size)
    )
    receipts = found.all()
    return {
        "items": [described(receipt) for receipt in receipts],
        "next_since": str(receipts[-1].position if receipts else position),
    }


async def rejections_since(
    session: AsyncSession, platform: str, since: str | None, size: int
) -> Document:
    """Rejected items that became visible after the cursor."""
    position, item = _cursor(since, 2)
    found = await session.scalars(
        select(Rejection)
        .where(
            Rejection.platform == platform,
            tuple_(Rejection.position, Rejection.item) > tuple_(position, item),
        )
        .order_by(Rejection.position, Rejection.item)
        .limit(size)
    )
    rejections = found.all()
    if rejections:
        position, item = rejections[-1].position, rejections[-1].item
    return {
        "items": [
            {
                "receipt_id": rejection.receipt_id,
                "item": rejection.item,
                "order_no": rejection.order_no,
                "rejected_at": rejection.rejected_at,
                "errors": rejection.errors,
            }
            for rejection in rejections
        ],
        "next_since": f"{position}.{item}",
    }


async def conflicts_since(
    session: AsyncSession, platform: str, since: str | None, size: int
) -> Document:
    """Conflicts, and what became of them, that became visible after the cursor."""
    (position,) = _cursor(since, 1)
    statement = (
        select(ExceptionRun, Receipt.items)
        .join(Receipt, Receipt.id == ExceptionRun.receipt_id)
        .where(ExceptionRun.platform == platform, ExceptionRun.position > position)
        .order_by(ExceptionRun.position)
        .limit(size)
    )
    found = (await session.execute(statement)).all()
    rejected = await _rejected_items(session, {run.receipt_id for run, _ in found})
    return {
        "items": [_conflict(run, items, rejected.get(run.receipt_id, [])) for run, items in found],
        "next_since": str(found[-1][0].position if found else position),
    }


def _conflict(run: ExceptionRun, items: int, rejected: Sequence[int]) -> Document:
    places = items_of_rows(items, rejected)
    return {
        "receipt_id": run.receipt_id,
        "items": places[run.first_row : run.first_row + run.rows].tolist(),
        "outcome": run.outcome,
        "first_receipt_id": run.first_receipt_id,
        "detail": run.detail,
        "told_at": run.told_at,
    }


def _cursor(since: str | None, parts: int) -> list[int]:
    if since is None:
        return [0] * parts
    said = since.split(".")
    if len(said) == parts and all(part.isascii() and part.isdecimal() for part in said):
        numbers = [int(part) for part in said]
        if max(numbers) < MOST_POSITION:
            return numbers
    raise CursorInvalid("Use next_since of the answer before, or leave since out to begin.")


async def final_answer(database: Database, receipt_id: UUID, seconds: float) -> Document | None:
    """The receipt when nothing of it is pending any more; None if that takes longer."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        async with database.reading() as session:
            receipt = await session.get(Receipt, receipt_id)
            if receipt is not None and not receipt.pending:
                return await answer_of(session, receipt)
        if loop.time() + POLL_SECONDS > deadline:
            return None
        await asyncio.sleep(POLL_SECONDS)
