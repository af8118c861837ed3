"""One file, sent in batches: what was acknowledged is written down before the next batch goes."""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuanqu.api import Api
from yuanqu.failures import Failure
from yuanqu.orders.journal import Journal, Plan, Progress
from yuanqu.orders.patience import Patience
from yuanqu.orders.posting import post_lines
from yuanqu.orders.sources import Source, batches

MOST_REJECTIONS = 20
"""Kept of a batch; the receipt has them all."""


@dataclass(frozen=True, slots=True)
class Sender:
    """How a file is sent: as whom, how patiently, and who hears how far it is."""

    api: Api
    patience: Patience
    moved: Callable[[int], None]

    def send(self, source: Source, journal: Journal, plan: Plan, progress: Progress) -> None:
        """Send what the run has not sent yet."""
        for batch in batches(source, progress.offset, progress.line, plan.batch_items):
            key = plan.key(progress.run, batch.offset)
            receipt = post_lines(self.api, self.patience, batch.body, key)
            held = brief(receipt, batch.lines)
            journal.acknowledge(batch.after, batch.next_line, held)
            progress.receipts.append(held)
            progress.offset, progress.line = batch.after, batch.next_line
            self.moved(batch.after)
        journal.finish()
        progress.finished = True
        self.moved(source.size)


def brief(receipt: Mapping[str, Any], lines: Sequence[int]) -> dict[str, Any]:
    """What is kept of an answer: the receipt's id and the first rejections, by line of the file."""
    refused = [each for each in receipt["exceptions"] if each["outcome"] == "rejected"]
    return {
        "id": receipt["id"],
        "items": receipt["items"],
        "rejected": receipt["rejected"],
        "rejections": [
            {
                "line": lines[each["item"]],
                "order_no": each.get("order_no"),
                "errors": [
                    {**error, "pointer": within_item(error["pointer"])}
                    for error in each.get("errors") or ()
                ],
            }
            for each in refused[:MOST_REJECTIONS]
        ],
    }


def within_item(pointer: str) -> str:
    """A pointer into a batch as one into the item: /17/amount_minor → /amount_minor."""
    return "".join(f"/{step}" for step in pointer.split("/")[2:])


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep a second sender of the same file out."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"{path} is being sent already",
                next_step="Wait for the other `yuanqu orders send`, or stop it.",
            ) from None
        yield
