"""Amounts and growth as people read them: integers and Decimals, never a float."""

from decimal import ROUND_HALF_EVEN, Decimal

from reference_data.currencies import major, minor_units

SYMBOLS = {"USD": "US$", "EUR": "€", "HKD": "HK$"}
ENGLISH_UNITS = ((12, "tn"), (9, "bn"), (6, "m"))
CHINESE_UNITS = ((12, "万亿"), (8, "亿"), (4, "万"))


def exact(amount_minor: int, currency: str) -> str:
    """Every digit: 175000000000000 fen → 1,750,000,000,000.00."""
    return f"{major(amount_minor, currency):,.{minor_units(currency)}f}"


def short(amount_minor: int, currency: str, *, chinese: bool = False) -> str:
    """Three or four digits and a unit: 1.75 tn CNY, US$288.2 bn."""
    whole = major(amount_minor, currency)
    text = exact(amount_minor, currency)
    for power, unit in CHINESE_UNITS if chinese else ENGLISH_UNITS:
        if abs(whole) >= Decimal(10) ** power:
            scaled = whole.scaleb(-power)
            decimals = 2 if abs(scaled) < 10 else 1  # noqa: PLR2004
            text = f"{_rounded(scaled, decimals):,} {unit}"
            break
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{text}" if symbol else f"{text} {currency}"


def percent(ratio: str | None, decimals: int = 1, *, signed: bool = True) -> str:
    """A ratio as the API tells it: "0.250000" → +25.0 %; a missing one is a dash."""
    if ratio is None:
        return "—"
    hundred = _rounded(Decimal(ratio) * 100, decimals)
    return f"{hundred:+,} %" if signed else f"{hundred:,} %"


def truncated_percent(numerator: int, denominator: int, decimals: int = 1) -> str:
    """A share that says 100 % only when all of it is there."""
    if denominator == 0:
        return "—"
    scale = 10 ** (decimals + 2)
    whole = abs(numerator) * scale // denominator * (1 if numerator >= 0 else -1)
    return f"{Decimal(whole).scaleb(-decimals):,} %"


def minor(text: str, currency: str) -> int:
    """The reverse of `exact`: "1,234.5" CNY → 123450. ValueError when a digit would be lost."""
    amount = Decimal(text.replace(",", "").strip()).scaleb(minor_units(currency))
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(f"{text!r} is not a whole number of minor units of {currency}")
    return int(amount)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
