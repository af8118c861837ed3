"""Sending again what may pass on its own: no answer, 429 and 5xx, with growing pauses."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from yuanqu.failures import Failure, Refused, Unreachable

Answer = TypeVar("Answer")

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
TOO_MANY_REQUESTS = 429
CONTESTED = "idempotency_key_contested"
SERVER_ERROR = 500


@dataclass(slots=True)
class Patience:
    """How long to go on without any success, and how often it was needed."""

    seconds: float
    told: Callable[[str], None] = print
    sleep: Callable[[float], None] = time.sleep
    failures: Counter[str] = field(default_factory=Counter, init=False)
    """What had to be sent again, by status; `unreachable` where nobody answered."""

    def insist(self, send: Callable[[], Answer]) -> Answer:
        """Send until it is answered; the last failure when the patience is over."""
        begun = time.monotonic()
        pause = FIRST_PAUSE
        while True:
            try:
                return send()
            except (Unreachable, Refused) as failure:
                if not may_pass(failure):
                    raise
                asked = failure.retry_after if isinstance(failure, Refused) else None
                # Half of the pause by chance, so that many senders do not come back together.
                wait = asked if asked is not None else pause * (0.5 + random.random() / 2)  # noqa: S311
                if time.monotonic() - begun + wait > self.seconds:
                    raise _given_up(failure, self.seconds) from failure
                self.failures[_name(failure)] += 1
                self.told(f"{failure.title}; again in {wait:.1f} s")
                self.sleep(wait)
                pause = min(pause * 2, LONGEST_PAUSE)


def may_pass(failure: Failure) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(failure, Unreachable):
        return True
    return isinstance(failure, Refused) and (
        failure.status == TOO_MANY_REQUESTS
        or failure.status >= SERVER_ERROR
        or failure.code == CONTESTED
    )


def _name(failure: Unreachable | Refused) -> str:
    return str(failure.status) if isinstance(failure, Refused) else "unreachable"


def _given_up(failure: Failure, seconds: float) -> Failure:
    return Failure(
        failure.title,
        f"{failure.detail} (for {seconds:g} s)".strip(),
        next_step="Run the same command again when the server is back: it goes on where it "
        f"stopped, nothing is lost or repeated. {failure.next_step}",
        document=failure.document,
    )
