"""What became of facts, told in runs: facts of one receipt that lie together and fared alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from event_contracts.metrics import CountedChange, Exceptional, FactsJudged, JudgedChunk, Outcome
from metrics.fact.rules.columns import Columns
from metrics.fact.rules.stored import Slices
from metrics.total.rules.grains import Int64s
from service_chassis.unit_of_work import UnitOfWork

COUNTED, DUPLICATE, CONFLICT, PENDING = range(4)
NAMES: tuple[Outcome, ...] = ("counted", "duplicate", "conflict", "pending")

MOST_ENTRIES = 5_000
"""Entries an event; each is about 200 bytes of JSON, and Kafka takes messages of two megabytes."""


class Told(NamedTuple):
    """One fact of a receipt and what became of it."""

    receipt_id: UUID
    row: int
    outcome: Outcome
    first_receipt_id: UUID | None = None
    detail: str | None = None


class FirstReceipts(NamedTuple):
    """The receipts that brought the facts which stand."""

    receipts: Mapping[int, UUID]
    which: Int64s
    """For every fact, a key of `receipts`, or -1."""


def in_runs(told: Iterable[Told]) -> list[Exceptional]:
    """The same, with neighbours that fared alike told together."""
    runs: list[list[Any]] = []
    for receipt_id, row, outcome, first_receipt_id, detail in sorted(
        told, key=lambda each: (each.receipt_id, each.row)
    ):
        last = runs[-1] if runs else None
        if (
            last
            and last[0] == receipt_id
            and last[1] + last[2] == row
            and last[3:]
            == [
                outcome,
                first_receipt_id,
                detail,
            ]
        ):
            last[2] += 1
        else:
            runs.append([receipt_id, row, 1, outcome, first_receipt_id, detail])
    return [_exceptional(*run) for run in runs]


def judged_chunks(
    slices: Sequence[Slices],
    facts: Columns,
    outcome: Int64s,
    first: FirstReceipts,
) -> list[JudgedChunk]:
    """Every batch in hand with its exceptions."""
    exceptions: list[list[Exceptional]] = [[] for _ in slices]
    places = np.flatnonzero(outcome != COUNTED)
    if len(places):
        slice_of = _slice_numbers(slices, facts.chunk[places], facts.row[places])
        same = (
            (np.diff(places) == 1)
            & (np.diff(slice_of) == 0)
            & (np.diff(outcome[places]) == 0)
            & (np.diff(first.which[places]) == 0)
        )
        starts = np.flatnonzero(np.concatenate(([True], ~same)))
        lengths = np.diff(np.append(starts, len(places)))
        for start, length in zip(places[starts].tolist(), lengths.tolist(), strict=True):
            number, row = int(facts.chunk[start]), int(facts.row[start])
            held = slices[number].holding(row)
            exceptions[number].append(
                _exceptional(
                    held.receipt_id,
                    held.receipt_row + row - held.first_row,
                    length,
                    NAMES[int(outcome[start])],
                    first.receipts.get(int(first.which[start])),
                )
            )
    return [
        JudgedChunk.model_construct(event_id=each.event_id, exceptions=found)
        for each, found in zip(slices, exceptions, strict=True)
    ]


def announce(
    uow: UnitOfWork,
    *,
    chunks: Sequence[JudgedChunk] = (),
    resolutions: Sequence[Exceptional] = (),
    counted: Sequence[CountedChange] = (),
) -> None:
    """Tell the other services, in as many events as it takes; a chunk is never told in two."""
    entries = chain(
        ((1 + len(chunk.exceptions), "chunks", chunk) for chunk in chunks),
        ((1, "resolutions", resolution) for resolution in resolutions),
        ((1, "counted", change) for change in counted),
    )
    for group in _in_groups(entries):
        uow.announce(
            FactsJudged.model_construct(
                chunks=group["chunks"],
                resolutions=group["resolutions"],
                counted=group["counted"],
            )
        )


def _in_groups(entries: Iterator[tuple[int, str, Any]]) -> Iterator[dict[str, list[Any]]]:
    empty: dict[str, list[Any]] = {"chunks": [], "resolutions": [], "counted": []}
    group = {name: [*values] for name, values in empty.items()}
    size = 0
    for weight, name, entry in entries:
        if size and size + weight > MOST_ENTRIES:
            yield group
            group = {name: [*values] for name, values in empty.items()}
            size = 0
        group[name].append(entry)
        size += weight
    if size:
        yield group


def _slice_numbers(slices: Sequence[Slices], chunk: Int64s, row: Int64s) -> Int64s:
    numbers = np.empty(len(chunk), np.int64)
    offset = 0
    for number, each in enumerate(slices):
        own = chunk == number
        numbers[own] = offset + np.searchsorted(each.first_rows, row[own], "right")
        offset += len(each.slices) + 1
    return numbers


def _exceptional(  # noqa: PLR0917 - a row of columns
    receipt_id: UUID,
    first_row: int,
    rows: int,
    outcome: Outcome,
    first_receipt_id: UUID | None,
    detail: str | None = None,
) -> Exceptional:
    # Our own values: checking them again would cost more than finding them.
    return Exceptional.model_construct(
        receipt_id=receipt_id,
        first_row=first_row,
        rows=rows,
        outcome=outcome,
        first_receipt_id=first_receipt_id,
        detail=detail,
    )
