"""What running totals can be trusted at this moment of a snapshot."""

from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.change.tables import ChangedMonth
from metrics.change.use_cases import RUNNING_TOTALS
from metrics.running_total.tables import RunningMonth


@dataclass(frozen=True, slots=True)
class Trusted:
    """The months that are added up, and those that have changed since."""

    there: frozenset[int]
    changed: frozenset[int]


async def trusted(session: AsyncSession) -> Trusted:
    """Right for the totals of the same snapshot only: read both in one."""
    noted = select(ChangedMonth.slot, literal(1)).where(ChangedMonth.reader == RUNNING_TOTALS)
    rows = await session.execute(union_all(noted.distinct(), select(RunningMonth.slot, literal(0))))
    found: tuple[set[int], set[int]] = (set(), set())
    for slot, is_change in rows:
        found[is_change].add(slot)
    return Trusted(frozenset(found[0]), frozenset(found[1]))
