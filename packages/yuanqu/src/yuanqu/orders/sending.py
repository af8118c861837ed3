"""One file, sent in batches: what was acknowledged is written down before the next batch goes."""

import fcntl
import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuanqu.api import Api
from yuanqu.failures import Failure
from yuanqu.orders.journal import Journal, Plan, Progress
from yuanqu.orders.patience import Patience
from yuanqu.orders.sources import Batch, Source, batches

BATCHES = "/livestream-supply/v1/order-events:batch"
NDJSON = "application/x-ndjson"
POST_SECONDS = 120.0
SMALL = 2_000


@dataclass(frozen=True, slots=True)
class Sender:
    """How a file is sent: as whom, how patiently, and who hears how far it is."""

    api: Api
    patience: Patience
    moved: Callable[[int], None]

    def send(self, source: Source, journal: Journal, plan: Plan, progress: Progress) -> None:
        """Send what the run has not sent yet."""
        for batch in batches(source, progress.offset, progress.line, plan.batch_items):
            receipt = self._post(batch, plan.key(progress.run, batch.offset))
            held = {**brief(receipt), "lines": _spans(batch.lines)}
            journal.acknowledge(batch.after, batch.next_line, held)
            progress.receipts.append(held)
            progress.offset, progress.line = batch.after, batch.next_line
            self.moved(batch.after)
        journal.finish()
        progress.finished = True
        self.moved(source.size)

    def _post(self, batch: Batch, key: str) -> Any:
        headers = {"Content-Type": NDJSON, "Idempotency-Key": key}
        body = batch.body
        if len(body) > SMALL:
            # No time in the header: the same batch is the same bytes.
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return self.patience.insist(
            lambda: self.api.request(
                "POST", BATCHES, content=body, headers=headers, timeout=POST_SECONDS
            ).json()
        )


def brief(receipt: Any) -> dict[str, Any]:
    """What is kept of a receipt."""
    return {
        "id": receipt["id"],
        "items": receipt["items"],
        "accepted": receipt["accepted"],
        "rejected": receipt["rejected"],
    }


def line_of(lines: list[list[int]], item: int) -> int:
    """The line of the file on which an item of a batch begins."""
    for first, count in lines:
        if item < count:
            return first + item
        item -= count
    raise IndexError(item)


def _spans(lines: tuple[int, ...]) -> list[list[int]]:
    """Lines as runs of (first, count); a file without empty lines is one run."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and spans[-1][0] + spans[-1][1] == line:
            spans[-1][1] += 1
        else:
            spans.append([line, 1])
    return spans


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
