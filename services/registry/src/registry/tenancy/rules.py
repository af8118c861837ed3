"""The pipeline, which tenancies exclude each other, and what the other services hear."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

from event_contracts.registry import TenancyRecorded
from registry.periods import overlap
from registry.tenancy.problems import StageSkip, TenancyDates, TenancyOpen, TenancyOverlaps
from registry.tenancy.tables import Tenancy
from service_chassis.problems import Problem

STAGES = ("lead", "considering", "planned", "signed", "moved_in", "left")


class Stay(Protocol):
    """What matters of a tenancy, registered or about to be, when it meets another."""

    @property
    def park_code(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def counting(self) -> bool: ...
    @property
    def moved_in_on(self) -> date | None: ...
    @property
    def left_on(self) -> date | None: ...


def check_step(present: str, wanted: str) -> None:
    """Refuse any stage but the next one."""
    place = STAGES.index(present)
    following = STAGES[place + 1] if place + 1 < len(STAGES) else None
    if wanted != following:
        raise StageSkip(
            f"The tenancy is at {present}; "
            + (f"the next stage is {following}, not {wanted}." if following else "it is over."),
            next_stage=following,
        )


def check_dates(moved_in_on: date | None, left_on: date | None) -> None:
    """A stay ends after it began."""
    if left_on is not None and (moved_in_on is None or left_on <= moved_in_on):
        raise TenancyDates(
            f"left_on is the first day it is no longer there; {left_on} is not after {moved_in_on}."
        )


def check_reached(on: date, latest: date | None) -> None:
    """A stage is reached on or after the one before it."""
    if latest is not None and on < latest:
        raise TenancyDates(f"The present stage was reached on {latest}, after {on}.")


def count_together(one: Stay, other: Stay) -> bool:
    """Whether both would count on some date."""
    if not (one.counting and other.counting and one.moved_in_on and other.moved_in_on):
        return False
    return overlap(one.moved_in_on, one.left_on, other.moved_in_on, other.left_on)


def open_together(one: Stay, other: Stay) -> bool:
    """Whether both are an unfinished way into the same park."""
    return one.park_code == other.park_code and "left" not in (one.stage, other.stage)


def excludes(one: Stay, other: Stay) -> bool:
    """Whether one enterprise cannot have both."""
    return count_together(one, other) or open_together(one, other)


def clash(wanted: Stay, others: Iterable[Stay]) -> Problem | None:
    """Why an enterprise with these tenancies cannot have this one too."""
    for other in others:
        tenancy_id = str(getattr(other, "id", "")) or None
        if open_together(wanted, other):
            return TenancyOpen(
                f"The enterprise is at {other.stage} in {other.park_code} already.",
                tenancy_id=tenancy_id,
            )
        if count_together(wanted, other):
            until = other.left_on or "open"
            return TenancyOverlaps(
                f"The enterprise counts for {other.park_code} from {other.moved_in_on} to {until}.",
                tenancy_id=tenancy_id,
            )
    return None


def recorded(tenancy: Tenancy, snapshot_id: UUID | None = None) -> TenancyRecorded:
    """The state of a tenancy for the other services."""
    return TenancyRecorded(
        version=tenancy.version,
        snapshot_id=snapshot_id,
        tenancy_id=tenancy.id,
        enterprise_uscc=tenancy.enterprise_uscc,
        park_code=tenancy.park_code,
        stage=tenancy.stage,
        counting=tenancy.counting,
        moved_in_on=tenancy.moved_in_on,
        left_on=tenancy.left_on,
    )
