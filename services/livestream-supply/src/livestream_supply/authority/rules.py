"""On which business dates a platform may report for a seller."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

EPOCH = date(1970, 1, 1).toordinal()
FOR_EVER = 2**31


class Authorisation(NamedTuple):
    """A seller lets the platform report its orders of [from_day, to_day), in days since 1970."""

    seller_uscc: str
    from_day: int
    to_day: int


def days(first: date, end: date | None) -> tuple[int, int]:
    """A half-open period of business dates in days since 1970-01-01."""
    return first.toordinal() - EPOCH, FOR_EVER if end is None else end.toordinal() - EPOCH


class Authority:
    """What one platform may report, as far as the news from registry goes."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.status: Literal["active", "suspended"] | None = None
        """None until registry has spoken of the platform."""
        self.heard_at: datetime | None = None
        """When anything was last heard from registry."""
        self._given: dict[UUID, Authorisation] = {}
        self._of_seller: dict[str, set[UUID]] = {}
        self._periods: dict[str, tuple[tuple[int, int], ...]] = {}

    def take(self, news: Iterable[tuple[UUID, Authorisation | None]]) -> None:
        """Take authorisations as they are now; None for a revoked one."""
        touched = set()
        for authorisation_id, given in news:
            if before := self._given.pop(authorisation_id, None):
                self._of_seller[before.seller_uscc].discard(authorisation_id)
                touched.add(before.seller_uscc)
            if given is not None:
                self._given[authorisation_id] = given
                self._of_seller.setdefault(given.seller_uscc, set()).add(authorisation_id)
                touched.add(given.seller_uscc)
        for seller in touched:
            periods = merged(self._given[each][1:] for each in self._of_seller[seller])
            if periods:
                self._periods[seller] = periods
            else:
                self._periods.pop(seller, None)

    def covers(self, seller: str, first_day: int, last_day: int) -> bool:
        """Whether every date from the first to the last is authorised."""
        return any(
            start <= first_day and last_day < end for start, end in self._periods.get(seller, ())
        )

    @property
    def periods(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """Seller → its authorised periods, apart from each other and in order."""
        return self._periods


def merged(periods: Iterable[tuple[int, ...]]) -> tuple[tuple[int, int], ...]:
    """The same dates as periods that neither overlap nor touch."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(periods):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return tuple(joined)
