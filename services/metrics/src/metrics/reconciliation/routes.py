"""Reconciliation over HTTP."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from metrics.fact.problems import OtherPlatform
from metrics.fact.rules.access import own_platform
from metrics.reconciliation import queries
from metrics.reconciliation.problems import RangeInvalid
from metrics.reconciliation.schemas import Reconciliation
from reference_data.shanghai import EARLIEST, business_date
from service_chassis.dependencies import AtHand, Reading
from service_chassis.identity import Caller
from service_chassis.policy import requires_any
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/reconciliation", tags=["reconciliation"])
USUAL_DAYS, MOST_DAYS = 14, 366


@router.get(
    "",
    dependencies=[requires_any("figures:read", "figures:operate", "orders:read")],
    responses=problem_responses(RangeInvalid, OtherPlatform),
)
async def show_reconciliation(  # noqa: PLR0917 - FastAPI passes them by name
    session: Reading,
    caller: Caller,
    at_hand: AtHand,
    since: Annotated[date | None, Query(ge=EARLIEST, description="First acceptance date")] = None,
    until: Annotated[
        date | None, Query(ge=EARLIEST, description="Last acceptance date, included")
    ] = None,
    platform: Annotated[str | None, Query(max_length=32)] = None,
) -> Reconciliation:
    """Prove that nothing accepted is lost: by acceptance date and platform, two witnesses."""
    now = at_hand.clock.now()
    until = until or business_date(now)
    since = since or until - timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (until - since).days < MOST_DAYS:
        raise RangeInvalid(f"{since} … {until} is no range of 1 to {MOST_DAYS} dates.")
    own = own_platform(caller, platform)
    lines = await queries.reconcile(session, since, until, own, now)
    return Reconciliation(
        as_of=now,
        since=since,
        until=until,
        difference=sum(abs(line.difference) for line in lines),
        overdue=sum(line.overdue for line in lines),
        lines=lines,
    )
