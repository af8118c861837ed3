"""Amounts as people read them, to the last digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanqu import money


@pytest.mark.parametrize(
    ("amount_minor", "currency", "shown"),
    [
        (175_000_000_000_000, "CNY", "1.75 tn CNY"),
        (28_819_867_593_294, "USD", "US$288.2 bn"),
        (180_000_000_000, "USD", "US$1.80 bn"),
        (32_000_000_000_000, "CNY", "320.0 bn CNY"),
        (537_000_000_000_000, "CNY", "5.37 tn CNY"),
        (12_345, "CNY", "123.45 CNY"),
        (-180_000_000_000, "USD", "US$-1.80 bn"),
        (500, "JPY", "500 JPY"),
    ],
)
def test_an_amount_is_short_with_its_unit(amount_minor: int, currency: str, shown: str) -> None:
    assert money.short(amount_minor, currency) == shown


def test_chinese_readers_get_their_own_units() -> None:
    assert money.short(175_000_000_000_000, "CNY", chinese=True) == "1.75 万亿 CNY"
    assert money.short(32_000_000_000_000, "CNY", chinese=True) == "3,200.0 亿 CNY"


def test_every_digit_is_there() -> None:
    assert money.exact(10_000_000_000_001, "CNY") == "100,000,000,000.01"
    assert money.exact(7, "JPY") == "7"


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [("0.250000", "+25.0 %"), ("-0.012345", "-1.2 %"), ("0.000499", "+0.0 %"), (None, "—")],
)
def test_growth_is_a_percentage_with_its_sign(ratio: str | None, shown: str) -> None:
    assert money.percent(ratio) == shown


def test_a_target_is_at_100_percent_only_when_it_is_reached() -> None:
    assert money.truncated_percent(9_999_999_999_999, 10_000_000_000_000) == "99.9 %"
    assert money.truncated_percent(10_000_000_000_000, 10_000_000_000_000) == "100.0 %"


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "USD", "JPY", "KWD"]))
def test_what_is_shown_can_be_read_back(amount_minor: int, currency: str) -> None:
    assert money.minor(money.exact(amount_minor, currency), currency) == amount_minor


@pytest.mark.parametrize("text", ["0.001", "1.2.3", "NaN", "Infinity", ""])
def test_a_digit_too_many_is_refused_and_never_rounded_away(text: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        money.minor(text, "CNY")
