"""Where the bars of a chart stand: whole pixels from whole fen."""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.board.rules.amounts import YUAN, scaled
from metrics.board.rules.walls import Language
from reference_data.currencies import major

MOST_TICKS = 5
BAR_GAP = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing and the room for its labels, in pixels."""

    width: int
    height: int
    left: int
    """Of the first month: the amounts stand before it."""
    top: int = 12
    bottom: int = 24


WIDE, NARROW = Frame(700, 490, 76), Frame(360, 230, 74)


@dataclass(frozen=True, slots=True)
class Bar:
    """A month of one year."""

    x: int
    y: int
    width: int
    height: int
    of: str
    """now, before, or open: the month in hand"""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across, with what it stands for."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a month below its bars."""

    x: int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of twelve months of two years side by side."""

    frame: Frame
    base: int
    """Where the bars stand."""
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    labels: Sequence[Label]


def chart(
    frame: Frame,
    now: Sequence[int | None],
    before: Sequence[int | None],
    language: Language,
    *,
    open_month: int | None,
) -> Chart:
    """Draw amounts in fen by month, January first; None is a month without figures.

    ``open_month`` of ``now`` is still in hand, if any is; with or without figures.
    """
    base = frame.height - frame.bottom
    room = base - frame.top
    most = max((amount for amount in (*now, *before) if amount is not None), default=0)
    step = _step(max(most, 1))
    top = -(-max(most, 1) // step) * step
    slot = (frame.width - frame.left) // 12
    width = max(4, slot * 3 // 8)
    bars = []
    for place in range(12):
        middle = frame.left + slot * place + slot // 2
        for amounts, x, of in (
            (before, middle - width - BAR_GAP, "before"),
            (now, middle + BAR_GAP, "open" if place + 1 == open_month else "now"),
        ):
            amount = amounts[place] if place < len(amounts) else None
            if amount is not None and amount > 0:
                height = max(1, amount * room // top)
                bars.append(Bar(x, base - height, width, height, of))
    ticks = [
        Tick(base - amount * room // top, _tick(amount, language))
        for amount in range(step, top + 1, step)
        if most > 0
    ]
    labels = [Label(frame.left + slot * place + slot // 2, str(place + 1)) for place in range(12)]
    return Chart(frame, base, bars, ticks, labels)


def _step(most: int) -> int:
    """1, 2 or 5 times a power of ten, so that at most five lines are drawn."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if most <= power * factor * MOST_TICKS:
                return power * factor
        power *= 10


def _tick(amount: int, language: Language) -> str:
    number, unit = scaled(major(amount, YUAN), language)
    return f"{number.rstrip('0').rstrip('.')} {unit}".strip()
