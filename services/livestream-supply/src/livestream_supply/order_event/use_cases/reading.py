"""From the text of a post to its items: decoded at once, and one by one only where that fails."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from livestream_supply.order_event import schemas
from livestream_supply.order_event.problems import BatchEmpty, BodyNotJson, TooManyItems
from livestream_supply.order_event.rules.explaining import (
    explained,
    order_no_of,
    without_lone_surrogates,
)
from livestream_supply.order_event.rules.faults import Fault

MOST_ITEMS = 10_000
PART = 200
"""Items explained before others get their turn."""
# More than 10,000 order events can have, and little enough to be split in a moment.
_MOST_COMMAS = 300_000
_MOST_NEWLINES = 100_000
_MOST_BACKSLASHES = 100_000


# Whoever shows a task shows its result: ten thousand items are no message.
@dataclass(slots=True, repr=False)
class Items:
    """The items of a post; `size` = decoded ones + refused ones."""

    size: int
    decoded: Sequence[schemas.OrderEvent]
    refused: dict[int, list[Fault]] = field(default_factory=dict)
    """Item → its faults, for those that are no order events."""
    order_numbers: dict[int, str] = field(default_factory=dict)
    """Of refused items, where one can be read."""

    def place_of(self) -> Sequence[int]:
        """The item of every decoded row."""
        if not self.refused:
            return range(self.size)
        return [item for item in range(self.size) if item not in self.refused]


async def read_items(text: bytes, *, lines: bool) -> Items:
    """Every item of the body; a problem if it is not a list of items of bearable length."""
    try:
        decoded = schemas.ITEM.decode_lines(text) if lines else schemas.BATCH.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return await _read_one_by_one(_lines(text) if lines else _elements(text))
    _check_number(len(decoded))
    return Items(len(decoded), decoded)


async def _read_one_by_one(raw: Sequence[bytes | memoryview]) -> Items:
    decoded: list[schemas.OrderEvent] = []
    items = Items(len(raw), decoded)
    for place, item in enumerate(raw):
        try:
            decoded.append(schemas.ITEM.decode(item))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as refusal:
            said = bytes(item)
            items.refused[place] = explained(said, refusal)
            if order_no := order_no_of(said):
                items.order_numbers[place] = order_no
            if len(items.refused) % PART == 0:
                await asyncio.sleep(0)
    return items


def _elements(text: bytes) -> Sequence[memoryview]:
    if text.count(b",") > _MOST_COMMAS:
        raise TooManyItems(f"A post has at most {MOST_ITEMS} items.", most_items=MOST_ITEMS)
    try:
        return _split(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        if 0 < text.count(b"\\") <= _MOST_BACKSLASHES:
            try:
                return _split(without_lone_surrogates(text))
            except (msgspec.MsgspecError, RecursionError):
                pass
        raise BodyNotJson(f"The body is not a JSON array of objects: {error}.") from error


def _split(text: bytes) -> Sequence[memoryview]:
    elements = schemas.SPLIT.decode(text)
    _check_number(len(elements))
    return [memoryview(element) for element in elements]


def _lines(text: bytes) -> Sequence[bytes]:
    if text.count(b"\n") > _MOST_NEWLINES:
        raise TooManyItems(f"A post has at most {MOST_ITEMS} items.", most_items=MOST_ITEMS)
    lines = list(_said(text))
    if lines and not any(line.startswith(b"{") for line in lines):
        raise BodyNotJson("No line of the body is a JSON object.")
    _check_number(len(lines))
    return lines


def _said(text: bytes) -> Iterator[bytes]:
    return filter(None, map(bytes.strip, text.split(b"\n")))


def _check_number(items: int) -> None:
    if not items:
        raise BatchEmpty("Send at least one item.")
    if items > MOST_ITEMS:
        raise TooManyItems(
            f"A post has at most {MOST_ITEMS} items; this one has {items}.", most_items=MOST_ITEMS
        )
