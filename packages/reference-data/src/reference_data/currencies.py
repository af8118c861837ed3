"""ISO 4217 currencies that can carry an amount, with their minor units (iso4217 library)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Currency:
    """`minor_units` is the number of decimals: 2 for CNY (fen), 0 for JPY, 3 for KWD."""

    code: str
    minor_units: int
    name: str


def currency(code: str) -> Currency | None:
    """The currency, or None when ISO 4217 lists no such code that can carry an amount.

    Gold, test codes and units of account without minor units (XAU, XTS, XDR) are none here.
    """
    return _all().get(code)


def is_currency(code: str) -> bool:
    return code in _all()


def minor_units(code: str) -> int:
    """The number of decimals. KeyError for a code that is no currency."""
    return _all()[code].minor_units


def codes() -> frozenset[str]:
    return frozenset(_all())


def major(amount_minor: int, code: str) -> Decimal:
    """The amount in whole units, with all its decimals: 12345 fen → 123.45."""
    return Decimal(amount_minor).scaleb(-minor_units(code))


@lru_cache(maxsize=1)
def _all() -> dict[str, Currency]:
    # Parses the published XML list: about 20 ms, paid by the first who asks.
    import iso4217  # noqa: PLC0415

    listed: dict[str, Currency] = {}
    for entry in iso4217.Currency:
        exponent = entry.exponent
        if exponent is not None:
            listed[entry.code] = Currency(entry.code, exponent, entry.currency_name)
    return listed
