"""Which board: whose figures, on which date, in which words and colours."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics.volume.rules.questions import Scope

Language = Literal["zh", "en"]
Theme = Literal["auto", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Wall:
    """What is computed once, however many look at it in whatever language."""

    scope: Scope
    on: date | None = None
    """The business date whose evening is shown; None follows the clock."""

    @property
    def is_whole(self) -> bool:
        """Whether it shows the figures of all parks and platforms."""
        return self.scope == Scope()

    @property
    def sees_partners(self) -> bool:
        """A part of the parks is no part of a partner's deliveries: such a wall shows none."""
        scope = self.scope
        return scope.parks is None and scope.enterprises is None and scope.region is None


@dataclass(frozen=True, slots=True)
class Taste:
    """How a board is shown."""

    language: Language
    theme: Theme = "auto"
