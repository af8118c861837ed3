"""Reading control totals."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select

from livestream_supply.control_total.tables import ControlTotal, CountedTotal


def statements(
    platform: str | None, first: date | None, last: date | None, *, differing: bool
) -> Select[Any]:
    """Statements beside what is counted now, as `ControlTotalView` reads them."""
    counted = func.coalesce(CountedTotal.count, 0)
    amount = func.coalesce(CountedTotal.amount_minor, 0)
    more, more_minor = counted - ControlTotal.count, amount - ControlTotal.amount_minor
    statement: Any = select(
        ControlTotal.id,
        ControlTotal.platform,
        ControlTotal.business_date,
        ControlTotal.kind,
        ControlTotal.currency,
        ControlTotal.count.label("count"),
        ControlTotal.amount_minor,
        ControlTotal.stated_at,
        counted.label("counted_count"),
        amount.label("counted_amount_minor"),
        and_(more == 0, more_minor == 0).label("agrees"),
        more.label("difference_count"),
        more_minor.label("difference_minor"),
    ).outerjoin(
        CountedTotal,
        and_(
            CountedTotal.platform == ControlTotal.platform,
            CountedTotal.business_date == ControlTotal.business_date,
            CountedTotal.kind == ControlTotal.kind,
            CountedTotal.currency == ControlTotal.currency,
        ),
    )
    if platform is not None:
        statement = statement.where(ControlTotal.platform == platform)
    if first is not None:
        statement = statement.where(ControlTotal.business_date >= first)
    if last is not None:
        statement = statement.where(ControlTotal.business_date <= last)
    if differing:
        statement = statement.where((more != 0) | (more_minor != 0))
    built: Select[Any] = statement
    return built
