"""Adding up totals for windows, and naming the groups they fall into."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.attribution.tables import Enterprise, SellerOwner, SellerSpan
from metrics.period.rules import HOURS_A_DAY, Window
from metrics.running_total.queries import Trusted, trusted
from metrics.total.rules.grains import DAY, MONTH, day_slot, month_of
from metrics.volume.problems import TooManyGroups
from metrics.volume.queries.atlas import Atlas
from metrics.volume.queries.statement import Asked, Edge, Piece, direct_months, statement
from metrics.volume.rules.questions import OF_FACTS, OF_PLACES, Group, Question
from metrics.volume.rules.runs import merged, runs, slots
from reference_data.customs_modes import CUSTOMS_MODES, mapped

Labels = tuple[str | None, ...]
Sums = dict[str, list[int]]
"""Currency → count and amount of each measure, one after the other."""
Table = dict[Labels, Sums]

MOST_GROUPS = 5_000
MOST_ROWS = 100_000
"""Of the statement: places, sellers and dimension sets are finer than groups."""
KEYS = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """What a question may count, read once: the atlas, the sellers and what can be trusted."""

    question: Question
    atlas: Atlas
    trusted: Trusted
    sellers: frozenset[int] | None
    owners: Mapping[int, str]
    """Seller → enterprise, where groups are enterprises."""


async def prepare(session: AsyncSession, question: Question, atlas: Atlas) -> Counted:
    """Read what every statement of the question needs."""
    sellers = await _sellers(session, question) if question.filters_sellers else None
    owners: dict[int, str] = {}
    if question.by_enterprise:
        owner = select(SellerOwner.seller_id, SellerOwner.enterprise_uscc)
        if sellers is not None:
            owner = owner.where(SellerOwner.seller_id.in_(sorted(sellers)))
        owners = {row[0]: row[1] for row in await session.execute(owner)}
    return Counted(question, atlas, await trusted(session), sellers, owners)


async def of_windows(
    session: AsyncSession, counted: Counted, windows: Collection[Window]
) -> dict[Window, Table]:
    """The figures of every window, each added up as a whole."""
    pieces: list[Piece] = []
    window_of: dict[int, Window] = {}
    day_of: dict[int, int] = {}
    for window in sorted(set(windows)):
        for cut in counted.atlas.cuts(window):
            number = len(pieces)
            day_of[number] = cut.start // HOURS_A_DAY
            window_of[number] = window
            places = counted.atlas.counting(counted.question, day_of[number])
            pieces.append(Piece(number, runs(cut), places))
    rows = await _rows(session, counted, pieces, by_slot=False)
    found: dict[Window, Table] = {window: {} for window in windows}
    name = _Namer(counted)
    for row in rows:
        labels = name(row, day_of[row[0]])
        _add(found[window_of[row[0]]], labels, row[-_width(counted) - 1 :])
    return found


async def of_steps(
    session: AsyncSession, counted: Counted, windows: Collection[Window]
) -> dict[Window, Table]:
    """The same for the many short windows of a series: every slot is read once."""
    parts = {window: list(slots(runs(window, only_adding=True))) for window in set(windows)}
    wanted = {pair for pairs in parts.values() for pair in pairs}
    atlas, question = counted.atlas, counted.question
    every = merged(wanted)
    # Without a plan no day is unlike another, so one piece holds all slots.
    day = min((window.start for window in windows), default=0) // HOURS_A_DAY
    piece = Piece(0, every, atlas.counting(question, day))
    name = _Namer(counted)
    by_slot: defaultdict[tuple[int, int], list[tuple[Labels, Sequence[Any]]]] = defaultdict(list)
    for row in await _rows(session, counted, [piece], by_slot=True):
        by_slot[row[1], row[2]].append((name(row, day), row[-_width(counted) - 1 :]))
    found: dict[Window, Table] = {}
    for window, pairs in parts.items():
        table: Table = {}
        for pair in pairs:
            for labels, values in by_slot.get(pair, ()):
                _add(table, labels, values)
        found[window] = table
    return found


async def of_groups(
    session: AsyncSession,
    counted: Counted,
    windows: Sequence[Window],
    groups_by_day: Mapping[int, Mapping[int, int]],
    group_of_seller: Mapping[int, int] | None,
) -> dict[Window, dict[int, Table]]:
    """The figures of every window by numbered groups of places, of some sellers only.

    `groups_by_day` tells for the first day of every cut which place is in which group.
    """
    pieces: list[Piece] = []
    window_of: dict[int, Window] = {}
    for window in windows:
        for cut in counted.atlas.cuts(window):
            number, day = len(pieces), cut.start // HOURS_A_DAY
            window_of[number] = window
            pieces.append(Piece(number, runs(cut), None, groups_by_day[day]))
    found: dict[Window, dict[int, Table]] = {window: {} for window in windows}
    name = _Namer(counted)
    for row in await _rows(
        session, counted, pieces, by_slot=False, group_of_seller=group_of_seller, grouped=True
    ):
        table = found[window_of[row[0]]].setdefault(row[3], {})
        _add(table, name.of_facts(row), row[-_width(counted) - 1 :])
    return found


def check_size(groups: int, steps: int, *, at_least: bool = False) -> None:
    """Refuse an answer nobody can read."""
    rows = groups * steps
    if rows > MOST_GROUPS:
        more = "at least " if at_least else ""
        raise TooManyGroups(
            f"The answer would have {more}{rows} rows ({groups} groups, {steps} periods), more "
            f"than {MOST_GROUPS}. Filter by park, region, platform or category, group by less, "
            "or ask for a shorter period or a coarser series.",
            rows=rows,
            groups=groups,
            periods=steps,
            most=MOST_GROUPS,
        )


class _Namer:
    """Names the group of a row."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._groups = counted.question.group_by
        self._of_places = [group for group in self._groups if group in OF_PLACES]
        self._by_day: dict[int, dict[int, tuple[str, ...]]] = {}

    def __call__(self, row: Sequence[Any], day: int) -> Labels:
        if not self._groups:
            return ()
        places = iter(self._places(day)[row[3]] if self._of_places else ())
        facts = iter(self.of_facts(row))
        named: list[str | None] = []
        for group in self._groups:
            if group in OF_PLACES:
                named.append(next(places))
            elif group is Group.ENTERPRISE:
                named.append(self._counted.owners[row[4]])
            else:
                named.append(next(facts))
        return tuple(named)

    def of_facts(self, row: Sequence[Any]) -> Labels:
        """What the dimension sets say."""
        groups = [group for group in self._groups if group in OF_FACTS]
        values = row[KEYS : KEYS + len(groups)]
        return tuple(
            mapped(value) if group is Group.CUSTOMS_MODE and value else value
            for group, value in zip(groups, values, strict=True)
        )

    def _places(self, day: int) -> dict[int, tuple[str, ...]]:
        key = day if self._counted.atlas.memberships else 0
        if key not in self._by_day:
            self._by_day[key] = self._counted.atlas.labels(self._of_places, day)
        return self._by_day[key]


