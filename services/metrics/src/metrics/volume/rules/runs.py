"""How a window is cut into runs of months, days and hours that the totals hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metrics.period.rules import HOURS_A_DAY, Window
from metrics.total.rules.grains import DAY, HOUR, MONTH, day_of, day_slot, month_of, month_slot

MOST_DAYS_TO_ADD = 15
"""Of a month that is cut later, the month less the other days reads fewer rows."""


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """The slots [first, last] of a grain, added or (`sign` -1) taken off."""

    grain: int
    first: int
    last: int
    sign: int = 1


def runs(window: Window, *, only_adding: bool = False) -> list[Run]:
    """The runs whose sum is the window; with `only_adding` none is taken off."""
    if window.is_empty:
        return []
    first_day = -(-window.start // HOURS_A_DAY)
    until_day = window.end // HOURS_A_DAY
    if first_day > until_day:
        return [Run(HOUR, window.start, window.end - 1)]
    found: list[Run] = []
    if window.start < first_day * HOURS_A_DAY:
        found.append(Run(HOUR, window.start, first_day * HOURS_A_DAY - 1))
    if first_day < until_day:
        found += _of_days(first_day, until_day, only_adding=only_adding)
    if until_day * HOURS_A_DAY < window.end:
        found.append(Run(HOUR, until_day * HOURS_A_DAY, window.end - 1))
    return _joined(found)


def needs_hours_before(window: Window, oldest: int) -> bool:
    """Whether the window can only be added up from hours older than this one."""
    return any(run.grain == HOUR and run.first < oldest for run in runs(window))


def slots(parts: Sequence[Run]) -> Iterator[tuple[int, int]]:
    """Every (grain, slot) of runs that only add."""
    for part in parts:
        for slot in range(part.first, part.last + 1):
            yield part.grain, slot


def merged(pairs: set[tuple[int, int]]) -> list[Run]:
    """As few runs as hold these (grain, slot)."""
    found: list[Run] = []
    for grain, slot in sorted(pairs):
        last = found[-1] if found else None
        if last and last.grain == grain and last.last == slot - 1:
            found[-1] = Run(grain, last.first, slot)
        else:
            found.append(Run(grain, slot, slot))
    return found


def _joined(found: list[Run]) -> list[Run]:
    """Runs that follow each other as one."""
    joined: list[Run] = []
    for run in sorted(found):
        last = joined[-1] if joined else None
        if last and (last.grain, last.sign, last.last + 1) == (run.grain, run.sign, run.first):
            joined[-1] = Run(run.grain, last.first, run.last, run.sign)
        else:
            joined.append(run)
    return joined


def _of_days(first: int, until: int, *, only_adding: bool) -> list[Run]:
    """The days [first, until)."""
    whole_from = month_slot(day_of(first))
    if _begins(whole_from) < first:
        whole_from += 1
    whole_until = month_slot(day_of(until))
    if whole_from > whole_until:
        return _of_a_month(first, until, only_adding=only_adding)
    found: list[Run] = []
    if first < _begins(whole_from):
        found += _of_a_month(first, _begins(whole_from), only_adding=only_adding)
    if whole_from < whole_until:
        found.append(Run(MONTH, whole_from, whole_until - 1))
    if _begins(whole_until) < until:
        found += _of_a_month(_begins(whole_until), until, only_adding=only_adding)
    return found


def _of_a_month(first: int, until: int, *, only_adding: bool) -> list[Run]:
    """The days [first, until) of one month."""
    slot = month_slot(day_of(first))
    begins, ends = _begins(slot), _begins(slot + 1)
    if only_adding or until - first <= MOST_DAYS_TO_ADD:
        return [Run(DAY, first, until - 1)]
    found = [Run(MONTH, slot, slot)]
    if begins < first:
        found.append(Run(DAY, begins, first - 1, -1))
    if until < ends:
        found.append(Run(DAY, until, ends - 1, -1))
    return found


def _begins(slot: int) -> int:
    return day_slot(month_of(slot))
