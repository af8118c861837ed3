"""Minor units of ISO 4217."""

from decimal import Decimal

import pytest

from reference_data.currencies import codes, currency, is_currency, major, minor_units


@pytest.mark.parametrize(
    ("code", "units"), [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("CLF", 4)]
)
def test_minor_units(code: str, units: int) -> None:
    assert minor_units(code) == units


@pytest.mark.parametrize("code", ["cny", "RMB", "XAU", "XTS", "XXX", "XDR", "", "人民币"])
def test_what_cannot_carry_an_amount_is_no_currency(code: str) -> None:
    assert not is_currency(code)
    assert currency(code) is None


def test_an_amount_in_whole_units_keeps_every_decimal() -> None:
    assert str(major(12_345, "CNY")) == "123.45"
    assert str(major(100, "CNY")) == "1.00"
    assert str(major(5, "JPY")) == "5"
    assert major(-1, "KWD") == Decimal("-0.001")


def test_names_come_with_the_codes() -> None:
    yuan = currency("CNY")

    assert yuan
    assert yuan.name == "Yuan Renminbi"
    assert "CNY" in codes()
