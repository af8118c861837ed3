"""Over-refunds over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from metrics.fact.problems import OtherPlatform
from metrics.fact.rules.access import own_platform
from metrics.over_refund.schemas import OverRefundView
from metrics.over_refund.tables import OverRefund
from service_chassis.dependencies import Reading
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires_any
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/over-refunds", tags=["over-refunds"])


@router.get(
    "",
    dependencies=[requires_any("figures:operate", "orders:read")],
    responses=problem_responses(PageTokenInvalid, OtherPlatform),
)
async def list_over_refunds(
    session: Reading,
    caller: Caller,
    page: PageParameters,
    platform: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[OverRefundView]:
    """List orders of which more was refunded than paid; they are counted all the same."""
    wanted = select(OverRefund)
    if (own := own_platform(caller, platform)) is not None:
        wanted = wanted.where(OverRefund.platform == own)
    keys = [OverRefund.platform, OverRefund.order_no, OverRefund.currency]
    return await paged(session, wanted, keys, page, OverRefundView)
