"""RFC 3339 moments to milliseconds, in columns.

A datetime object an order costs as much as decoding the whole order; a column of equal layout is
parsed by a few dozen array operations instead.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
import numpy as np

Milliseconds = np.ndarray[Any, np.dtype[np.int64]]

NOT_A_MOMENT = int(np.iinfo(np.int64).min)
"""Stands where the text is no moment with an offset."""
DAY_MS = 86_400_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]
# Fewer than this are cheaper one by one.
_FEW = 16
_SECONDS_END = 19
# Digits of the fraction by the width of the text, "Z" and "+08:00" alike.
_FRACTIONS = {20: 0, 25: 0, 24: 3, 29: 3, 27: 6, 32: 6}
_ZULU = "Z"
_DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
_DAYS_IN_MONTH = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def milliseconds(texts: Sequence[str]) -> Milliseconds:
    """Milliseconds since 1970 of each text; what is finer is cut off."""
    if len(texts) < _FEW:
        return np.fromiter(map(millisecond, texts), np.int64, len(texts))
    widths = set(map(len, texts))
    if len(widths) == 1:
        return _of_one_width(texts, widths.pop())
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    found = np.empty(len(texts), np.int64)
    for width in widths:
        rows = np.flatnonzero(lengths == width)
        found[rows] = _of_one_width([texts[row] for row in rows.tolist()], width)
    return found


def millisecond(text: str) -> int:
    """The same for one text."""
    try:
        moment: datetime = msgspec.convert(text, _Aware)
    except msgspec.ValidationError:
        return NOT_A_MOMENT
    return (moment - _EPOCH) // _MILLISECOND


def _of_one_width(texts: Sequence[str], width: int) -> Milliseconds:
    joined = "".join(texts)
    if width not in _FRACTIONS or not joined.isascii():
        return np.fromiter(map(millisecond, texts), np.int64, len(texts))
    found, good = _parse(np.frombuffer(joined.encode(), np.uint8).reshape(-1, width))
    for row in np.flatnonzero(~good).tolist():
        found[row] = millisecond(texts[row])
    return found


def _parse(
    characters: np.ndarray[Any, np.dtype[np.uint8]],
) -> tuple[Milliseconds, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Milliseconds, and where they are to be trusted."""
    width = characters.shape[1]
    fraction = _FRACTIONS[width]
    places = list(_DIGITS)
    good = (characters[:, 4] == ord("-")) & (characters[:, 7] == ord("-"))
    good &= characters[:, 10] == ord("T")
    good &= (characters[:, 13] == ord(":")) & (characters[:, 16] == ord(":"))
    end = _SECONDS_END
    if fraction:
        good &= characters[:, end] == ord(".")
        places += range(end + 1, end + 4)
        # Finer digits are cut off, and must be digits all the same.
        good &= (characters[:, end + 1 : end + 1 + fraction] - ord("0") <= 9).all(axis=1)  # noqa: PLR2004
        end += 1 + fraction
    zulu = width == end + len(_ZULU)
    if zulu:
        good &= characters[:, end] == ord(_ZULU)
    else:
        sign = characters[:, end]
        good &= (sign == ord("+")) | (sign == ord("-"))
        good &= characters[:, end + 3] == ord(":")
        places += [end + 1, end + 2, end + 4, end + 5]
    digits = characters[:, places] - ord("0")
    good &= (digits <= 9).all(axis=1)  # noqa: PLR2004
    column = digits.T.astype(np.int64)
    year = column[0] * 1000 + column[1] * 100 + column[2] * 10 + column[3]
    month, day, hour, minute, second = (
        column[place] * 10 + column[place + 1] for place in (4, 6, 8, 10, 12)
    )
    good &= (year >= 1) & (month >= 1) & (month <= 12)  # noqa: PLR2004
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = _DAYS_IN_MONTH[np.minimum(month, 12)] + (leap & (month == 2))  # noqa: PLR2004
    good &= (day >= 1) & (day <= longest) & (hour < 24) & (minute < 60) & (second < 60)  # noqa: PLR2004
    found = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000
    if fraction:
        found += column[14] * 100 + column[15] * 10 + column[16]
    if not zulu:
        hours, minutes = column[-4] * 10 + column[-3], column[-2] * 10 + column[-1]
        good &= (hours < 24) & (minutes < 60)  # noqa: PLR2004
        offset = (hours * 60 + minutes) * 60_000
        found -= np.where(sign == ord("-"), -offset, offset)
    return found, good


def _days(year: Milliseconds, month: Milliseconds, day: Milliseconds) -> Milliseconds:
    """Days since 1970-01-01 in the Gregorian calendar; the year is taken to begin in March."""
    years = year - (month <= 2)  # noqa: PLR2004
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days: Milliseconds = years * 365 + years // 4 - years // 100 + years // 400 + of_year - 719_468
    return days
