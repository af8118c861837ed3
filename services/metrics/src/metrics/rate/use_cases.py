"""Recording exchange rates."""

from sqlalchemy.exc import IntegrityError

from metrics.period.rules import parse
from metrics.rate.problems import CurrencyUnknown, ExchangeRateExists, RatePeriodInvalid
from metrics.rate.schemas import RateRecording
from metrics.rate.tables import ExchangeRate
from metrics.total.rules.grains import day_of
from reference_data.currencies import is_currency
from service_chassis.columns import new_id
from service_chassis.unit_of_work import UnitOfWork


async def record_rate(uow: UnitOfWork, recording: RateRecording) -> ExchangeRate:
    """Add a published rate; the unique key is the judge of whether it is there."""
    for code in (recording.base, recording.quote):
        if not is_currency(code):
            raise CurrencyUnknown(f"{code} is no currency of ISO 4217.", currency=code)
    if recording.base == recording.quote:
        raise CurrencyUnknown(f"A rate is between two currencies, not {recording.base} alone.")
    period = parse(recording.period)
    if not period.window.is_whole_days:
        raise RatePeriodInvalid(f"{period.text} is not made of whole days.")
    rate = ExchangeRate(
        id=new_id(),
        base=recording.base,
        quote=recording.quote,
        rate=f"{recording.rate.normalize():f}",
        kind=recording.kind.value,
        period=period.text,
        first_day=period.window.first_day,
        until_day=day_of(period.window.end // 24),
        published_on=recording.published_on,
        source=recording.source,
        recorded_at=uow.now,
        recorded_by=uow.actor.subject,
    )
    uow.session.add(rate)
    try:
        await uow.session.flush()
    except IntegrityError as taken:
        raise ExchangeRateExists(
            f"{rate.base}/{rate.quote} {rate.kind} for {rate.period} of {rate.published_on} is "
            "there. Publish a correction with a later date.",
        ) from taken
    uow.record(
        "exchange_rate.record",
        f"exchange-rate/{rate.id}",
        after=recording.model_dump(mode="json"),
    )
    return rate
