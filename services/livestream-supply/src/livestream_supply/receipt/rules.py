"""What became of the items of a receipt, painted from its messages and its exceptions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

OUTCOMES = ("counted", "duplicate", "conflict", "rejected", "pending", "buried")
COUNTED, DUPLICATE, CONFLICT, REJECTED, PENDING, BURIED = range(len(OUTCOMES))
CODES = {outcome: code for code, outcome in enumerate(OUTCOMES)}
NO_RUN = -1

Codes = np.ndarray[Any, np.dtype[np.int8]]
Places = np.ndarray[Any, np.dtype[np.int32]]


class Span(NamedTuple):
    """The facts of a receipt that went with one message."""

    first_row: int
    rows: int
    judged: bool


class Run(NamedTuple):
    """Facts side by side that were not simply counted, or no longer are what they were."""

    first_row: int
    rows: int
    outcome: str
    first_receipt_id: UUID | None
    detail: str | None


class Painting(NamedTuple):
    """The outcome of every accepted fact, and the run that says so."""

    outcome: Codes
    run: Places

    def counts(self) -> dict[str, int]:
        """How many facts have each outcome."""
        found = Counter(dict(enumerate(np.bincount(self.outcome, minlength=len(OUTCOMES)))))
        return {outcome: int(found[code]) for code, outcome in enumerate(OUTCOMES)}


def painted(accepted: int, spans: Iterable[Span], runs: Sequence[Run]) -> Painting:
    """What is known of every accepted fact; of two runs the later stands."""
    outcome = np.full(accepted, PENDING, np.int8)
    run = np.full(accepted, NO_RUN, np.int32)
    for first_row, rows, judged in spans:
        if judged:
            outcome[first_row : first_row + rows] = COUNTED
    for number, (first_row, rows, named, _, _) in enumerate(runs):
        outcome[first_row : first_row + rows] = CODES[named]
        run[first_row : first_row + rows] = number
    return Painting(outcome, run)


def items_of_rows(items: int, rejected: Sequence[int]) -> Places:
    """The place in the body of every accepted fact: rejected items have no row."""
    if not rejected:
        return np.arange(items, dtype=np.int32)
    kept = np.ones(items, dtype=bool)
    kept[list(rejected)] = False
    return np.flatnonzero(kept).astype(np.int32)
