"""Micro-batches: the facts of many posts in few messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np

from event_contracts.facts import Dimensions
from event_contracts.orders_recorded import MOST_FACTS, NO_DIMENSIONS, OrdersRecorded, Slice
from livestream_supply.order_event.rules.columns import NO_WORDS, Facts, Interned

Column = np.ndarray[Any, Any]
Entry = TypeVar("Entry")


class Received(NamedTuple):
    """The accepted facts of one receipt."""

    receipt_id: UUID
    platform: str
    facts: Facts


class _Part(NamedTuple):
    """Rows [start, end) of the facts of a receipt."""

    received: Received
    start: int
    end: int


@dataclass(slots=True)
class _Builder:
    accepted_on: str
    rows: int = 0
    parts: list[_Part] = field(default_factory=list)

    def take(self, part: _Part) -> None:
        self.parts.append(part)
        self.rows += part.end - part.start

    def built(self) -> OrdersRecorded:
        """The message of the parts in hand."""
        slices: list[Slice] = []
        interned = Interned()
        columns: list[tuple[Column, ...]] = []
        order_no: list[str] = []
        refs: dict[int, str] = {}
        corrections = {}
        for received, start, end in self.parts:
            facts, first = received.facts, len(order_no)
            slices.append(
                Slice(
                    received.receipt_id,
                    received.platform,
                    self.accepted_on,
                    first,
                    end - start,
                    start,
                )
            )
            word = facts.word[start:end]
            columns.append(
                (
                    _placed(facts, word, interned),
                    facts.kind[start:end],
                    facts.occurred_ms[start:end],
                    facts.amount_minor[start:end],
                )
            )
            order_no += facts.order_no[start:end]
            shift = first - start
            refs |= _moved(facts.refs.items(), start, end, shift)
            corrections.update(_moved(facts.corrections.items(), start, end, shift))
        dimension, kind, occurred_ms, amount_minor = (
            parts[0] if len(parts) == 1 else np.concatenate(parts)
            for parts in zip(*columns, strict=True)
        )
        return OrdersRecorded(
            slices=slices,
            dimensions=[Dimensions._make(words) for words in interned],
            dimension=dimension,
            kind=kind,
            occurred_ms=occurred_ms,
            amount_minor=amount_minor,
            order_no=order_no,
            refs=refs,
            corrections=corrections,
        )


def micro_batches(posts: Iterable[Received], accepted_on: str) -> Iterator[OrdersRecorded]:
    """Fill messages of at most `MOST_FACTS`; a receipt is cut only where it alone is too long."""
    builder = _Builder(accepted_on)
    for received in posts:
        for part in _parts(received):
            if builder.rows + part.end - part.start > MOST_FACTS:
                yield builder.built()
                builder = _Builder(accepted_on)
            builder.take(part)
    if builder.rows:
        yield builder.built()


def _parts(received: Received) -> Iterator[_Part]:
    rows = len(received.facts)
    for start in range(0, rows, MOST_FACTS):
        yield _Part(received, start, min(start + MOST_FACTS, rows))


def _placed(facts: Facts, word: Column, interned: Interned) -> Column:
    """The dimensions of every row as places in the message."""
    used = np.flatnonzero(np.bincount(word, minlength=len(facts.words)))
    places = np.zeros(len(facts.words), np.uint16)
    places[used] = [
        NO_DIMENSIONS if words == NO_WORDS else interned[words]
        for words in map(facts.words.__getitem__, used.tolist())
    ]
    placed: Column = places[word]
    return placed


def _moved(
    entries: Iterable[tuple[int, Entry]], start: int, end: int, shift: int
) -> dict[int, Entry]:
    return {row + shift: entry for row, entry in entries if start <= row < end}
