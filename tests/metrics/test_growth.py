"""Growth, shares and conversion as exact arithmetic."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.growth.rules import Reason, cohort_hash, growth, share
from metrics.measure.rules import half_even
from metrics.rate.rules import Conversion, Kind, Rate, choose, conversion, convert

minor = st.integers(-(10**18), 10**18)
positive = st.integers(1, 10**18)
YEAR = (date(2013, 1, 1), date(2014, 1, 1))


def a_rate(rate: str, kind: Kind = Kind.PRESS_SPOT, **changes: object) -> Rate:
    members: dict[str, object] = {
        "id": f"{kind}-{rate}",
        "base": "USD",
        "quote": "CNY",
        "rate": Decimal(rate),
        "kind": kind.value,
        "first": YEAR[0],
        "until": YEAR[1],
        "published_on": date(2014, 1, 2),
        "source": "a test",
    }
    return Rate(**(members | changes))  # type: ignore[arg-type]


@given(minor, positive)
def test_growth_is_the_exact_ratio_with_six_places_half_even(current: int, base: int) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(current - base) / Decimal(base)
        expected = exact.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)

    value = growth(current, base).value

    assert value is not None
    assert Decimal(value) == expected
    assert len(value.partition(".")[2]) == 6


@pytest.mark.parametrize(
    ("current", "base", "value"),
    [
        (175, 140, "0.250000"),
        (32_000, 24_060, "0.330008"),
        (0, 7, "-1.000000"),
        (2_000_001, 2_000_000, "0.000000"),
        (2_000_003, 2_000_000, "0.000002"),
        (7, 7, "0.000000"),
    ],
)
def test_growth_rounds_as_published(current: int, base: int, value: str) -> None:
    assert growth(current, base).value == value


def test_growth_without_a_good_base_says_why() -> None:
    assert growth(5, None).reason is Reason.BASE_MISSING
    assert growth(5, 0).reason is Reason.BASE_NOT_POSITIVE
    assert growth(5, -3).reason is Reason.BASE_NOT_POSITIVE
    assert share(5, 0).reason is Reason.BASE_NOT_POSITIVE


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_an_average_order_is_rounded_half_even(amount: int, orders: int) -> None:
    assert half_even(amount, orders) == round(Fraction(amount, orders))


def test_the_implied_rate_of_2013_gives_the_published_dollars() -> None:
    found = conversion([a_rate("6.0722")], "CNY", "USD", *YEAR)

    dollars = convert({"CNY": 175_000_000_000_000}, {"CNY": found}, "USD")

    assert dollars == round(Fraction(175_000_000_000_000) / Fraction("6.0722"))
    assert f"{dollars / 10**11:.1f}" == "288.2"


@given(st.dictionaries(st.sampled_from(["CNY", "USD", "JPY", "KWD"]), minor, min_size=1))
def test_a_sum_is_converted_exactly_and_rounded_once(amounts: dict[str, int]) -> None:
    factors = {"CNY": "1", "USD": "6.0722", "JPY": "0.0621", "KWD": "21.4"}
    places = {"CNY": 2, "USD": 2, "JPY": 0, "KWD": 3}
    conversions: dict[str, Conversion | None] = {
        code: Conversion(Fraction(factor), ()) for code, factor in factors.items()
    }

    total = convert(amounts, conversions, "CNY")

    exact = sum(
        Fraction(amount, 10 ** places[code]) * Fraction(factors[code]) * 100
        for code, amount in amounts.items()
    )
    assert total == round(exact)


def test_a_missing_rate_is_not_guessed() -> None:
    assert conversion([], "CNY", "USD", *YEAR) is None
    assert convert({"CNY": 1}, {"CNY": None}, "USD") is None
    assert conversion([], "CNY", "CNY", *YEAR) is not None


def test_two_currencies_are_converted_through_the_yuan_and_both_rates_are_named() -> None:
    rates = [a_rate("6"), a_rate("0.06", base="JPY", id="yen")]

    found = conversion(rates, "JPY", "USD", *YEAR)

    assert found is not None
    assert found.factor == Fraction(1, 100)
    assert [rate.id for rate in found.rates] == ["yen", "press_spot-6"]


def test_a_rate_published_for_the_very_period_wins_over_its_average() -> None:
    published, average = a_rate("6.0722"), a_rate("6.1932", Kind.YEAR_AVG)

    assert choose([average, published], *YEAR) == published
    assert choose([average], *YEAR) == average


def test_a_correction_published_later_wins() -> None:
    first, later = a_rate("6.1"), a_rate("6.2", published_on=date(2014, 6, 1))

    assert choose([later, first], *YEAR) == later


def test_the_mean_of_the_months_stands_in_for_a_year_that_has_no_average() -> None:
    months = [
        a_rate(
            f"6.{month:02}",
            Kind.MONTH_AVG,
            first=date(2013, month, 1),
            until=date(2013 + month // 12, month % 12 + 1, 1),
        )
        for month in range(1, 13)
    ]

    whole = choose(months, *YEAR)

    assert whole is not None
    assert (str(whole.rate), whole.kind, whole.of) == ("6.065000", "mean_of_month_averages", 12)
    assert choose(months[:11], *YEAR) is None


def test_a_cohort_is_named_by_its_members_not_by_their_order() -> None:
    assert cohort_hash(["b", "a", "a"]) == cohort_hash(["a", "b"])
    assert cohort_hash(["a"]) != cohort_hash(["a", "b"])
