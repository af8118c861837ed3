"""The facts of many micro-batches as columns, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from event_contracts.facts import AMENDED
from event_contracts.orders_recorded import NO_DIMENSIONS, OrdersRecorded
from metrics.fact.rules.keys import Run, keys_and_contents
from metrics.total.rules.grains import Int64s
from metrics.total.rules.numbered import Numbered
from service_chassis.retries import BrokenEvent

MOST_MINOR = 10**13
EARLIEST_MS = 694_195_200_000  # 1992-01-01 00:00 in Shanghai
LATEST_MS = 4_102_416_000_000  # 2100-01-01


@dataclass(frozen=True, slots=True)
class Columns:
    """Facts in the order in which they came; every column has one entry a fact."""

    key: np.ndarray[Any, Any]
    content: Int64s
    batch_id: Int64s
    row: Int64s
    chunk: Int64s
    """Which of the batches in hand."""
    kind: Int64s
    occurred_ms: Int64s
    amount: Int64s
    seller_id: Int64s
    dimension_id: Int64s

    def __len__(self) -> int:
        return len(self.content)


def refuse_impossible(batch: OrdersRecorded) -> None:
    """Raise `BrokenEvent` for facts that livestream-supply never accepts: sums could wrap."""
    amounts, moments = batch.amount_minor, batch.occurred_ms
    if int(amounts.min()) < 0 or int(amounts.max()) > MOST_MINOR:
        raise BrokenEvent("a fact has an amount outside 0 … 10^13 minor units")
    if int(moments.min()) < EARLIEST_MS or int(moments.max()) >= LATEST_MS:
        raise BrokenEvent("a fact occurred before 1992 or after 2099")
    if bool(((batch.kind == AMENDED) & (batch.dimension == NO_DIMENSIONS)).any()):
        raise BrokenEvent("an amendment has no dimensions")


def runs_of(batch: OrdersRecorded) -> list[Run]:
    """The batch by platform."""
    bounds = []
    for platform, group in groupby(batch.slices, lambda each: each.platform):
        members = list(group)
        bounds.append((platform, members[0].first_row, members[-1].first_row + members[-1].rows))
    if len(bounds) == 1:
        places = np.minimum(batch.dimension, len(batch.dimensions))
        return [Run(batch, *bounds[0], places, batch.dimensions)]
    runs = []
    for platform, start, stop in bounds:
        used, places = np.unique(batch.dimension[start:stop], return_inverse=True)
        dimensions = [batch.dimensions[each] for each in used.tolist() if each != NO_DIMENSIONS]
        runs.append(Run(batch, platform, start, stop, places.reshape(-1), dimensions))
    return runs


def columns_of(
    runs: Sequence[Run], numbered: Sequence[Numbered], batch_ids: Sequence[int]
) -> Columns:
    """The columns of these batches, one after the other."""
    keys, contents, sellers, dimensions = [], [], [], []
    batches: list[OrdersRecorded] = []
    for run, own in zip(runs, numbered, strict=True):
        if not batches or batches[-1] is not run.batch:
            batches.append(run.batch)
        key, content = keys_and_contents(run, own.digest)
        keys.append(key)
        contents.append(content)
        sellers.append(np.append(own.seller_id, 0)[run.dimension])
        dimensions.append(np.append(own.dimension_id, 0)[run.dimension])
    rows = [len(batch.order_no) for batch in batches]
    return Columns(
        key=np.concatenate(keys),
        content=np.concatenate(contents),
        batch_id=np.repeat(np.array(batch_ids, np.int64), rows),
        row=np.concatenate([np.arange(count) for count in rows]),
        chunk=np.repeat(np.arange(len(batches)), rows),
        kind=np.concatenate([batch.kind for batch in batches]).astype(np.int64),
        occurred_ms=np.concatenate([batch.occurred_ms for batch in batches]),
        amount=np.concatenate([batch.amount_minor for batch in batches]),
        seller_id=np.concatenate(sellers),
        dimension_id=np.concatenate(dimensions),
    )


def order_by_key(key: np.ndarray[Any, Any]) -> Int64s:
    """The places in the order of the keys; of equal keys the one that came first stays first."""
    words = np.ascontiguousarray(key).view(">u8").reshape(-1, 2).astype(np.uint64)
    return np.lexsort((words[:, 1], words[:, 0]))
