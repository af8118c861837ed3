"""Which division a code lies in, on the map of a date."""

from datetime import date, timedelta
from functools import lru_cache

from reference_data.divisions import Division, Level, at_level, latest, lookup, was_ever, within
from reference_data.succession import restate

LEVELS = {
    "province": Level.PROVINCE,
    "prefecture": Level.PREFECTURE,
    "county": Level.COUNTY,
}


@lru_cache(maxsize=65_536)
def on_map(code: str, known_on: date, map_on: date) -> str:
    """The code on another day's map, where one code holds all of it; else the code as it is.

    `known_on` is the day on which registry's codes are meant.
    """
    meant_on = _meant_on(code, known_on)
    here, there = lookup(code, meant_on), lookup(code, map_on)
    if here and there and here.name == there.name:
        return code
    return restate(code, meant_on, map_on).single or code


def _meant_on(code: str, known_on: date) -> date:
    """The day on which a code is meant: one that was retired before, on its last day."""
    last = latest(code)
    if last is None or last.valid_to is None or known_on < last.valid_to:
        return known_on
    return last.valid_to - timedelta(days=1)


@lru_cache(maxsize=65_536)
def division_of(code: str, level: Level, known_on: date, map_on: date) -> Division | None:
    """The division of a level that a code lies in on the map; None where there is none.

    A county that the map does not have any more, or not yet, shows under its own name.
    """
    mapped = on_map(code, known_on, map_on)
    return at_level(mapped, level, map_on) or at_level(code, level, _meant_on(code, known_on))


@lru_cache(maxsize=65_536)
def lies_in(code: str, region: str, known_on: date, map_on: date) -> bool:
    """Whether a code is the region, or lies in it on the map."""
    return within(on_map(code, known_on, map_on), region, map_on) or code == region


def is_division(code: str) -> bool:
    """Whether any edition of the list of divisions has the code."""
    return was_ever(code)


def name_of(code: str, map_on: date) -> str | None:
    """The name of a division on the map, else its latest one."""
    found = lookup(code, map_on) or latest(code)
    return found.name if found else None
