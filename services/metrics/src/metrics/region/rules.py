"""Which division a code lies in, on the map of a date."""

from datetime import date
from functools import lru_cache

from reference_data.divisions import Division, Level, at_level, lookup, was_ever, within
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
    here, there = lookup(code, known_on), lookup(code, map_on)
    if here and there and here.name == there.name:
        return code
    return restate(code, known_on, map_on).single or code


@lru_cache(maxsize=65_536)
def division_of(code: str, level: Level, known_on: date, map_on: date) -> Division | None:
    """The division of a level that a code lies in on the map; None where there is none.

    A county that the map does not have any more, or not yet, shows under its own name.
    """
    mapped = on_map(code, known_on, map_on)
    return at_level(mapped, level, map_on) or at_level(code, level, known_on)


@lru_cache(maxsize=65_536)
def lies_in(code: str, region: str, known_on: date, map_on: date) -> bool:
    """Whether a code is the region, or lies in it on the map."""
    return within(on_map(code, known_on, map_on), region, map_on) or code == region


def is_division(code: str) -> bool:
    """Whether any edition of the list of divisions has the code."""
    return was_ever(code)


def name_of(code: str, map_on: date) -> str | None:
    """The name of a division on the map, else its latest one."""
    found = lookup(code, map_on) or lookup(code)
    return found.name if found else None
