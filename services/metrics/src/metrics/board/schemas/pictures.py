"""The figures of a board from one snapshot, in no language yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from metrics.board.rules.walls import Wall
from metrics.freshness.schemas import Freshness
from metrics.reconciliation.schemas import ReconciliationLine
from metrics.target.schemas import Attainment
from metrics.volume.schemas import VolumeAnswer


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its names."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class OfPlan:
    """A plan and the volumes of its nodes."""

    plan: Named
    volumes: VolumeAnswer


@dataclass(frozen=True, slots=True)
class OfTarget:
    """A target with the node it is of."""

    node: Named
    attainment: Attainment


@dataclass(frozen=True, slots=True)
class Partner:
    """How a partner platform does, by instants in UTC and the facts accepted today."""

    platform: Named
    is_active: bool
    every_minutes: int | None
    heard_at: datetime | None
    overdue_since: datetime | None
    today: ReconciliationLine | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a board shows. What a wall may not see is None."""

    wall: Wall
    on: date
    as_of: datetime
    area: Sequence[Named]
    """The parks or the region the wall is restricted to; empty for no restriction of that kind."""
    day: VolumeAnswer
    month: VolumeAnswer
    year: VolumeAnswer
    months: VolumeAnswer
    """This year and the one before, by month."""
    parks: VolumeAnswer
    channels: VolumeAnswer
    categories: VolumeAnswer
    plans: Sequence[OfPlan]
    targets: Sequence[OfTarget] | None
    partners: Sequence[Partner] | None
    reconciliation: Sequence[ReconciliationLine] | None
    latest: date | None
    """The last date with figures, where the year has none."""

    @property
    def is_live(self) -> bool:
        """Whether it follows the clock."""
        return self.wall.on is None

    @property
    def freshness(self) -> Freshness:
        """Of the snapshot."""
        return self.year.freshness

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in the two years shown."""
        return not any(item.native for item in self.months.items)
