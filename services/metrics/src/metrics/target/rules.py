"""Whether a target is met: exact, with the operator as it was set."""

from fractions import Fraction

from metrics.growth.rules import Ratio, Reason, decimal_text

OPERATORS = (">", ">=")


def attained(total_minor: int, operator: str, amount_minor: int) -> bool:
    """Strict operators hold to the minor unit: of `>` the amount itself is not enough."""
    if operator == ">":
        return total_minor > amount_minor
    return total_minor >= amount_minor


def ratio(total_minor: int, amount_minor: int) -> Ratio:
    """Total to target; six places cannot tell a fen, so the ratio never decides."""
    if amount_minor <= 0:
        return Ratio(None, Reason.BASE_NOT_POSITIVE)
    return Ratio(decimal_text(Fraction(total_minor, amount_minor)))
