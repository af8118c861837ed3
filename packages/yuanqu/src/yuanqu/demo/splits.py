"""A total as many uneven parts that add up to it exactly, the same ones on every machine."""

from calendar import monthrange
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import accumulate, pairwise

from reference_data.shanghai import SHANGHAI

LEAST_WEIGHT = 50
WEIGHT_SPREAD = 101
FIRST_HOUR, HOURS = 8, 15


def draw(seed: str, below: int) -> int:
    """A number from 0 to below − 1 that depends on the seed alone."""
    return int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "big") % below


def split(total: int, parts: int, seed: str) -> list[int]:
    """So many parts of an integer, uneven by at most three to one; their sum is the total."""
    weights = [LEAST_WEIGHT + draw(f"{seed}/{part}", WEIGHT_SPREAD) for part in range(parts)]
    whole = sum(weights)
    borders = [0, *(total * weight // whole for weight in accumulate(weights))]
    return [after - before for before, after in pairwise(borders)]


def moment_in(year: int, month: int, seed: str) -> datetime:
    """A moment of the month, in the hours in which people buy."""
    day = 1 + draw(f"{seed}/day", monthrange(year, month)[1])
    second = draw(f"{seed}/second", HOURS * 3600)
    return datetime(year, month, day, FIRST_HOUR, tzinfo=SHANGHAI) + timedelta(seconds=second)
