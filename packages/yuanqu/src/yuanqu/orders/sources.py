"""Files of order events, read in batches whose borders depend on nothing but the file.

An offset is a byte of the file (for a JSON array, an item); everything before it has been read. The
same file, offset and limits give the same batch, so that a batch sent again is the same batch.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from yuanqu.failures import Failure
from yuanqu.orders.mapping import ColumnMapping

MOST_BYTES = 4_000_000
"""Half of what the server takes inflated, so that no batch is refused for its size."""
BLOCK = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Batch:
    """Order events from `offset` up to `after`; `lines` says where each one stands."""

    offset: int
    after: int
    next_line: int
    items: tuple[bytes, ...]
    lines: tuple[int, ...]

    @property
    def body(self) -> bytes:
        """The events as NDJSON."""
        return b"\n".join(self.items)


@dataclass(frozen=True, slots=True)
class Item:
    """One order event, the line it begins on, and the offset and line where the next one begins."""

    content: bytes
    line: int
    after: int
    next_line: int


class Source(Protocol):
    """A file of order events."""

    size: int

    def items(self, offset: int, line: int) -> Iterator[Item]:
        """The order events from an offset, which is on that line."""


def batches(source: Source, offset: int, line: int, most_items: int) -> Iterator[Batch]:
    """The batches from an offset on."""
    items: list[Item] = []
    total = 0
    begun = offset
    for item in source.items(offset, line):
        if items and (len(items) == most_items or total + len(item.content) > MOST_BYTES):
            yield _batch(begun, items)
            begun, items, total = items[-1].after, [], 0
        items.append(item)
        total += len(item.content) + 1
    if items:
        yield _batch(begun, items)


def _batch(offset: int, items: list[Item]) -> Batch:
    return Batch(
        offset,
        items[-1].after,
        items[-1].next_line,
        tuple(item.content for item in items),
        tuple(item.line for item in items),
    )


def digest(path: Path, seen: Callable[[int], None]) -> str:
    """The SHA-256 of the file; `seen` hears how many bytes were read."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
            seen(len(block))
    return total.hexdigest()


class NdjsonSource:
    """A line an order event, sent as it stands; empty lines are passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def items(self, offset: int, line: int) -> Iterator[Item]:
        with self._path.open("rb") as file:
            file.seek(offset)
            for number, raw in enumerate(file, start=line):
                content = raw.strip().removeprefix(BYTE_ORDER_MARK)
                offset += len(raw)
                if content:
                    yield Item(content, number, offset, number + 1)


class JsonSource:
    """One JSON array, read whole; an offset counts items, and so does a line."""

    def __init__(self, path: Path) -> None:
        try:
            held = json.loads(path.read_bytes())
        except ValueError as error:
            raise Failure(
                f"{path} is not JSON",
                str(error),
                next_step="Files with one order event a line end in .ndjson.",
            ) from error
        self._items = held if isinstance(held, list) else [held]
        self.size = len(self._items)

    def items(self, offset: int, line: int) -> Iterator[Item]:
        del line
        for place in range(offset, len(self._items)):
            content = json.dumps(self._items[place], ensure_ascii=False).encode()
            yield Item(content, place + 1, place + 1, place + 2)


class CsvSource:
    """A heading and rows; a mapping says what each column means."""

    def __init__(self, path: Path, mapping: ColumnMapping) -> None:
        self._path = path
        self._mapping = mapping
        self.size = path.stat().st_size

    def items(self, offset: int, line: int) -> Iterator[Item]:
        with self._path.open("rb") as file:
            heading = next(self._records(file, 0, 1), None)
            if heading is None:
                return
            read = self._mapping.reader(self._cells(heading.content, heading.line))
            if offset == 0:
                offset, line = heading.after, heading.next_line
            file.seek(offset)
            for record in self._records(file, offset, line):
                cells = self._cells(record.content, record.line)
                if any(cells):
                    event = json.dumps(read(cells), ensure_ascii=False, separators=(",", ":"))
                    yield Item(event.encode(), record.line, record.after, record.next_line)

    def _records(self, file: BinaryIO, offset: int, line: int) -> Iterator[Item]:
        """Rows as bytes. A quote opened on a line and not closed there goes on in the next.

        In UTF-8 and in GB 18030 no byte of a longer character is a quote or a line's end.
        """
        held, begun, number = b"", line, line
        for number, raw in enumerate(file, start=line):
            held += raw
            offset += len(raw)
            if held.count(b'"') % 2 == 0:
                yield Item(held, begun, offset, number + 1)
                held, begun = b"", number + 1
        if held:
            yield Item(held, begun, offset, number + 1)

    def _cells(self, record: bytes, line: int) -> list[str]:
        try:
            text = record.decode(self._mapping.encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise Failure(
                f"Line {line} cannot be read as {self._mapping.encoding}",
                str(error),
                next_step="Say how it is written: --encoding gb18030 for most Chinese exports.",
            ) from error
        rows = csv.reader([text], delimiter=self._mapping.delimiter)
        return next(rows, [])
