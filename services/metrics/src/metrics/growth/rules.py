"""Growth and shares: exact ratios written with six places, or the reason why there is none."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

PLACES = 6


class Reason(StrEnum):
    """Why a ratio is null."""

    BASE_MISSING = "base_missing"
    BASE_NOT_POSITIVE = "base_not_positive"
    RATE_MISSING = "rate_missing"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A decimal string of six places, half-even; null with a reason."""

    value: str | None
    reason: Reason | None = None


def growth(current: int, base: int | None) -> Ratio:
    """`current / base - 1`."""
    return _ratio(current - base if base is not None else 0, base)


def share(part: int, whole: int | None) -> Ratio:
    """`part / whole`."""
    return _ratio(part, whole)


def _ratio(numerator: int, denominator: int | None) -> Ratio:
    if denominator is None:
        return Ratio(None, Reason.BASE_MISSING)
    if denominator <= 0:
        return Ratio(None, Reason.BASE_NOT_POSITIVE)
    return Ratio(decimal_text(Fraction(numerator, denominator)))


def decimal_text(ratio: Fraction, places: int = PLACES) -> str:
    """The ratio with this many places, half-even."""
    scaled = round(ratio * 10**places)
    whole, rest = divmod(abs(scaled), 10**places)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{places}}"


def cohort_hash(members: Iterable[str]) -> str:
    """A name for a set of enterprises or parks: SHA-256 of the sorted codes, one a line."""
    lines = "".join(f"{member}\n" for member in sorted(set(members)))
    return hashlib.sha256(lines.encode()).hexdigest()
