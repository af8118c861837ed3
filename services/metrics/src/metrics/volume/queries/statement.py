"""The one statement that adds up cells: (piece, place or seller, dimension set, kind) from totals.

The text holds no word of a caller: numbers are ours, words are bound. It is written by hand because
its branches decide the speed: each groups small integers, and only what is left meets the words of
the dimension sets.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from metrics.measure.rules import Condition, Measure
from metrics.running_total.queries import Trusted
from metrics.running_total.rules import MONTHS, Reading, plan
from metrics.total.rules.grains import (
    DAY,
    DAY_OF_ALL,
    HOUR,
    MONTH,
    MONTH_OF_ALL,
    day_of,
    month_slot,
)
from metrics.volume.rules.runs import Run

OF_ALL = {DAY: DAY_OF_ALL, MONTH: MONTH_OF_ALL}


@dataclass(frozen=True, slots=True)
class Piece:
    """Runs that are added up together, and the places that count in them (None for all)."""

    number: int
    runs: Sequence[Run]
    places: frozenset[int] | None = None
    group_of_place: Mapping[int, int] | None = None
    """Places by the number of their group, which then stands in the place of the place."""


class Edge(NamedTuple):
    """Days [first, last] inside one month that a seller spent in a place."""

    seller_id: int
    first: int
    last: int
    place_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be added up."""

    pieces: Sequence[Piece]
    measures: Sequence[Measure]
    trusted: Trusted
    columns: Sequence[str] = ()
    """Columns of `dimension` to group by; the currency always is."""
    where: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Columns of `dimension` and the values they may have."""
    attributed: bool = False
    """Whether places or sellers are asked for, so that the totals of all sellers do not do."""
    by_place: bool = False
    by_seller: bool = False
    by_slot: bool = False
    sellers: Collection[int] | None = None
    edges: Sequence[Edge] = ()
    """Of the months that `direct_months` names."""
    group_of_seller: Mapping[int, int] | None = None
    """Sellers that may count, each in the places of its own group only."""


def statement(asked: Asked) -> tuple[str, dict[str, str]]:
    """The text and the words bound in it.

    Its rows: piece, slot and grain (0 unless `by_slot`), place and seller (0 unless asked), the
    columns, the currency, then count and amount for each measure.
    """
    words: dict[str, str] = {}
    branches = [branch for piece in asked.pieces for branch in _branches(asked, piece)]
    keys = ["piece", "grain", "slot", "place_id", "seller_id"]
    columns = [*(f"d.{column}" for column in asked.columns), "d.currency"]
    sums = [part for measure in asked.measures for part in _sums(measure, words)]
    where = [f"d.{column} IN ({_bound(values, words)})" for column, values in asked.where.items()]
    text = (
        f"SELECT {', '.join([*(f'cell.{key}' for key in keys), *columns, *sums])} "  # noqa: S608
        f"FROM ({' UNION ALL '.join(branches)}) cell "
        "JOIN dimension d ON d.id = cell.dimension_id "
        f"{'WHERE ' + ' AND '.join(where) if where else ''} "
        f"GROUP BY {', '.join([*(f'cell.{key}' for key in keys), *columns])}"
    )
    return text, words


def _sums(measure: Measure, words: dict[str, str]) -> Iterator[str]:
    conditions = [_condition(f"d.{column}", each, words) for column, each in measure.where.items()]
    for column, signed in (("n", False), ("a", True)):
        cases = " ".join(
            f"WHEN {' AND '.join([f'cell.kind = {kind}', *conditions])} "
            f"THEN {'-' if signed and sign < 0 else ''}cell.{column}"
            for kind, sign in measure.kinds.items()
        )
        # PostgreSQL adds bigints up to numerics, which Python reads ten times slower.
        yield f"CAST(COALESCE(SUM(CASE {cases} END), 0) AS BIGINT)"


def _condition(column: str, condition: Condition, words: dict[str, str]) -> str:
    parts = []
    if condition.one_of:
        parts.append(f"{column} IN ({_bound(condition.one_of, words)})")
    if condition.none_of:
        parts.append(f"COALESCE({column}, '') NOT IN ({_bound(condition.none_of, words)})")
    if condition.present:
        parts.append(f"{column} IS NOT NULL")
    return " AND ".join(parts)


def _bound(values: Collection[str], words: dict[str, str]) -> str:
    names = []
    for value in values:
        name = f"w{len(words)}"
        words[name] = value
        names.append(f":{name}")
    return ", ".join(names) or "NULL"


def _branches(asked: Asked, piece: Piece) -> Iterator[str]:
    for run in piece.runs:
        if not asked.attributed and run.grain in OF_ALL:
            yield _of_all(asked, piece, run)
        elif not asked.attributed or run.grain == HOUR:
            yield _by_hours(asked, piece, run)
        elif run.grain == DAY:
            yield _by_days(asked, piece, run)
        else:
            yield from _by_months(asked, piece, run)


def direct_months(asked: Asked) -> set[int]:
    """The months that have to be read by themselves, where somebody's stay may begin or end."""
    found: set[int] = set()
    for run in (run for piece in asked.pieces for run in piece.runs):
        if asked.attributed and run.grain == MONTH:
            found.update(_reading(asked, run).direct)
    return found


