"""Receipts, rejections and conflicts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from livestream_supply.receipt import queries
from livestream_supply.receipt.problems import (
    CursorInvalid,
    OutsideRecordScope,
    PlatformNotNamed,
    ReceiptNotFound,
)
from livestream_supply.receipt.schemas import (
    ConflictsSince,
    ReceiptPage,
    ReceiptsSince,
    RejectionsSince,
)
from livestream_supply.record_scope import readable_platform
from service_chassis.dependencies import Reading
from service_chassis.identity import Caller
from service_chassis.paging import MOST_ITEMS, USUAL_ITEMS, PageParameters, PageTokenInvalid
from service_chassis.policy import requires_any
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1", tags=["receipts"], dependencies=[requires_any("orders:read", "orders:write")]
)

Size = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="Rows an answer at most")]
Since = Annotated[
    str | None,
    Query(
        max_length=40,
        description="`next_since` of the answer before. Cursors are handed out in the order of "
        "commits: what comes later is never before a cursor you have seen.",
    ),
]
Named = Annotated[
    str | None, Query(max_length=32, description="For callers that belong to no platform")
]
OF_FEEDS = problem_responses(CursorInvalid, PlatformNotNamed, OutsideRecordScope)


@router.get("/receipts", response_model=ReceiptsSince, responses=OF_FEEDS)
async def list_receipts(
    session: Reading,
    caller: Caller,
    since: Since = None,
    page_size: Size = USUAL_ITEMS,
    platform: Named = None,
) -> Any:
    """List your receipts since a cursor, with their counts as they are now."""
    named = readable_platform(caller, platform)
    return await queries.receipts_since(session, named, since, page_size)


@router.get(
    "/receipts/{receipt_id}",
    response_model=ReceiptPage,
    responses=problem_responses(ReceiptNotFound, PageTokenInvalid),
)
async def show_receipt(
    receipt_id: UUID, session: Reading, caller: Caller, page: PageParameters
) -> Any:
    """Show what became of every item: counted, duplicate, conflict, rejected, pending or buried."""
    receipt = await queries.own_receipt(session, caller, receipt_id)
    first = queries.first_item(page.after())
    outcomes = await queries.page_of_items(session, receipt, first, page.size)
    after = first + len(outcomes)
    return {
        **queries.described(receipt),
        "item_outcomes": outcomes,
        "next_page_token": page.token_after([after - 1]) if after < receipt.items else None,
    }


@router.get("/rejections", response_model=RejectionsSince, responses=OF_FEEDS)
async def list_rejections(
    session: Reading,
    caller: Caller,
    since: Since = None,
    page_size: Size = USUAL_ITEMS,
    platform: Named = None,
) -> Any:
    """List your rejected items since a cursor; corrected, they can be sent again."""
    named = readable_platform(caller, platform)
    return await queries.rejections_since(session, named, since, page_size)


@router.get("/conflicts", response_model=ConflictsSince, responses=OF_FEEDS)
async def list_conflicts(
    session: Reading,
    caller: Caller,
    since: Since = None,
    page_size: Size = USUAL_ITEMS,
    platform: Named = None,
) -> Any:
    """List your items whose fact is known with other content, and what was decided of them."""
    named = readable_platform(caller, platform)
    return await queries.conflicts_since(session, named, since, page_size)
