"""Targets and their totals."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.freshness.queries import freshness
from metrics.measure.rules import BY_CODE, figure_of
from metrics.period.rules import HOURS_A_DAY, year_period
from metrics.rate.queries import rates_within
from metrics.rate.rules import Conversion, Rate, conversion, convert
from metrics.rate.schemas import shown
from metrics.target.problems import TargetNotFound
from metrics.target.rules import attained, ratio
from metrics.target.schemas import Attainment, TargetView, Unconverted
from metrics.target.tables import Target, TargetStanding
from metrics.total.rules.grains import day_of
from metrics.volume.queries.atlas import atlas
from metrics.volume.queries.cells import of_windows, prepare
from metrics.volume.rules.questions import Question
from reference_data.shanghai import business_date


@dataclass(frozen=True, slots=True)
class Reached:
    """What a node has reached; `apart` are amounts in currencies without a rate."""

    total_minor: int
    apart: dict[str, int]
    rates: tuple[Rate, ...]


def targets_listed(
    plan: str | None, node: str | None, year: int | None, measure: str | None, status: str | None
) -> Select[Target]:
    """The targets with these properties."""
    statement = select(Target)
    for column, wanted in (
        (Target.plan_code, plan),
        (Target.node_code, node),
        (Target.year, year),
        (Target.measure, measure),
        (Target.status, status),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    return statement


async def attainment(session: AsyncSession, target: Target | None, now: datetime) -> Attainment:
    """How the target stands in this snapshot."""
    if target is None:
        raise TargetNotFound("Registry has announced no target with this id.")
    found = await reached(session, target, now)
    standing = await session.get(TargetStanding, target.target_id)
    of_target = ratio(found.total_minor, target.amount_minor)
    is_attained = attained(found.total_minor, target.operator, target.amount_minor)
    needed = target.amount_minor + (1 if target.operator == ">" else 0)
    return Attainment(
        target=TargetView.model_validate(target),
        total_minor=found.total_minor,
        currency=target.currency,
        attained=is_attained,
        missing_minor=max(0, needed - found.total_minor),
        ratio=of_target.value,
        ratio_reason=of_target.reason,
        unconverted=[
            Unconverted(currency=currency, amount_minor=amount)
            for currency, amount in sorted(found.apart.items())
        ],
        rates=[shown(rate) for rate in found.rates],
        crossed_at=standing.crossed_at if standing else None,
        freshness=await freshness(session, now),
    )


async def reached(session: AsyncSession, target: Target, now: datetime) -> Reached:
    """The node's total of the year: native amounts, and others at the rate for the year."""
    period = year_period(target.year)
    measure = BY_CODE[target.measure]
    question = Question(
        measures=[measure],
        period=period,
        plan=target.plan_code,
        nodes=frozenset({target.node_code}),
    )
    today = business_date(now)
    map_on = min(period.window.last_day, today)
    counted = await prepare(session, question, await atlas(session, question, today, map_on))
    tables = await of_windows(session, counted, [period.window])
    amounts = {
        currency: figure_of(measure, *numbers)
        for currency, numbers in tables[period.window].get((), {}).items()
    }
    first, until = period.window.first_day, day_of(period.window.end // HOURS_A_DAY)
    rates = await rates_within(session, {*amounts, target.currency}, first, until)
    conversions: dict[str, Conversion | None] = {
        currency: conversion(rates, currency, target.currency, first, until) for currency in amounts
    }
    within = {currency: amounts[currency] for currency, found in conversions.items() if found}
    return Reached(
        total_minor=convert(within, conversions, target.currency) or 0,
        apart={currency: amounts[currency] for currency in amounts if currency not in within},
        rates=tuple(
            dict.fromkeys(rate for found in conversions.values() if found for rate in found.rates)
        ),
    )
