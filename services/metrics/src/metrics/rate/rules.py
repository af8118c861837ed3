"""Which rate converts a figure, and the conversion: exact, rounded once, half-even.

A rate published for exactly the period of the figure wins; then the average of that period, as
published or worked out from the daily parities or the monthly averages within it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from metrics.growth.rules import decimal_text
from reference_data.currencies import minor_units

HUB = "CNY"
"""Through which two currencies without a rate between them are converted."""
MEAN_PLACES = 6


class Kind(StrEnum):
    """Who states a rate and how it came about."""

    PRESS_SPOT = "press_spot"
    PBOC_DAILY = "pboc_central_parity_daily"
    CUSTOMS_MONTHLY = "customs_monthly"
    MONTH_AVG = "month_avg"
    YEAR_AVG = "year_avg"
    PERIOD_AVG = "period_avg"


AVERAGES = (Kind.PERIOD_AVG, Kind.YEAR_AVG, Kind.MONTH_AVG)
MEAN_OF_DAYS, MEAN_OF_MONTHS = "mean_of_daily_parities", "mean_of_month_averages"


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `base` is `rate` units of `quote` in [first, until)."""

    id: str
    base: str
    quote: str
    rate: Decimal
    kind: str
    first: date
    until: date
    published_on: date
    source: str
    of: int = 1
    """How many published rates it is the mean of."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one unit of a currency is in another, and the rates that say so."""

    factor: Fraction
    rates: tuple[Rate, ...]


def conversion(
    rates: Sequence[Rate], currency: str, target: str, first: date, until: date
) -> Conversion | None:
    """How figures of [first, until) are converted; None where a rate is missing."""
    if currency == target:
        return Conversion(Fraction(1), ())
    if direct := _between(rates, currency, target, first, until):
        return direct
    if HUB in (currency, target):
        return None
    to_hub = _between(rates, currency, HUB, first, until)
    from_hub = _between(rates, HUB, target, first, until)
    if to_hub is None or from_hub is None:
        return None
    return Conversion(to_hub.factor * from_hub.factor, (*to_hub.rates, *from_hub.rates))


def convert(
    amounts: Mapping[str, int],
    conversions: Mapping[str, Conversion | None],
    target: str,
    per: int = 1,
) -> int | None:
    """The sum of native amounts in the target's minor units; None where a rate is missing.

    Each amount is converted exactly; the sum, divided by `per`, is rounded once.
    """
    total = Fraction(0)
    for currency, amount in amounts.items():
        found = conversions[currency]
        if found is None:
            return None
        whole = Fraction(amount, 10 ** minor_units(currency))
        total += whole * found.factor * 10 ** minor_units(target)
    return round(total / per)


def _between(
    rates: Sequence[Rate], currency: str, target: str, first: date, until: date
) -> Conversion | None:
    chosen = choose(
        [rate for rate in rates if {rate.base, rate.quote} == {currency, target}], first, until
    )
    if chosen is None:
        return None
    factor = Fraction(chosen.rate)
    return Conversion(factor if chosen.base == currency else 1 / factor, (chosen,))


def choose(rates: Sequence[Rate], first: date, until: date) -> Rate | None:
    """The rate for [first, until) among the rates of one pair of currencies."""
    exact = [rate for rate in rates if (rate.first, rate.until) == (first, until)]
    published = [rate for rate in exact if rate.kind not in AVERAGES]
    averages = [rate for rate in exact if rate.kind in AVERAGES]
    for candidates in (published, averages):
        if candidates:
            return max(candidates, key=_newest)
    inside = [rate for rate in rates if first <= rate.first and rate.until <= until]
    days = _latest([rate for rate in inside if rate.kind == Kind.PBOC_DAILY])
    if days and _months(rate.first for rate in days) == _months_between(first, until):
        return _mean(days, MEAN_OF_DAYS, first, until)
    months = _latest([rate for rate in inside if rate.kind == Kind.MONTH_AVG])
    if months and _tile(months, first, until):
        return _mean(months, MEAN_OF_MONTHS, first, until)
    return None


def _newest(rate: Rate) -> tuple[date, str]:
    return rate.published_on, rate.id


def _latest(rates: Iterable[Rate]) -> list[Rate]:
    """Of several rates for one period the one published last; all in the direction of the first."""
    found: dict[date, Rate] = {}
    for rate in sorted(rates, key=_newest):
        found[rate.first] = rate
    return [found[first] for first in sorted(found)]


def _mean(rates: list[Rate], kind: str, first: date, until: date) -> Rate | None:
    if len({rate.base for rate in rates}) > 1:
        return None
    mean = sum((Fraction(rate.rate) for rate in rates), Fraction(0)) / len(rates)
    last = max(rates, key=_newest)
    return Rate(
        id=last.id,
        base=last.base,
        quote=last.quote,
        rate=Decimal(decimal_text(mean, MEAN_PLACES)),
        kind=kind,
        first=first,
        until=until,
        published_on=last.published_on,
        source="; ".join(sorted({rate.source for rate in rates})),
        of=len(rates),
    )


def _tile(rates: Sequence[Rate], first: date, until: date) -> bool:
    at = first
    for rate in rates:
        if rate.first != at:
            return False
        at = rate.until
    return at == until


def _months(days: Iterable[date]) -> set[tuple[int, int]]:
    return {(day.year, day.month) for day in days}


def _months_between(first: date, until: date) -> set[tuple[int, int]]:
    ordinals = range(first.toordinal(), until.toordinal())
    return _months(date.fromordinal(ordinal) for ordinal in ordinals)
