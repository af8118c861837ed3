"""Administrative divisions of China (GB/T 2260), as functions of a date.

A division is a code *and* dates: codes have been given again (440106 was 芳村 until 1988 and is
天河 since). Periods are half-open. Where a notice gives the day of a change it stands; elsewhere
the list is known by edition, and a date belongs to the latest edition closed on or before it.
Before the first edition (1980-12) nothing is known. Without `as_of` the latest edition answers.
"""

import calendar
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from reference_data.changes import CHANGES
from reference_data.tables import rows

TOWNSHIP_DIGITS = 9


class Level(StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"


class DatedBy(StrEnum):
    """How exactly the bounds of a division's period are known."""

    EDITION = "edition"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Division:
    """One code under one name. `valid_to` is the first day on which it no longer stood.

    Towns are known from the list of 2022 alone; they are taken to stand whenever their parent does.
    """

    code: str
    name: str
    level: Level
    valid_from: date
    valid_to: date | None
    dated_by: DatedBy

    def stood_on(self, day: date | None) -> bool:
        """Whether it was valid on the day; None asks for the latest edition."""
        if day is None:
            return self.valid_to is None
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def lookup(code: str, as_of: date | None = None) -> Division | None:
    """The division that had this code on the day."""
    for division in _by_code().get(code, ()):
        if division.stood_on(as_of):
            return division
    return None


def latest(code: str) -> Division | None:
    """The last division that had this code, also when it no longer stands."""
    return max(_by_code().get(code, ()), key=lambda division: division.valid_from, default=None)


def was_ever(code: str) -> bool:
    """Whether any edition lists the code."""
    return code in _by_code()


def ancestors(code: str, as_of: date | None = None) -> tuple[Division, ...]:
    """What the code lies in on that day's map, the nearest first; empty for a code never given.

    The code itself need not be valid on the day: a park whose district was founded in 2021 still
    lies in its city in 2019. Districts of municipalities and counties that a province governs
    itself have no prefecture; towns of Dongguan and Zhongshan have no county.
    """
    return _ancestors(code, as_of)


@lru_cache(maxsize=65_536)
def _ancestors(code: str, as_of: date | None) -> tuple[Division, ...]:
    if not was_ever(code):
        return ()
    found = (lookup(candidate, as_of) for candidate in _codes_above(code))
    return tuple(division for division in found if division is not None)


def parent(code: str, as_of: date | None = None) -> Division | None:
    """The nearest ancestor on that day."""
    above = ancestors(code, as_of)
    return above[0] if above else None


def within(code: str, region: str, as_of: date | None = None) -> bool:
    """Whether the code is the region or lies in it on that day."""
    return code == region or any(above.code == region for above in ancestors(code, as_of))


def at_level(code: str, level: Level, as_of: date | None = None) -> Division | None:
    """The division of this level that the code is or lies in; None where there is none."""
    for division in (lookup(code, as_of), *ancestors(code, as_of)):
        if division is not None and division.level == level:
            return division
    return None


def children(
    parent_code: str | None = None, level: Level | None = None, as_of: date | None = None
) -> list[Division]:
    """The divisions directly under the parent, or all of a level inside it; by code.

    Without a parent: the provinces, or all divisions of the level.
    """
    return [
        division
        for division in _standing(parent_code, as_of)
        if (division.level == level if level else _is_direct_child(division, parent_code, as_of))
    ]


def search(text: str, as_of: date | None = None, limit: int = 20) -> list[Division]:
    """Divisions whose name contains the text, or whose code begins with it; the closest first."""
    wanted = unicodedata.normalize("NFKC", text).strip()
    if not wanted:
        return []
    hits = [
        (rank, division.code, division)
        for division in _standing(None, as_of)
        if (rank := _closeness(division, wanted)) is not None
    ]
    return [division for _, _, division in sorted(hits, key=lambda hit: hit[:2])[:limit]]


def _closeness(division: Division, wanted: str) -> int | None:
    if wanted in (division.name, division.code):
        return 0
    if division.name.startswith(wanted) or division.code.startswith(wanted):
        return 1
    return 2 if wanted in division.name else None


def _standing(inside: str | None, as_of: date | None) -> Iterator[Division]:
    """Every division valid on the day inside the region (the region itself left out)."""
    stem = "" if inside is None else _stem(inside)
    for code in sorted(_by_code()):
        if code.startswith(stem) and code != inside:
            division = lookup(code, as_of)
            if division is not None:
                yield division


def _is_direct_child(division: Division, parent_code: str | None, as_of: date | None) -> bool:
    above = parent(division.code, as_of)
    return (above.code if above else None) == parent_code


def _codes_above(code: str) -> Iterator[str]:
    if len(code) == TOWNSHIP_DIGITS:
        held_by = _parents_of_towns()[code]
        yield held_by
        yield from _codes_above(held_by)
        return
    for above in (f"{code[:4]}00", f"{code[:2]}0000"):
        if above != code and code[2:] != "0000":
            yield above


def _stem(code: str) -> str:
    """What the codes of everything inside begin with."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


@lru_cache(maxsize=1)
def _parents_of_towns() -> dict[str, str]:
    return {row["code"]: row["parent"] for row in rows("townships.csv")}


@lru_cache(maxsize=1)
def _by_code() -> dict[str, tuple[Division, ...]]:
    found: defaultdict[str, list[Division]] = defaultdict(list)
    born = {(code, change.edition): change.on for change in CHANGES for code in change.new_codes}
    gone = {(code, change.edition): change.on for change in CHANGES for code in change.old_codes}
    for row in rows("divisions.csv"):
        came, went = (row["code"], row["first_edition"]), (row["code"], row["gone_by_edition"])
        found[row["code"]].append(
            Division(
                code=row["code"],
                name=row["name"],
                level=Level(row["level"].lower()),
                valid_from=born.get(came) or _closed_on(came[1]),
                valid_to=(gone.get(went) or _closed_on(went[1])) if went[1] else None,
                dated_by=DatedBy.NOTICE if came in born or went in gone else DatedBy.EDITION,
            )
        )
    for row in rows("townships.csv"):
        for above in found[row["parent"]]:
            found[row["code"]].append(
                Division(
                    code=row["code"],
                    name=row["name"],
                    level=Level.TOWNSHIP,
                    valid_from=above.valid_from,
                    valid_to=above.valid_to,
                    dated_by=DatedBy.EDITION,
                )
            )
    return {code: tuple(periods) for code, periods in found.items()}


def _closed_on(edition: str) -> date:
    """An edition lists what stood at the end of its month."""
    year, month = map(int, edition.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1])