def _reading(asked: Asked, run: Run) -> Reading:
    return plan(run.first, run.last, asked.trusted.there, asked.trusted.changed)


def _of_all(asked: Asked, piece: Piece, run: Run) -> str:
    where = [f"t.grain = {OF_ALL[run.grain]}", f"t.slot BETWEEN {run.first} AND {run.last}"]
    return _select(asked, piece, run, "total t", where, place=None)


def _by_hours(asked: Asked, piece: Piece, run: Run) -> str:
    where = [f"t.grain = {HOUR}", f"t.slot BETWEEN {run.first} AND {run.last}"]
    if not asked.attributed:
        return _select(asked, piece, run, "total t", where, place=None)
    join = (
        f"total t JOIN seller_span s ON s.seller_id = t.seller_id AND s.resolution = {DAY} "
        "AND t.slot >= s.from_slot * 24 AND t.slot < (s.to_slot + 1) * 24"
    )
    return _select(asked, piece, run, join, where)


def _by_days(asked: Asked, piece: Piece, run: Run) -> str:
    join = (
        f"total t JOIN seller_span s ON s.seller_id = t.seller_id AND s.resolution = {DAY} "
        "AND t.slot BETWEEN s.from_slot AND s.to_slot"
    )
    where = [f"t.grain = {DAY}", f"t.slot BETWEEN {run.first} AND {run.last}"]
    return _select(asked, piece, run, join, where)


def _by_months(asked: Asked, piece: Piece, run: Run) -> Iterator[str]:
    reading = _reading(asked, run)
    if reading.running and asked.by_slot:
        yield _month_after_month(asked, piece, run, reading.covered)
    elif reading.running:
        signs = dict(reading.running)
        added = [slot for slot, sign in signs.items() if sign > 0]
        sign = "1"
        if len(added) < len(signs):
            sign = f"CASE WHEN t.slot IN ({_numbers(added)}) THEN 1 ELSE -1 END"
        where = [f"t.slot IN ({_numbers(signs)})"]
        yield _select(asked, piece, run, "running_total t", where, place="t.place_id", factor=sign)
    if reading.direct:
        join = (
            "total t JOIN seller_span s ON s.seller_id = t.seller_id "
            f"AND s.resolution = {MONTH} AND s.grain = {MONTH} "
            "AND t.slot BETWEEN s.from_slot AND s.to_slot"
        )
        where = [f"t.grain = {MONTH}", f"t.slot IN ({_numbers(reading.direct)})"]
        yield _select(asked, piece, run, join, where)
        yield from _edges(asked, piece, run, reading.direct)


