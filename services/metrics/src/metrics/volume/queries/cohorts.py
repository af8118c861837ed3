"""Who is compared in a like-for-like growth rate, and their figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from metrics.attribution.tables import SellerOwner, SellerSpan
from metrics.growth.rules import cohort_hash
from metrics.period.rules import HOURS_A_DAY, Window
from metrics.total.rules.grains import DAY
from metrics.volume.queries.atlas import Atlas
from metrics.volume.queries.cells import Counted, Labels, Table, of_groups
from metrics.volume.rules.questions import OF_PLACES, CohortOf, Question


@dataclass(frozen=True, slots=True)
class Cohort:
    """A set of enterprises or parks, named by count and hash."""

    of: CohortOf
    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Alike:
    """The figures of cohorts in both windows, by the labels of places that name a cohort."""

    current: Mapping[Labels, Table]
    base: Mapping[Labels, Table]
    cohorts: Mapping[Labels, Cohort]


@dataclass(slots=True)
class _Members:
    number: int
    names: set[str]


async def alike(
    session: AsyncSession, counted: Counted, current: Window, base: Window, until: int
) -> Alike:
    """The like-for-like figures of two windows; `until` is the day slot the current one reaches."""
    question, atlas = counted.question, counted.atlas
    days = [
        current.start // HOURS_A_DAY,
        min((current.end - 1) // HOURS_A_DAY, until),
        base.start // HOURS_A_DAY,
        (base.end - 1) // HOURS_A_DAY,
    ]
    named = [_named(question, atlas, day) for day in days]
    stays = await _stays(session, counted, days)
    groups: dict[Labels, _Members] = {}
    group_of_seller: dict[int, int] | None = None
    parks: dict[int, Labels] = {}
    if question.like_for_like is CohortOf.ENTERPRISES:
        group_of_seller = {}
        for seller, owner, places in stays:
            if (labels := _steady(named, places)) is not None:
                members = groups.setdefault(labels, _Members(len(groups), set()))
                members.names.add(owner)
                group_of_seller[seller] = members.number
    else:
        parks = _parks_in_scope(atlas, named, stays)
        codes = {place.id: place.park for place in atlas.places}
        for place, labels in parks.items():
            members = groups.setdefault(labels, _Members(len(groups), set()))
            members.names.add(codes[place] or "")
    numbers = {labels: members.number for labels, members in groups.items()}
    by_day = {}
    for window in (current, base):
        for cut in atlas.cuts(window):
            day = cut.start // HOURS_A_DAY
            by_day[day] = {
                place: numbers[labels]
                for place, labels in _named(question, atlas, day).items()
                if labels in numbers and (not parks or place in parks)
            }
    found = await of_groups(session, counted, [current, base], by_day, group_of_seller)
    label_of = {number: labels for labels, number in numbers.items()}
    return Alike(
        current={label_of[number]: table for number, table in found[current].items()},
        base={label_of[number]: table for number, table in found[base].items()},
        cohorts={
            labels: Cohort(
                question.like_for_like or CohortOf.ENTERPRISES,
                len(members.names),
                cohort_hash(members.names),
            )
            for labels, members in groups.items()
        },
    )


def labels_of_places(question: Question, labels: Labels) -> Labels:
    """The part of a group's labels that names its cohort."""
    return tuple(
        label for group, label in zip(question.group_by, labels, strict=True) if group in OF_PLACES
    )


def _named(question: Question, atlas: Atlas, day: int) -> dict[int, Labels]:
    """The places that are somewhere and count on a day, by the group they are in."""
    groups = [group for group in question.group_by if group in OF_PLACES]
    counting, somewhere = atlas.counting(question, day), atlas.attributed()
    return {
        place: labels
        for place, labels in atlas.labels(groups, day).items()
        if place in somewhere and (counting is None or place in counting)
    }


def _steady(named: Sequence[Mapping[int, Labels]], places: Sequence[int]) -> Labels | None:
    """The group in which one was on all the days."""
    found = {on_day.get(place) for on_day, place in zip(named, places, strict=True)}
    return found.pop() if len(found) == 1 else None


def _parks_in_scope(
    atlas: Atlas,
    named: Sequence[Mapping[int, Labels]],
    stays: Sequence[tuple[int, str, Sequence[int]]],
) -> dict[int, Labels]:
    """Parks that had an enterprise, in the same group, on all the days."""
    settled: defaultdict[int, set[int]] = defaultdict(set)
    for _, _, places in stays:
        for day, place in enumerate(places):
            settled[place].add(day)
    found = {}
    for located in atlas.places:
        if located.park and len(settled[located.id]) == len(named):
            labels = _steady(named, [located.id] * len(named))
            if labels is not None:
                found[located.id] = labels
    return found


async def _stays(
    session: AsyncSession, counted: Counted, days: Sequence[int]
) -> list[tuple[int, str, Sequence[int]]]:
    """Every seller, its enterprise, and its place on each of the days."""
    spans = [aliased(SellerSpan) for _ in days]
    statement = select(
        SellerOwner.seller_id, SellerOwner.enterprise_uscc, *(span.place_id for span in spans)
    )
    for span, day in zip(spans, days, strict=True):
        statement = statement.join(
            span,
            (span.seller_id == SellerOwner.seller_id)
            & (span.resolution == DAY)
            & (span.from_slot <= day)
            & (span.to_slot >= day),
        )
    if counted.sellers is not None:
        statement = statement.where(SellerOwner.seller_id.in_(sorted(counted.sellers)))
    rows = await session.execute(statement)
    return [(row[0], row[1], row[2:]) for row in rows]
