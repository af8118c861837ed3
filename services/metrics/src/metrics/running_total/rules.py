"""Which months of a range can be read from running totals, and which rows say it."""

from collections.abc import Collection
from dataclasses import dataclass

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """How to add up a range of months.

    `running` are signed slots of running totals, `covered` the months they stand for, and
    `direct` the months that have to be read by themselves.
    """

    running: tuple[tuple[int, int], ...]
    covered: tuple[int, ...]
    direct: tuple[int, ...]


def plan(first: int, last: int, there: Collection[int], changed: Collection[int]) -> Reading:
    """Read the months [first, last] when running totals are `there` and `changed` are noted."""
    running: list[tuple[int, int]] = []
    covered: list[int] = []
    direct: list[int] = []
    for january in range(first - first % MONTHS, last + 1, MONTHS):
        begin, end = max(first, january), min(last, january + MONTHS - 1)
        steady = _last_steady(january, end, there, changed)
        # Two rows for one month would be dearer than the month itself.
        if steady >= begin and (begin == january or steady > begin):
            running.append((steady, 1))
            if begin > january:
                running.append((begin - 1, -1))
            covered += range(begin, steady + 1)
            begin = steady + 1
        direct += range(begin, end + 1)
    return Reading(tuple(running), tuple(covered), tuple(direct))


def _last_steady(january: int, end: int, there: Collection[int], changed: Collection[int]) -> int:
    """The last month up to `end` whose running totals are there and still right."""
    steady = january - 1
    for slot in range(january, end + 1):
        if slot in changed or slot not in there:
            break
        steady = slot
    return steady


def next_to_add_up(
    there: Collection[int], quiet: Collection[int], restless: Collection[int]
) -> int | None:
    """The first month to add up: changed and quiet since, or missing before such a month.

    Months rest on those before them, so nothing is added up after a restless one.
    """
    for changed in sorted(quiet):
        for slot in range(changed - changed % MONTHS, changed + 1):
            if slot in restless:
                break
            if slot in quiet or slot not in there:
                return slot
    return None
