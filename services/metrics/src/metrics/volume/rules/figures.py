"""Numbers of an answer: figures, their growth and their share, in native and other currencies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from metrics.growth.rules import Ratio, Reason, growth, share
from metrics.measure.rules import Measure, Unit, figure_of
from metrics.period.rules import Window
from metrics.rate.rules import Conversion, Rate, convert

Amounts = Mapping[str, tuple[int, int]]
"""Currency → count and amount."""
Conversions = Callable[[str, str, Window], Conversion | None]
"""Currency, target and window → how to convert."""


@dataclass(frozen=True, slots=True)
class Number:
    """One figure; `value` is null with a reason, `count` the facts behind it."""

    value: int | None
    count: int
    reason: Reason | None = None
    rates: tuple[Rate, ...] = ()


def native(measure: Measure, amounts: Amounts, currency: str | None) -> Number:
    """The figure in one currency; a count of orders needs none."""
    if currency is None:
        orders = sum(count for count, _ in amounts.values())
        return Number(orders, orders)
    count, amount = amounts.get(currency, (0, 0))
    return Number(figure_of(measure, count, amount), count)


def converted(
    measure: Measure, amounts: Amounts, target: str, window: Window, conversions: Conversions
) -> Number:
    """All currencies in one, at the rates for the window."""
    count = sum(count for count, _ in amounts.values())
    if not count:
        return Number(0, 0)
    by_currency = {currency: conversions(currency, target, window) for currency in amounts}
    per = count if measure.unit is Unit.MONEY_PER_ORDER else 1
    value = convert(
        {currency: amount for currency, (_, amount) in amounts.items()}, by_currency, target, per
    )
    rates = tuple(rate for each in by_currency.values() if each for rate in each.rates)
    return Number(value, count, None if value is not None else Reason.RATE_MISSING, rates)


def grown(current: Number, base: Number | None) -> Ratio:
    """The growth of one figure over another, which is missing when no fact is behind it."""
    if base is None or not base.count:
        return Ratio(None, Reason.BASE_MISSING)
    if current.value is None or base.value is None:
        return Ratio(None, Reason.RATE_MISSING)
    return growth(current.value, base.value)


def shared(part: Number, all_parts: Sequence[Number]) -> tuple[Ratio, Number]:
    """The part of the whole that the figures make together."""
    count = sum(number.count for number in all_parts)
    values = [number.value for number in all_parts]
    if part.value is None or any(value is None for value in values):
        return Ratio(None, Reason.RATE_MISSING), Number(None, count, Reason.RATE_MISSING)
    whole = Number(sum(value for value in values if value is not None), count)
    return share(part.value, whole.value if count else None), whole


def currencies_of(measure: Measure, all_amounts: Sequence[Amounts]) -> list[str | None]:
    """The currencies in which there is anything to show."""
    if measure.unit is Unit.COUNT:
        return [None] if any(amounts for amounts in all_amounts) else []
    found: list[str | None] = []
    found += sorted({currency for amounts in all_amounts for currency in amounts})
    return found
