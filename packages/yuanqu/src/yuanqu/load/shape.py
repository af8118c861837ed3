"""How many orders are due at a moment of a live sale: a base, and surges when an offer opens.

The shape is illustrative: a surge rises within seconds to its peak and decays, twice.
"""

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Surge:
    """A linear rise over `rise` seconds from `opens` on, then a decay with the constant `decay`."""

    opens: float
    rise: float
    decay: float
    height: float
    """Orders a second above the base, at the peak."""

    def due(self, seconds: float) -> float:
        """Its orders until so many seconds after the start."""
        since = seconds - self.opens
        if since <= 0:
            return 0.0
        risen = min(since, self.rise)
        orders = risen * risen / (2 * self.rise)
        if since > self.rise:
            orders += self.decay * (1 - exp(-(since - self.rise) / self.decay))
        return self.height * orders


@dataclass(frozen=True, slots=True)
class LiveSale:
    """The schedule of a load: it ends, and how many orders it has is known before it begins."""

    seconds: float
    base: float
    peak: float

    @property
    def surges(self) -> tuple[Surge, Surge]:
        """The offer that opens the sale, and the last call at six tenths of its height."""
        rise, decay = 0.02 * self.seconds, 0.08 * self.seconds
        height = self.peak - self.base
        return (
            Surge(0.1 * self.seconds, rise, decay, height),
            Surge(0.65 * self.seconds, rise, decay, 0.6 * height),
        )

    def due(self, seconds: float) -> int:
        """Orders that should have been sent until so many seconds after the start."""
        at = min(seconds, self.seconds)
        return int(self.base * at + sum(surge.due(at) for surge in self.surges))

    @property
    def orders(self) -> int:
        """All of them."""
        return self.due(self.seconds)
