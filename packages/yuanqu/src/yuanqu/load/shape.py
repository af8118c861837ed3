"""How many orders are due at a moment of a live sale: a base, and a surge whenever an offer opens.

The shape is illustrative: an offer a minute; its orders rise within two seconds and decay.
"""

from dataclasses import dataclass
from math import exp

FIRST_OFFER_SECONDS = 2.0
OFFER_EVERY_SECONDS = 60.0
RISE_SECONDS, DECAY_SECONDS = 2.0, 8.0


@dataclass(frozen=True, slots=True)
class LiveSale:
    """The schedule of a load: it ends, and how many orders it has is known before it begins."""

    seconds: float
    base: float
    """Orders a second between surges."""
    peak: float
    """Orders a second when an offer opens; every second offer has six tenths of the surge."""

    def due(self, seconds: float) -> int:
        """Orders that should have been sent until so many seconds after the start."""
        at = min(seconds, self.seconds)
        orders, opens, height = self.base * at, FIRST_OFFER_SECONDS, self.peak - self.base
        while opens < at:
            orders += height * _surge(at - opens)
            opens += OFFER_EVERY_SECONDS
            height = 1.6 * (self.peak - self.base) - height
        return int(orders)

    @property
    def orders(self) -> int:
        """All of them."""
        return self.due(self.seconds)


def _surge(since: float) -> float:
    """The orders of a surge of height 1: a linear rise, then an exponential decay."""
    risen = min(since, RISE_SECONDS)
    orders = risen * risen / (2 * RISE_SECONDS)
    if since > RISE_SECONDS:
        orders += DECAY_SECONDS * (1 - exp(-(since - RISE_SECONDS) / DECAY_SECONDS))
    return orders
