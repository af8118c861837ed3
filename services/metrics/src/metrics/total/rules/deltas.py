"""Signed changes to the totals, folded from facts to the rows of every grain by numpy."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from metrics.total.rules import grains
from metrics.total.rules.grains import Int64s, Kept

COLUMNS = ("grain", "slot", "seller_id", "dimension_id", "kind", "count", "amount")
KEY_COLUMNS = COLUMNS[:5]
SUM_COLUMNS = COLUMNS[5:]
_TYPES = ("i2", "i4", "i4", "i4", "i2", "i8", "i8")


@dataclass(frozen=True, slots=True)
class Deltas:
    """What is added: `count` facts of a kind and their `amount`, at a slot.

    As long as at most 100,000 facts of at most 10^13 minor units meet, 64 bits hold their sum.
    """

    slot: Int64s
    seller_id: Int64s
    dimension_id: Int64s
    kind: Int64s
    count: Int64s
    amount: Int64s

    def __len__(self) -> int:
        return len(self.slot)

    def where(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> "Deltas":
        """Those that are chosen."""
        return Deltas(*(column[chosen] for column in _columns(self)))

    def at(self, slot: Int64s, *, of_all: bool = False) -> "Deltas":
        """The same at other slots, of all sellers together if asked; added up."""
        seller_id = np.zeros_like(self.seller_id) if of_all else self.seller_id
        return Deltas(
            slot, seller_id, self.dimension_id, self.kind, self.count, self.amount
        ).added_up()

    def added_up(self) -> "Deltas":
        """One entry a key, sorted by key; entries that add nothing are left out."""
        if not len(self):
            return self
        key = _dense(self.slot)
        for column in (self.seller_id, self.dimension_id, self.kind):
            ranks = _dense(column)
            # At most 100,000 values a column: four ranks stay below 2^63.
            key = key * (int(ranks.max()) + 1) + ranks
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        first = order[starts]
        count = np.add.reduceat(self.count[order], starts)
        amount = np.add.reduceat(self.amount[order], starts)
        changes = (count != 0) | (amount != 0)
        first = first[changes]
        return Deltas(
            self.slot[first],
            self.seller_id[first],
            self.dimension_id[first],
            self.kind[first],
            count[changes],
            amount[changes],
        )


def joined(*parts: Deltas) -> Deltas:
    """All of them."""
    columns = zip(*(_columns(part) for part in parts), strict=True)
    return Deltas(*(np.concatenate(column) for column in columns))


def nothing() -> Deltas:
    """No change."""
    return Deltas(*(np.empty(0, np.int64) for _ in range(6)))


def by_grain(minutes: Deltas, keep: Kept) -> dict[int, Deltas]:
    """The changes of every grain, from changes whose slots are minutes."""
    hours = minutes.where(minutes.slot >= keep.hour * 60)
    lately = minutes.where(minutes.slot >= keep.minute)
    days = minutes.at(minutes.slot // 1440)
    months = days.at(grains.month_slots(days.slot))
    return {
        grains.MINUTE: lately.at(lately.slot, of_all=True),
        grains.HOUR: hours.at(hours.slot // 60),
        grains.DAY: days,
        grains.MONTH: months,
        grains.DAY_OF_ALL: days.at(days.slot, of_all=True),
        grains.MONTH_OF_ALL: months.at(months.slot, of_all=True),
    }


def rows(changes: dict[int, Deltas]) -> dict[str, np.ndarray[Any, Any]]:
    """The columns of table `total`, sorted by its key."""
    whole = joined(*(changes[grain] for grain in sorted(changes)))
    grain = np.repeat(sorted(changes), [len(changes[grain]) for grain in sorted(changes)])
    columns = (grain, *_columns(whole))
    return {
        name: column.astype(kind)
        for name, column, kind in zip(COLUMNS, columns, _TYPES, strict=True)
    }


def _columns(deltas: Deltas) -> tuple[Int64s, ...]:
    return (
        deltas.slot,
        deltas.seller_id,
        deltas.dimension_id,
        deltas.kind,
        deltas.count,
        deltas.amount,
    )


def _dense(column: Int64s) -> Int64s:
    """The rank of every value among the values there are, or its distance from the least.

    Distances keep the order and cost nothing; ranks are for columns that spread too far.
    """
    least = column.min()
    if column.max() - least < 1 << 17:
        distances: Int64s = column - least
        return distances
    ranks: Int64s = np.unique(column, return_inverse=True)[1].reshape(-1)
    return ranks
