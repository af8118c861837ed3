"""Control totals over HTTP."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from livestream_supply.control_total import queries, use_cases
from livestream_supply.control_total.schemas import (
    ControlTotals,
    ControlTotalsAnswered,
    ControlTotalView,
)
from livestream_supply.control_total.tables import ControlTotal
from livestream_supply.order_event.problems import PlatformMissing
from livestream_supply.receipt.problems import OutsideRecordScope
from livestream_supply.record_scope import own_platform, readable_platform
from service_chassis.dependencies import Reading, Writing
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires, requires_any
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1/control-totals", tags=["control totals"], route_class=IdempotentRoute
)


@router.post(
    "",
    response_model=ControlTotalsAnswered,
    dependencies=[requires("orders:write")],
    responses=problem_responses(PlatformMissing),
)
async def state_control_totals(stated: ControlTotals, uow: Writing, caller: Caller) -> Any:
    """State what was sent for a day and kind; the answer says whether ours agree, and how far."""
    return await use_cases.state_control_totals(
        uow, own_platform(caller), caller.client_id, stated.items
    )


@router.get(
    "",
    dependencies=[requires_any("orders:read", "orders:write")],
    responses=problem_responses(PageTokenInvalid, OutsideRecordScope),
)
async def list_control_totals(  # noqa: PLR0917 - FastAPI passes names
    session: Reading,
    caller: Caller,
    page: PageParameters,
    platform: Annotated[str | None, Query(max_length=32)] = None,
    first: Annotated[date | None, Query(alias="from", description="Business date")] = None,
    last: Annotated[date | None, Query(alias="to", description="Business date, included")] = None,
    differing: Annotated[bool, Query(description="Only those that do not agree now")] = False,  # noqa: FBT002 - a query parameter
) -> Page[ControlTotalView]:
    """List statements by date, held against what is counted now."""
    if platform is not None or caller.platform is not None:
        platform = readable_platform(caller, platform)
    return await paged(
        session,
        queries.statements(platform, first, last, differing=differing),
        [ControlTotal.business_date, ControlTotal.id],
        page,
        ControlTotalView,
    )
