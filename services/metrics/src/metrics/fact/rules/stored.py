"""A stored fact, the place where it lies, and whose rows a batch holds."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from event_contracts.facts import Correction, Dimensions
from event_contracts.orders_recorded import Slice


class Place(NamedTuple):
    """Where a fact lies."""

    batch_id: int
    row: int


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as it came, with the message and the receipt that brought it."""

    place: Place
    event_id: UUID
    receipt_id: UUID
    receipt_row: int
    platform: str
    accepted_on: str
    kind: int
    order_no: str
    ref: str | None
    occurred_ms: int
    amount_minor: int
    dimensions: Dimensions | None
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class Slices:
    """Whose rows the rows of a batch are, in their order."""

    event_id: UUID
    slices: list[Slice]
    first_rows: np.ndarray[Any, np.dtype[np.int64]]

    def holding(self, row: int) -> Slice:
        """The slice that holds the row."""
        return self.slices[int(np.searchsorted(self.first_rows, row, "right")) - 1]