def _month_after_month(asked: Asked, piece: Piece, run: Run, months: Sequence[int]) -> str:
    """Each month as its running total less the one before."""
    steps = [(month, month, 1) for month in months]
    steps += [(month - 1, month, -1) for month in months if month % MONTHS]
    sums = _select(
        asked,
        piece,
        run,
        "running_total t",
        [f"t.slot IN ({_numbers({slot for slot, _, _ in steps})})"],
        place="t.place_id",
    )
    rows = ", ".join(f"({slot}, {month}, {sign})" for slot, month, sign in steps)
    keys = "s.piece, s.grain, step.column2, s.place_id, s.seller_id, s.dimension_id, s.kind"
    return (
        "SELECT s.piece, s.grain, step.column2 AS slot, s.place_id, s.seller_id, "  # noqa: S608
        "s.dimension_id, s.kind, CAST(SUM(s.n * step.column3) AS BIGINT) AS n, "
        f"CAST(SUM(s.a * step.column3) AS BIGINT) AS a FROM ({sums}) s "
        f"JOIN (VALUES {rows}) AS step ON step.column1 = s.slot GROUP BY {keys}"
    )


def _edges(asked: Asked, piece: Piece, run: Run, months: Sequence[int]) -> Iterator[str]:
    """The days of those who came or went inside one of these months, each by its whole key."""
    wanted = set(months)
    rows = [
        f"({day}, {edge.seller_id}, {edge.place_id}, {month})"
        for edge in asked.edges
        for day in range(edge.first, edge.last + 1)
        if (month := month_slot(day_of(day))) in wanted
    ]
    if rows:
        # Both databases name the columns of VALUES column1, column2 and so on.
        join = (
            f"(VALUES {', '.join(rows)}) AS edge JOIN total t ON t.grain = {DAY} "
            "AND t.slot = edge.column1 AND t.seller_id = edge.column2"
        )
        # In a series these days are part of their month.
        yield _select(asked, piece, run, join, [], place="edge.column3", slot="edge.column4")


def _select(
    asked: Asked,
    piece: Piece,
    run: Run,
    source: str,
    where: list[str],
    *,
    place: str | None = "s.place_id",
    factor: str = "1",
    slot: str = "t.slot",
) -> str:
    kinds = sorted({kind for measure in asked.measures for kind in measure.kinds})
    conditions = [*where, f"t.kind IN ({_numbers(kinds)})"]
    of_place = of_seller = "0"
    if place is not None:
        of_place = place if asked.by_place else "0"
        of_seller = "t.seller_id" if asked.by_seller else "0"
        if piece.places is not None:
            conditions.append(f"{place} IN ({_numbers(piece.places)})")
        if asked.sellers is not None:
            conditions.append(f"t.seller_id IN ({_numbers(asked.sellers)})")
        if piece.group_of_place is not None:
            source += _grouped(place, piece.group_of_place, asked.group_of_seller)
            of_place = "member_place.column2"
    times = "-" if run.sign < 0 else ""
    product = "" if factor == "1" else f" * {factor}"
    grain, slot = (str(run.grain), slot) if asked.by_slot else ("0", "0")
    columns = (of_place, of_seller, slot, "t.dimension_id", "t.kind")
    keys = [column for column in columns if not column.isdigit()]
    return (
        f"SELECT {piece.number} AS piece, {grain} AS grain, {slot} AS slot, "  # noqa: S608
        f"{of_place} AS place_id, {of_seller} AS seller_id, t.dimension_id, t.kind, "
        f"CAST(SUM({times}t.count{product}) AS BIGINT) AS n, "
        f"CAST(SUM({times}t.amount{product}) AS BIGINT) AS a "
        f"FROM {source} WHERE {' AND '.join(conditions)} GROUP BY {', '.join(keys)}"
    )


def _grouped(
    place: str, group_of_place: Mapping[int, int], group_of_seller: Mapping[int, int] | None
) -> str:
    places = (
        f" JOIN (VALUES {_pairs(group_of_place)}) AS member_place ON member_place.column1 = {place}"
    )
    if group_of_seller is None:
        return places
    return (
        f"{places} JOIN (VALUES {_pairs(group_of_seller)}) AS member "
        "ON member.column1 = t.seller_id AND member.column2 = member_place.column2"
    )


def _pairs(numbers: Mapping[int, int]) -> str:
    return ", ".join(f"({int(key)}, {int(value)})" for key, value in numbers.items()) or (
        "(-1, -1)"
    )


def _numbers(numbers: Collection[int]) -> str:
    return ", ".join(str(int(number)) for number in sorted(numbers)) or "-1"
