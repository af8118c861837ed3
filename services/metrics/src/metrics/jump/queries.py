"""What each platform had paid on a date and in its base week."""

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.facts import PAID
from metrics.jump.rules import Compared, Volume
from metrics.total.rules.grains import ALL_SELLERS, DAY_OF_ALL, day_slot
from metrics.total.tables import Dimension, Total

CURRENCY = "CNY"


async def volumes(session: AsyncSession, compared: Compared) -> list[Volume]:
    """Read from the totals of days without sellers: a few rows a platform and day."""
    day = day_slot(compared.day)
    first, last = day_slot(compared.first), day_slot(compared.last)
    is_day = Total.slot == day
    rows = await session.execute(
        select(
            Dimension.platform,
            func.sum(case((is_day, Total.amount), else_=0)),
            func.sum(case((is_day, 0), else_=Total.amount)),
            func.sum(case((is_day, 0), else_=Total.count)),
        )
        .join(Dimension, Dimension.id == Total.dimension_id)
        .where(
            Total.grain == DAY_OF_ALL,
            is_day | Total.slot.between(first, last),
            Total.seller_id == ALL_SELLERS,
            Total.kind == PAID,
            Dimension.currency == CURRENCY,
        )
        .group_by(Dimension.platform)
    )
    return [Volume(code, int(day), int(base), int(orders)) for code, day, base, orders in rows]