async def _rows(
    session: AsyncSession,
    counted: Counted,
    pieces: Sequence[Piece],
    *,
    by_slot: bool,
    grouped: bool = False,
    group_of_seller: Mapping[int, int] | None = None,
) -> Iterable[Sequence[Any]]:
    question = counted.question
    if not any(piece.runs for piece in pieces):
        return []
    asked = Asked(
        pieces=pieces,
        measures=question.measures,
        trusted=counted.trusted,
        columns=[group.value for group in question.group_by if group in OF_FACTS],
        where=_where(question),
        attributed=question.attributed or grouped,
        by_place=question.by_place,
        by_seller=question.by_enterprise,
        by_slot=by_slot,
        sellers=counted.sellers,
        group_of_seller=group_of_seller,
    )
    asked = replace(asked, edges=await _edges(session, direct_months(asked)))
    written, words = statement(asked)
    rows = (await session.execute(text(f"{written} LIMIT {MOST_ROWS + 1}"), words)).all()
    if len(rows) > MOST_ROWS:
        check_size(len(rows), 1, at_least=True)
    return rows


async def _edges(session: AsyncSession, months: set[int]) -> list[Edge]:
    """The days of those who moved inside one of these months."""
    if not months:
        return []
    first, until = day_slot(month_of(min(months))), day_slot(month_of(max(months) + 1))
    rows = await session.execute(
        select(
            SellerSpan.seller_id, SellerSpan.from_slot, SellerSpan.to_slot, SellerSpan.place_id
        ).where(
            SellerSpan.resolution == MONTH,
            SellerSpan.grain == DAY,
            SellerSpan.from_slot < until,
            SellerSpan.to_slot >= first,
        )
    )
    return [Edge(*row) for row in rows]


def _width(counted: Counted) -> int:
    return 2 * len(counted.question.measures)


def _add(table: Table, labels: Labels, values: Sequence[Any]) -> None:
    """Add the numbers of a row: a currency, then counts and amounts."""
    sums = table.setdefault(labels, {})
    numbers = list(values[1:])
    known = sums.get(values[0])
    # Nothing but zeros is no fact: a void leaves such rows behind.
    if known is None:
        if any(numbers):
            sums[values[0]] = numbers
    else:
        sums[values[0]] = [one + other for one, other in zip(known, numbers, strict=True)]


def _where(question: Question) -> dict[str, list[str]]:
    where = {column: sorted(values) for column, values in question.of_facts.items()}
    if question.scope.platform is not None:
        where["platform"] = [question.scope.platform]
    if modes := where.get("customs_mode"):
        national = {mapped(mode) for mode in modes}
        where["customs_mode"] = sorted(
            {mode.code for mode in CUSTOMS_MODES if mapped(mode.code) in national} | set(modes)
        )
    return where


async def _sellers(session: AsyncSession, question: Question) -> frozenset[int]:
    """The sellers whose figures are those of the enterprises asked for."""
    wanted = set(question.enterprises) or None
    if question.scope.enterprises is not None:
        allowed = await _became(session, question.scope.enterprises)
        wanted = allowed if wanted is None else await _became(session, wanted) & allowed
    elif wanted is not None:
        wanted = await _became(session, wanted)
    found = await session.scalars(
        select(SellerOwner.seller_id).where(SellerOwner.enterprise_uscc.in_(sorted(wanted or ())))
    )
    return frozenset(found)


async def _became(session: AsyncSession, enterprises: Collection[str]) -> set[str]:
    """The enterprises, each replaced by the one it was merged into."""
    rows = await session.execute(
        select(Enterprise.uscc, Enterprise.merged_into).where(
            Enterprise.uscc.in_(sorted(enterprises)), Enterprise.merged_into.is_not(None)
        )
    )
    merged_into = {row[0]: row[1] for row in rows if row[1]}
    return {merged_into.get(code, code) for code in enterprises}
