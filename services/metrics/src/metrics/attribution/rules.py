"""How stays become spans that tile all time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from metrics.total.rules.grains import DAY, MONTH, day_slot, month_slot

BEGINNING, END = date(1900, 1, 1), date(2200, 1, 1)
"""Bounds of time: beginnings of months, so that an open end is no edge."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """A park, or the region of an enterprise that is in none, or neither."""

    park_code: str | None = None
    region_code: str | None = None

    @property
    def name(self) -> str:
        """Its unique name in `place`."""
        if self.park_code:
            return f"park/{self.park_code}"
        return f"region/{self.region_code}" if self.region_code else "unattributed"


@dataclass(frozen=True, slots=True)
class Stay:
    """A counting tenancy, [first, until)."""

    first: date
    until: date | None
    park_code: str


@dataclass(frozen=True, slots=True)
class Span:
    """Slots [first, last] of a grain, at a resolution, that belong somewhere."""

    resolution: int
    grain: int
    first: int
    last: int
    belonging: Belonging


def spans(stays: Iterable[Stay], home: Belonging) -> list[Span]:
    """Everything that is known of where a seller belonged; outside its stays it is at home."""
    found: list[Span] = []
    for first, until, belonging in _tiles(stays, home):
        found.append(Span(DAY, DAY, day_slot(first), day_slot(until) - 1, belonging))
        found += _by_month(first, until, belonging)
    return found


def _tiles(stays: Iterable[Stay], home: Belonging) -> Iterator[tuple[date, date, Belonging]]:
    """All of time in pieces [first, until).

    Registry lets no counting stays overlap; while its news are under way they may, and the later
    one then ends the earlier.
    """
    ordered = sorted(stays, key=lambda stay: (stay.first, stay.until or END, stay.park_code))
    at = BEGINNING
    for place, stay in enumerate(ordered):
        until = min(stay.until or END, END)
        if place + 1 < len(ordered):
            until = min(until, ordered[place + 1].first)
        first = max(stay.first, at)
        if until <= first:
            continue
        if at < first:
            yield at, first, home
        yield first, until, Belonging(park_code=stay.park_code)
        at = until
    if at < END:
        yield at, END, home


def _by_month(first: date, until: date, belonging: Belonging) -> Iterator[Span]:
    whole_from = first if first.day == 1 else _next_month(first)
    whole_until = until.replace(day=1)
    if whole_from >= whole_until:
        yield Span(MONTH, DAY, day_slot(first), day_slot(until) - 1, belonging)
        return
    if first < whole_from:
        yield Span(MONTH, DAY, day_slot(first), day_slot(whole_from) - 1, belonging)
    yield Span(MONTH, MONTH, month_slot(whole_from), month_slot(whole_until) - 1, belonging)
    if whole_until < until:
        yield Span(MONTH, DAY, day_slot(whole_until), day_slot(until) - 1, belonging)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
