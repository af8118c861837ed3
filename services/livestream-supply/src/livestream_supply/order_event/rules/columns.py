"""Order events as columns: no Python loop touches an order.

`map` over an `attrgetter` builds the columns in C; what describes many orders alike is interned,
so that every later decision is made once a distinct seller or customs mode, not once an order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple, Self, cast

import numpy as np

from event_contracts.facts import VOIDED, Correction, Dimensions, identity_ref
from livestream_supply.order_event.rules.moments import DAY_MS, Milliseconds, milliseconds
from livestream_supply.order_event.schemas import OrderEvent

Words = tuple[str | None, ...]
"""The values of the fields of `Dimensions`, in their order."""
Places = np.ndarray[Any, np.dtype[np.int32]]

NO_WORDS: Words = (None,) * len(Dimensions._fields)
"""What describes a void: nothing."""
SHANGHAI_MS = 8 * 3_600_000
"""Without daylight saving since 1992, the earliest moment of a fact."""

_WORDS = attrgetter(*Dimensions._fields)
_REST = attrgetter("order_no", "occurred_at", "amount_minor", "code", "ref")


class Described(NamedTuple):
    """The same field of every distinct description, by the fields of `Dimensions`."""

    seller_uscc: tuple[str | None, ...]
    buyer_type: tuple[str | None, ...]
    channel: tuple[str | None, ...]
    trade_mode: tuple[str | None, ...]
    trade_flow: tuple[str | None, ...]
    customs_mode: tuple[str | None, ...]
    goods_kind: tuple[str | None, ...]
    category: tuple[str | None, ...]
    currency: tuple[str | None, ...]
    attribution: tuple[str | None, ...]
    session_no: tuple[str | None, ...]
    region_code: tuple[str | None, ...]


class Interned(dict[Any, int]):
    """Numbers distinct values in the order in which they come."""

    def __missing__(self, value: Any) -> int:
        number = self[value] = len(self)
        return number


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Facts:
    """Order facts; every column has one entry a fact."""

    order_no: list[str]
    kind: np.ndarray[Any, np.dtype[np.uint8]]
    occurred_ms: Milliseconds
    amount_minor: np.ndarray[Any, np.dtype[np.int64]]
    words: list[Words]
    """Distinct descriptions."""
    word: Places
    """Index into `words`."""
    refs: dict[int, str]
    """Row → ref, for the rows that have one."""
    corrections: dict[int, Correction]
    """Row → what it corrects, for voided and amended facts."""

    def __len__(self) -> int:
        return len(self.order_no)

    @classmethod
    def of(cls, items: Sequence[OrderEvent]) -> Self:
        """The columns of decoded order events."""
        if not items:
            return cls.none()
        order_no, occurred_at, amounts, codes, refs = zip(*map(_REST, items), strict=True)
        interned = Interned()
        word = np.fromiter(
            map(interned.__getitem__, map(_WORDS, items)), np.int32, count=len(items)
        )
        kind = np.array(codes, np.uint8)
        corrections = {}
        if max(codes) >= VOIDED:
            # A void has no amount; it is read nowhere.
            amounts = tuple(amount or 0 for amount in amounts)
            corrections = {
                row: _correction(items[row]) for row in np.flatnonzero(kind >= VOIDED).tolist()
            }
        return cls(
            order_no=list(order_no),
            kind=kind,
            occurred_ms=milliseconds(occurred_at),
            amount_minor=np.array(amounts, np.int64),
            words=list(interned),
            word=word,
            refs=(
                {}
                if refs.count(None) == len(refs)
                else {row: ref for row, ref in enumerate(refs) if ref is not None}
            ),
            corrections=corrections,
        )

    @classmethod
    def none(cls) -> Self:
        """No facts at all."""
        return cls(
            [],
            np.empty(0, np.uint8),
            np.empty(0, np.int64),
            np.empty(0, np.int64),
            [],
            np.empty(0, np.int32),
            {},
            {},
        )

    def kept(self, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> Self:
        """These facts without the rows where `keep` is False."""
        moved = dict(zip(np.flatnonzero(keep).tolist(), range(len(self)), strict=False))
        return type(self)(
            order_no=list(compress(self.order_no, keep.tolist())),
            kind=self.kind[keep],
            occurred_ms=self.occurred_ms[keep],
            amount_minor=self.amount_minor[keep],
            words=self.words,
            word=self.word[keep],
            refs={moved[row]: ref for row, ref in self.refs.items() if row in moved},
            corrections={
                moved[row]: correction
                for row, correction in self.corrections.items()
                if row in moved
            },
        )

    def business_days(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Shanghai's date of each fact, in days since 1970-01-01."""
        return (self.occurred_ms + SHANGHAI_MS) // DAY_MS

    def described(self) -> "Described":
        """The fields of `words` as columns."""
        return Described(*zip(*self.words, strict=True))

    def identity(self, row: int) -> tuple[str, int, str]:
        """What names the fact beside the platform: order_no, kind, and its `identity_ref`."""
        kind = int(self.kind[row])
        ref = identity_ref(kind, self.refs.get(row), self.corrections.get(row))
        return self.order_no[row], kind, ref

    def content(self, row: int) -> tuple[Any, ...]:
        """All that the fact says, to be compared with another of the same identity."""
        correction = self.corrections.get(row)
        return (
            int(self.occurred_ms[row]),
            int(self.amount_minor[row]),
            self.words[self.word[row]],
            correction and correction.reason,
        )


def _correction(item: OrderEvent) -> Correction:
    corrected = cast("Any", item.corrects)
    return Correction(corrected.code, corrected.ref, item.revision or 0, item.reason)
