"""The demonstration's orders, reported as a platform does it: in batches, as itself."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from yuanqu.api import Api
from yuanqu.demo.orders import Event
from yuanqu.failures import Failure
from yuanqu.orders.patience import Patience
from yuanqu.orders.posting import post_lines

BATCH_ITEMS = 4_000
PATIENCE_SECONDS = 60.0
GRANTED_WITHIN_SECONDS = 30.0
PAUSE_SECONDS = 0.5
NOT_YET = "seller_not_authorised"


@dataclass(slots=True)
class Reporter:
    """The posts of one platform and the receipts it got."""

    api: Api
    moved: Callable[[int], None]
    told: Callable[[str], None]
    receipts: list[str] = field(default_factory=list)

    def report(self, events: Sequence[Event]) -> None:
        """Post the events. Failure when one is rejected for more than being early."""
        patience = Patience(PATIENCE_SECONDS, self.told)
        for start in range(0, len(events), BATCH_ITEMS):
            batch = list(events[start : start + BATCH_ITEMS])
            items = len(batch)
            deadline = time.monotonic() + GRANTED_WITHIN_SECONDS
            while batch:
                receipt = self._post(patience, batch)
                early = _early(receipt)
                if early and time.monotonic() > deadline:
                    raise _refused(receipt)
                batch = [batch[item] for item in early]
                if batch:
                    # The platform may report for its sellers since a moment; news of it travels.
                    time.sleep(PAUSE_SECONDS)
            self.moved(items)

    def _post(self, patience: Patience, batch: Sequence[Event]) -> Any:
        lines = "\n".join(json.dumps(event, ensure_ascii=False) for event in batch)
        # A key a post: it makes a lost answer harmless. A later run is to count as duplicates.
        receipt = post_lines(self.api, patience, lines.encode(), f"demo-{uuid4()}")
        self.receipts.append(str(receipt["id"]))
        return receipt


def _early(receipt: Any) -> list[int]:
    """The items rejected only because their authorisation has not arrived yet."""
    if not receipt["rejected"]:
        return []
    rejected = [each for each in receipt["exceptions"] if each["outcome"] == "rejected"]
    codes = {error["code"] for each in rejected for error in each["errors"]}
    if codes != {NOT_YET} or receipt["exceptions_truncated"]:
        if codes == {NOT_YET}:
            # More were rejected than are named: nothing of the batch is known yet.
            return list(range(receipt["items"]))
        raise _refused(receipt)
    return [each["item"] for each in rejected]


def _refused(receipt: Any) -> Failure:
    rejected = [each for each in receipt["exceptions"] if each["outcome"] == "rejected"]
    return Failure(
        f"{receipt['rejected']} orders of the demonstration were rejected",
        next_step=f"`yuanqu receipts show {receipt['id']}` names them.",
        faults=[
            f"{each.get('order_no')}: {error['code']} {error['detail']}"
            for each in rejected[:5]
            for error in each["errors"]
        ],
    )
