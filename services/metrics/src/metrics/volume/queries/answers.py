"""Answering a question: everything in one snapshot."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from metrics.comparison.rules import Compared, Comparison, compared
from metrics.freshness.queries import freshness
from metrics.period.problems import HoursNotKept
from metrics.period.rules import HOURS_A_DAY, Period, Window, split
from metrics.period.rules import count_of as least_count_of
from metrics.rate.queries import rates_within
from metrics.rate.rules import Conversion, Rate, conversion
from metrics.rate.schemas import shown
from metrics.total.rules.grains import day_of, day_slot, kept
from metrics.volume.problems import TooManyGroups
from metrics.volume.queries.atlas import atlas
from metrics.volume.queries.cells import (
    MOST_GROUPS,
    Counted,
    Labels,
    Table,
    check_size,
    of_steps,
    of_windows,
    prepare,
)
from metrics.volume.queries.cohorts import Alike, alike
from metrics.volume.queries.items import Found, Part, items_of, view_of
from metrics.volume.queries.names import names_of
from metrics.volume.rules.figures import Conversions
from metrics.volume.rules.questions import Question
from metrics.volume.rules.runs import needs_hours_before
from metrics.volume.schemas import Restriction, VolumeAnswer
from reference_data.shanghai import business_date

MOST_WINDOWS_OF_A_PLAN = 120


async def answer(session: AsyncSession, question: Question, now: datetime) -> VolumeAnswer:
    """The figures asked for, from one snapshot."""
    today = business_date(now)
    map_on = min(question.period.window.last_day, today)
    parts = _parts(question, now)
    windows = {part.period.window for part in parts}
    for part in parts:
        for each in part.compared.values():
            windows |= {window for window in (each.current, each.base) if window}
    counted = await prepare(session, question, await atlas(session, question, today, map_on))
    tables = await _tables(session, counted, windows)
    labels = _labels(question, tables)
    check_size(len(labels), len(parts))
    found = Found(
        question=question,
        now=now,
        parts=parts,
        tables=tables,
        alike=await _alike(session, counted, parts[0], day_slot(today)),
        conversions=await _conversions(session, question, tables),
        names=await names_of(session, counted.atlas, question.group_by, labels),
    )
    items = [
        item
        for part in parts
        for place, measure in enumerate(question.measures)
        for item in items_of(found, part, measure, place, labels)
    ]
    scope = question.scope
    restricted = any(
        each is not None for each in (scope.platform, scope.parks, scope.enterprises, scope.region)
    )
    return VolumeAnswer(
        period=view_of(question.period.window, question.period.text, now),
        by=question.by.value if question.by else None,
        measures=[measure.code for measure in question.measures],
        group_by=[group.value for group in question.group_by],
        currencies=["native", *question.currencies],
        map_on=map_on,
        restricted_to=Restriction(
            platform=scope.platform,
            parks=None if scope.parks is None else sorted(scope.parks),
            enterprises=None if scope.enterprises is None else sorted(scope.enterprises),
            region=scope.region,
        )
        if restricted
        else None,
        items=items,
        rates=[shown(rate) for rate in found.rates],
        freshness=await freshness(session, now, scope.platform),
    )


def _parts(question: Question, now: datetime) -> list[Part]:
    window = question.period.window
    if question.by and least_count_of(window, question.by) > MOST_GROUPS:
        check_size(1, least_count_of(window, question.by), at_least=True)
    periods = split(window, question.by) if question.by else [question.period]
    oldest = kept(now).hour
    if any(needs_hours_before(period.window, oldest) for period in periods):
        raise HoursNotKept(f"Hours are kept from {day_of(oldest // HOURS_A_DAY)} on.")
    parts = [
        Part(period, {each: _compared(period, each, now, oldest) for each in question.comparisons})
        for period in periods
    ]
    if question.uses_nodes and len(parts) * (1 + len(question.comparisons)) > (
        MOST_WINDOWS_OF_A_PLAN
    ):
        raise TooManyGroups(
            f"{len(parts)} periods by plan node are too many; ask for a coarser series.",
            periods=len(parts),
        )
    return parts


def _compared(period: Period, comparison: Comparison, now: datetime, oldest: int) -> Compared:
    """The comparison; hours that are no longer kept are missing."""
    found = compared(period, comparison, now)
    if found.base and needs_hours_before(found.base, oldest):
        return replace(found, base=None)
    return found


async def _tables(
    session: AsyncSession, counted: Counted, windows: set[Window]
) -> Mapping[Window, Table]:
    if counted.question.by and not counted.question.uses_nodes:
        return await of_steps(session, counted, windows)
    return await of_windows(session, counted, windows)


def _labels(question: Question, tables: Mapping[Window, Table]) -> list[Labels]:
    if not question.group_by:
        return [()]
    found = {labels for table in tables.values() for labels, sums in table.items() if sums}
    return sorted(found, key=lambda labels: tuple((label is None, label or "") for label in labels))


async def _alike(
    session: AsyncSession, counted: Counted, part: Part, today: int
) -> Mapping[Comparison, Alike]:
    if counted.question.like_for_like is None:
        return {}
    return {
        comparison: await alike(session, counted, each.current, each.base, today)
        for comparison, each in part.compared.items()
        if each.base is not None
    }


async def _conversions(
    session: AsyncSession, question: Question, tables: Mapping[Window, Table]
) -> Conversions:
    """Rates are read once for all windows and chosen when a figure needs one."""
    rates: list[Rate] = []
    if question.currencies and tables:
        native_ones = {
            currency for table in tables.values() for sums in table.values() for currency in sums
        }
        first = min(window.first_day for window in tables)
        until = day_of(-(-max(window.end for window in tables) // HOURS_A_DAY))
        rates = await rates_within(session, native_ones | set(question.currencies), first, until)

    @cache
    def choose(currency: str, target: str, window: Window) -> Conversion | None:
        until = day_of(-(-window.end // HOURS_A_DAY))
        return conversion(rates, currency, target, window.first_day, until)

    return choose
