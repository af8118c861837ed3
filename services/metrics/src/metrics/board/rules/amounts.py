"""Amounts, shares and times as people read them: integers and Decimals, never a float."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from metrics.board.rules.walls import Language
from reference_data.currencies import major, minor_units
from reference_data.shanghai import local

YUAN = "CNY"
UNITS = {
    "zh": ((12, "万亿"), (8, "亿"), (4, "万"), (0, "")),
    "en": ((12, "tn"), (9, "bn"), (6, "m"), (0, "")),
}
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Large:
    """An amount for those who look from afar: two decimals and a unit."""

    number: str
    unit: str


def large(amount_minor: int, currency: str, language: Language) -> Large:
    """175000000000000 fen → 1.75 万亿元, 1.75 tn CNY."""
    number, unit = scaled(major(amount_minor, currency), language)
    return Large(number, _with_currency(unit, currency, language))


def scaled(whole: Decimal, language: Language) -> tuple[str, str]:
    """A number of two decimals, half-even, and the largest unit below it."""
    power, unit = next(
        ((power, unit) for power, unit in UNITS[language] if abs(whole) >= Decimal(10) ** power),
        (0, ""),
    )
    number = whole.scaleb(-power).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    return _signed(number), unit


def exact(amount_minor: int, currency: str, language: Language) -> str:
    """Every digit: 1,750,000,000,000.00 元, CNY 1,750,000,000,000.00."""
    text = _signed(major(amount_minor, currency), minor_units(currency))
    if language == "zh":
        return f"{text} {'元' if currency == YUAN else currency}"
    return f"{currency} {text}"


def percent(ratio: str | None, *, signed: bool = False) -> str | None:
    """A ratio of the API, six places, as a percentage of two: "0.250000" → +25.00 %."""
    if ratio is None:
        return None
    hundred = (Decimal(ratio) * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    plus = "+" if signed and hundred > 0 else ""
    return f"{plus}{_signed(hundred)} %"


def direction(ratio: str | None) -> str:
    """up, down, or level where it rounds to nothing."""
    hundred = Decimal(ratio or 0)
    return "level" if not hundred else "up" if hundred > 0 else "down"


def count(number: int) -> str:
    """12,345"""
    return _signed(Decimal(number), 0)


def clock(instant: datetime) -> str:
    """Date and time in Shanghai, to the second."""
    return f"{local(instant):%Y-%m-%d %H:%M:%S}"


def moment(instant: datetime) -> str:
    """Date and time in Shanghai, to the minute."""
    return f"{local(instant):%Y-%m-%d %H:%M}"


def age(lasted: timedelta, language: Language) -> str:
    """The largest unit that fits: 45 s, 12 min, 3 h, 2 d."""
    seconds = max(0, int(lasted.total_seconds()))
    for size, zh, en in ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            return f"{seconds // size} {zh if language == 'zh' else en}"
    return f"{seconds} {'秒' if language == 'zh' else 's'}"


def _with_currency(unit: str, currency: str, language: Language) -> str:
    if language == "zh" and currency == YUAN:
        return f"{unit}元"
    return f"{unit} {currency}".strip()


def _signed(value: Decimal, decimals: int | None = None) -> str:
    text = f"{abs(value):,}" if decimals is None else f"{abs(value):,.{decimals}f}"
    return f"{MINUS if value < 0 else ''}{text}"
