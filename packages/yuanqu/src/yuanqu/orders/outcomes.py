"""What became of the items of receipts: counts by outcome, once nothing is pending."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yuanqu.api import Api
from yuanqu.printing import Column, print_table, say

RECEIPTS = "/livestream-supply/v1/receipts"
OUTCOMES = ("counted", "duplicate", "conflict", "rejected", "pending", "buried")
POLL_SECONDS = 0.5
SHOWN_REJECTIONS = 20

REJECTION_COLUMNS = (
    Column("line", "line", "right"),
    Column("order", "order_no"),
    Column("where", "pointer"),
    Column("code", "code"),
    Column("what is wrong", "detail"),
)


def settled(
    api: Api,
    receipt_ids: Iterable[str],
    patience: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Counter[str]:
    """The outcomes of these receipts together; what is pending after so many seconds stays so."""
    deadline = clock() + patience
    total: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    for receipt_id in receipt_ids:
        receipt = api.get(f"{RECEIPTS}/{receipt_id}", {"page_size": 1})
        while receipt["state"] == "pending" and clock() < deadline:
            sleep(POLL_SECONDS)
            receipt = api.get(f"{RECEIPTS}/{receipt_id}", {"page_size": 1})
        total.update(receipt["summary"])
    return total


def outcome_line(total: Mapping[str, int]) -> str:
    """counted 4  duplicate 0  rejected 0; the others only where there are any."""
    always = {"counted", "duplicate", "rejected"}
    told = [name for name in OUTCOMES if total.get(name) or name in always]
    return "  ".join(f"{name} {total.get(name, 0):,}" for name in told)


def print_outcomes(total: Mapping[str, int], receipts: Iterable[Mapping[str, Any]]) -> None:
    """The counts, the first rejections with their lines, and what to do about the rest."""
    held = list(receipts)
    refused = [each for receipt in held for each in receipt["rejections"]]
    if refused:
        shown = refused[:SHOWN_REJECTIONS]
        faults = [{**each, **error} for each in shown for error in each["errors"]]
        print_table("Rejected", REJECTION_COLUMNS, faults)
        if total["rejected"] > SHOWN_REJECTIONS:
            more = total["rejected"] - SHOWN_REJECTIONS
            say(f"… and {more:,} more: `yuanqu receipts rejections`.")
        say("A corrected item can be sent again: a rejection leaves nothing behind.")
    say(outcome_line(total))
    if total["conflict"]:
        say("Conflicts are known orders with other content: `yuanqu receipts conflicts`.")
    if total["pending"]:
        say("Pending items wait to be counted, or for what they correct: `yuanqu receipts list`.")
