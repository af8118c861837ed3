"""Places as a question sees them: which count, and what they are called, in a window."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.attribution.tables import ClusterPlan, Park, Place
from metrics.period.rules import HOURS_A_DAY, Window
from metrics.region.rules import LEVELS, division_of, lies_in
from metrics.total.rules.grains import day_slot
from metrics.volume.problems import QuestionInvalid
from metrics.volume.rules.questions import Group, Question

UNATTRIBUTED = "unattributed"
OUTSIDE = "outside_the_plan"


@dataclass(frozen=True, slots=True)
class Membership:
    """A park in a node of a plan, on the day slots [first, until)."""

    node: str
    first: int
    until: int | None

    def holds_on(self, slot: int) -> bool:
        """Whether the park belonged to the node on the day."""
        return self.first <= slot and (self.until is None or slot < self.until)


@dataclass(frozen=True, slots=True)
class Located:
    """A place with the region its figures count in."""

    id: int
    park: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Atlas:
    """All places, and the plan that the question is about."""

    places: Sequence[Located]
    park_names: Mapping[str, tuple[str, str]]
    node_names: Mapping[str, tuple[str, str]]
    memberships: Mapping[str, Sequence[Membership]]
    known_on: date
    """The day on which registry's region codes are meant."""
    map_on: date

    def cuts(self, window: Window) -> list[Window]:
        """The window in pieces in which no park joins or leaves a node."""
        edges = {window.start, window.end}
        for each in self.memberships.values():
            for membership in each:
                for slot in (membership.first, membership.until):
                    if slot is not None and window.start < slot * HOURS_A_DAY < window.end:
                        edges.add(slot * HOURS_A_DAY)
        ordered = sorted(edges)
        return [Window(*pair) for pair in pairwise(ordered)]

    def cut_slots(self) -> Iterator[int]:
        """Every day on which a park joins or leaves a node."""
        for each in self.memberships.values():
            for membership in each:
                yield membership.first
                if membership.until is not None:
                    yield membership.until

    def counting(self, question: Question, day: int) -> frozenset[int] | None:
        """The places that count on a day; None for all of them."""
        if not question.filters_places:
            return None
        return frozenset(place.id for place in self.places if self._counts(question, place, day))

    def labels(self, groups: Sequence[Group], day: int) -> dict[int, tuple[str, ...]]:
        """What each place is called in these groups of places on a day."""
        return {
            place.id: tuple(self._label(group, place, day) for group in groups)
            for place in self.places
        }

    def attributed(self) -> frozenset[int]:
        """The places that are somewhere."""
        return frozenset(place.id for place in self.places if place.park or place.region)

    def node_on(self, park: str | None, day: int) -> str | None:
        """The node a park belongs to on a day."""
        for membership in self.memberships.get(park or "", ()):
            if membership.holds_on(day):
                return membership.node
        return None

    def _label(self, group: Group, place: Located, day: int) -> str:
        match group:
            case Group.PARK:
                return place.park or UNATTRIBUTED
            case Group.PLAN_NODE:
                return self.node_on(place.park, day) or OUTSIDE
        level = LEVELS[group.value.partition(":")[2]]
        if place.region is None:
            return UNATTRIBUTED
        division = division_of(place.region, level, self.known_on, self.map_on)
        return division.code if division else UNATTRIBUTED

    def _counts(self, question: Question, place: Located, day: int) -> bool:
        scope = question.scope
        wanted: list[bool] = []
        if question.parks:
            wanted.append(place.park in question.parks)
        if scope.parks is not None:
            wanted.append(place.park in scope.parks)
        if question.nodes:
            wanted.append(self.node_on(place.park, day) in question.nodes)
        if question.regions:
            wanted.append(any(self._lies_in(place, region) for region in question.regions))
        if scope.region is not None:
            wanted.append(self._lies_in(place, scope.region))
        return all(wanted)

    def _lies_in(self, place: Located, region: str) -> bool:
        return place.region is not None and lies_in(
            place.region, region, self.known_on, self.map_on
        )


async def atlas(session: AsyncSession, question: Question, known_on: date, map_on: date) -> Atlas:
    """Read the places, the parks they are, and the plan of the question."""
    rows = await session.execute(
        select(
            Place.id,
            Place.park_code,
            func.coalesce(Park.region_code, Place.region_code),
            Park.name_zh,
            Park.name_en,
        ).outerjoin(Park, Park.code == Place.park_code)
    )
    found = rows.all()
    node_names, memberships = await _plan(session, question)
    return Atlas(
        places=[Located(number, park, region) for number, park, region, _, _ in found],
        park_names={park: (zh, en) for _, park, _, zh, en in found if park and zh},
        node_names=node_names,
        memberships=memberships,
        known_on=known_on,
        map_on=map_on,
    )


async def _plan(
    session: AsyncSession, question: Question
) -> tuple[dict[str, tuple[str, str]], dict[str, list[Membership]]]:
    if not question.uses_nodes:
        return {}, {}
    plan = await session.get(ClusterPlan, question.plan)
    if plan is None:
        raise QuestionInvalid(f"No published plan has the code {question.plan}.", parameter="plan")
    names = {node["node_code"]: (node["name_zh"], node["name_en"]) for node in plan.nodes}
    _check_nodes(question.nodes, names)
    memberships: defaultdict[str, list[Membership]] = defaultdict(list)
    for node in plan.nodes:
        for park in node["parks"]:
            until = park.get("valid_to")
            memberships[park["park_code"]].append(
                Membership(
                    node["node_code"],
                    day_slot(date.fromisoformat(park["valid_from"])),
                    day_slot(date.fromisoformat(until)) if until else None,
                )
            )
    return names, memberships


def _check_nodes(wanted: Collection[str], names: Collection[str]) -> None:
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        raise QuestionInvalid(
            f"The plan has no node {', '.join(unknown)}; it has {', '.join(sorted(names))}.",
            parameter="node",
        )
