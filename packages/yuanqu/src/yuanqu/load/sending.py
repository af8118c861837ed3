"""A load on its way: each platform posts what is due, and posts it again until it is answered."""

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from yuanqu.api import Api
from yuanqu.credentials import Credential
from yuanqu.demo.orders import Event
from yuanqu.load.orders import Stream
from yuanqu.load.shape import LiveSale
from yuanqu.orders.patience import Patience
from yuanqu.orders.posting import post_lines

MOST_A_POST = 500
LINGER_SECONDS = 0.5
"""A platform gathers orders this long before it posts them."""
PATIENCE_SECONDS = 120.0
REPEAT_EVERY = 4
"""One post in so many is sent twice, as by a platform that lost the answer."""


@dataclass(slots=True)
class Sent:
    """What a platform has sent and what it was answered."""

    orders: int = 0
    paid_minor: int = 0
    """Fen, of the paid facts among them."""
    repeated: int = 0
    receipts: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """From a post to its acknowledgement, with everything tried in between."""
    failures: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Load:
    """One run over several platforms, a thread each."""

    sale: LiveSale
    streams: Sequence[Stream]
    credentials: Sequence[Credential]
    now: Callable[[], datetime]
    told: Callable[[str], None]
    _sent: list[Sent] = field(init=False)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        self._sent = [Sent() for _stream in self.streams]

    def run(self) -> Sequence[Sent]:
        """Send all of it, or until Ctrl-C. The first Failure ends the run."""
        begun = time.monotonic()
        with ThreadPoolExecutor(len(self.streams)) as pool:
            running = [pool.submit(self._send, place, begun) for place in range(len(self.streams))]
            try:
                while not all(each.done() for each in running):
                    try:
                        wait(running, timeout=1)
                    except KeyboardInterrupt:
                        if self._stopped.is_set():
                            raise
                        self.told("the sale ends now; what was sent is counted")
                        self._stopped.set()
                    self._tell(time.monotonic() - begun)
                for each in running:
                    each.result()
            finally:
                self._stopped.set()
        return self._sent

    def _send(self, place: int, begun: float) -> None:
        stream, sent = self.streams[place], self._sent[place]
        patience = Patience(PATIENCE_SECONDS, self.told)
        sent.failures = patience.failures
        posts = itertools.count(1)
        try:
            with Api(self.credentials[place]) as api:
                while not self._stopped.is_set():
                    elapsed = time.monotonic() - begun
                    events = stream.next(self._due(place, elapsed) - stream.made, self.now())
                    for start in range(0, len(events), MOST_A_POST):
                        batch = events[start : start + MOST_A_POST]
                        self._post(api, patience, batch, sent)
                        sent.orders += len(batch)
                        sent.paid_minor += paid_minor(batch)
                        if next(posts) % REPEAT_EVERY == 0:
                            self._post(api, patience, batch, sent)
                            sent.repeated += len(batch)
                    if elapsed >= self.sale.seconds:
                        return
                    self._stopped.wait(LINGER_SECONDS)
        except BaseException:
            self._stopped.set()
            raise

    def _due(self, place: int, elapsed: float) -> int:
        """The part of this platform; the parts add up to the sale."""
        due, parts = self.sale.due(elapsed), len(self.streams)
        return due // parts + (place < due % parts)

    def _post(self, api: Api, patience: Patience, batch: Sequence[Event], sent: Sent) -> None:
        lines = "\n".join(json.dumps(event, ensure_ascii=False) for event in batch)
        begun = time.monotonic()
        receipt = post_lines(api, patience, lines.encode(), f"load-{uuid4()}")
        sent.seconds.append(time.monotonic() - begun)
        sent.receipts.append(str(receipt["id"]))

    def _tell(self, elapsed: float) -> None:
        if int(elapsed) % 10 == 0:
            orders = sum(sent.orders for sent in self._sent)
            self.told(f"{elapsed:4.0f} s  {orders:,} of {self.sale.orders:,} acknowledged")


def paid_minor(events: Sequence[Event]) -> int:
    """What was paid in these events, in fen."""
    return sum(int(event["amount_minor"]) for event in events if event["kind"] == "paid")
