"""Exchange rates over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from metrics.period.problems import PeriodInvalid
from metrics.rate import queries, use_cases
from metrics.rate.problems import CurrencyUnknown, ExchangeRateExists, RatePeriodInvalid
from metrics.rate.rules import Kind
from metrics.rate.schemas import RateRecording, RateView
from metrics.rate.tables import ExchangeRate
from service_chassis.dependencies import Reading, Writing
from service_chassis.idempotency import IdempotentRoute
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1/exchange-rates", tags=["exchange rates"], route_class=IdempotentRoute
)
Code = Annotated[str | None, Query(pattern="^[A-Z]{3}$")]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=RateView,
    dependencies=[requires("figures:operate")],
    responses=problem_responses(
        ExchangeRateExists, CurrencyUnknown, RatePeriodInvalid, PeriodInvalid
    ),
)
async def record_rate(recording: RateRecording, uow: Writing) -> ExchangeRate:
    """Record a published rate with its date and source."""
    return await use_cases.record_rate(uow, recording)


@router.get(
    "", dependencies=[requires("figures:read")], responses=problem_responses(PageTokenInvalid)
)
async def list_rates(
    session: Reading,
    page: PageParameters,
    base: Code = None,
    quote: Code = None,
    kind: Kind | None = None,
) -> Page[RateView]:
    """List rates, the newest period first."""
    statement = queries.rates_listed(base, quote, kind)
    keys = (ExchangeRate.first_day.desc(), ExchangeRate.id.desc())
    return await paged(session, statement, keys, page, RateView)
