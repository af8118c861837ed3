"""What is wrong with one item: a stable code, where it is, and a sentence."""

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """One fault of an item; `pointer` is a JSON Pointer inside the item."""

    pointer: str
    code: str
    detail: str

    def told(self, item: int) -> dict[str, str]:
        """As callers see it: the pointer leads through the whole body."""
        return {"pointer": f"/{item}{self.pointer}", "code": self.code, "detail": self.detail}


CODES = {
    "amount_not_integer": "An amount is a whole number of minor units, written without a point.",
    "amount_out_of_range": "An amount is 0 to 10^13 minor units; a refund is at least 1.",
    "corrects_correction": "A correction names an original fact, never another correction.",
    "currency_unknown": "ISO 4217 lists no such currency.",
    "customs_mode_not_effective": "The customs supervision mode opened after the business date.",
    "customs_mode_unknown": "There is no such customs supervision mode.",
    "customs_mode_wrong_direction": "Goods do not move in this direction under the customs mode.",
    "field_forbidden": "The member does not belong to this kind of fact.",
    "field_missing": "The member is required.",
    "field_unknown": "Order events have no such member.",
    "identity_repeated": "The batch holds this fact twice with different content.",
    "item_too_large": "The item has more bytes than any order event needs.",
    "kind_unknown": "A fact is created, paid, refunded, settled, voided or amended.",
    "moment_invalid": "A moment is an RFC 3339 date and time with an offset.",
    "occurred_in_future": "The moment is more than five minutes ahead.",
    "occurred_too_early": "Facts begin on 1992-01-01.",
    "revision_out_of_range": "Revisions count from 1.",
    "seller_not_authorised": "The seller had not authorised the platform on the business date.",
    "text_empty": "The text is empty.",
    "text_has_nul": "The text holds the character U+0000.",
    "text_not_utf8": "The text is not valid UTF-8.",
    "text_too_long": "The text is too long.",
    "type_wrong": "The value has another JSON type than the member.",
    "value_unknown": "The value is not one of the member's values.",
}
"""Every code an item can be rejected with."""


def escaped(name: str) -> str:
    """A member's name inside a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def told(faults: Iterable[Fault], item: int) -> list[dict[str, str]]:
    """The faults of one item as callers see them."""
    return [fault.told(item) for fault in faults]
