"""Finding rates."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.rate.rules import HUB, Rate
from metrics.rate.tables import ExchangeRate


def rates_listed(base: str | None, quote: str | None, kind: str | None) -> Select[ExchangeRate]:
    """The rates of a pair of currencies and a kind."""
    statement = select(ExchangeRate)
    for column, wanted in (
        (ExchangeRate.base, base),
        (ExchangeRate.quote, quote),
        (ExchangeRate.kind, kind),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    return statement


async def rates_within(
    session: AsyncSession, currencies: Collection[str], first: date, until: date
) -> list[Rate]:
    """The rates between these currencies that lie within [first, until)."""
    wanted = {*currencies, HUB}
    rows = await session.scalars(
        select(ExchangeRate).where(
            ExchangeRate.base.in_(wanted),
            ExchangeRate.quote.in_(wanted),
            ExchangeRate.first_day >= first,
            ExchangeRate.until_day <= until,
        )
    )
    return [
        Rate(
            id=str(row.id),
            base=row.base,
            quote=row.quote,
            rate=Decimal(row.rate),
            kind=row.kind,
            first=row.first_day,
            until=row.until_day,
            published_on=row.published_on,
            source=row.source,
        )
        for row in rows
    ]
