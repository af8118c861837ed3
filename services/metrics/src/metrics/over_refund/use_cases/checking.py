"""Looking at orders with refunds after they were counted, and again while they are listed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.facts import PAID, REFUNDED
from metrics.correction.queries import hear
from metrics.fact.rules.stored import Place
from metrics.fact.tables import FactKey
from metrics.over_refund.tables import OverRefund, RefundCheck
from service_chassis.bulk import insert_missing
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork

CHECKS_A_TRANSACTION = 20
ORDERS_A_READ = 200
LOOKED_AT_AGAIN = timedelta(minutes=1)
"""A late payment clears an order without naming it to anybody."""
MOST_LOOKED_AT_AGAIN = 1_000
PREFIX = 12

Order = tuple[str, str, str]
"""Platform, order number and currency."""


async def look_at_refunds(runtime: Runtime) -> None:
    """List the orders of which more was refunded than paid, and strike off those settled since."""
    while await _look_at_new(runtime):
        pass
    async with runtime.database.unit_of_work() as uow:
        listed = await uow.session.scalars(
            select(OverRefund.order_prefix)
            .where(OverRefund.checked_at <= uow.now - LOOKED_AT_AGAIN)
            .order_by(OverRefund.checked_at)
            .limit(MOST_LOOKED_AT_AGAIN)
        )
        await _look(uow, set(listed))


async def _look_at_new(runtime: Runtime) -> bool:
    async with runtime.database.unit_of_work() as uow:
        checks = list(
            await uow.session.scalars(
                select(RefundCheck).order_by(RefundCheck.id).limit(CHECKS_A_TRANSACTION)
            )
        )
        prefixes = {
            check.order_prefixes[start : start + PREFIX]
            for check in checks
            for start in range(0, len(check.order_prefixes), PREFIX)
        }
        await _look(uow, prefixes)
        await uow.session.execute(
            delete(RefundCheck).where(RefundCheck.id.in_([check.id for check in checks]))
        )
        return len(checks) == CHECKS_A_TRANSACTION


async def _look(uow: UnitOfWork, prefixes: Collection[bytes]) -> None:
    ordered = sorted(prefixes)
    for start in range(0, len(ordered), ORDERS_A_READ):
        part = ordered[start : start + ORDERS_A_READ]
        sums = await _sums(uow.session, part)
        known = await uow.session.execute(
            select(
                OverRefund.platform, OverRefund.order_no, OverRefund.currency, OverRefund.found_at
            ).where(OverRefund.order_prefix.in_(part))
        )
        found_at = {
            (platform, order_no, currency): at for platform, order_no, currency, at in known
        }
        await uow.session.execute(delete(OverRefund).where(OverRefund.order_prefix.in_(part)))
        await insert_missing(
            uow.session,
            OverRefund,
            [
                {
                    "platform": order[0],
                    "order_no": order[1],
                    "currency": order[2],
                    "order_prefix": prefix,
                    "paid_minor": paid,
                    "refunded_minor": refunded,
                    "found_at": found_at.get(order, uow.now),
                    "checked_at": uow.now,
                }
                for (prefix, order), (paid, refunded) in sorted(sums.items())
                if refunded > paid
            ],
        )


async def _sums(
    session: AsyncSession, prefixes: Sequence[bytes]
) -> dict[tuple[bytes, Order], tuple[int, int]]:
    """Paid and refunded of the orders that have these prefixes, as their facts count now."""
    ranges = [FactKey.key.between(prefix + bytes(4), prefix + b"\xff" * 4) for prefix in prefixes]
    found = await session.execute(
        select(FactKey.key, FactKey.batch_id, FactKey.row).where(or_(*ranges))
    )
    places = {bytes(key): Place(batch_id, row) for key, batch_id, row in found}
    sums: dict[tuple[bytes, Order], list[int]] = defaultdict(lambda: [0, 0])
    for key, heard in (await hear(session, places)).items():
        if heard.fact.kind not in (PAID, REFUNDED) or not (standing := heard.before):
            continue
        order = (standing.platform, heard.fact.order_no, standing.dimensions.currency)
        sums[key[:PREFIX], order][standing.kind == REFUNDED] += standing.amount_minor
    return {order: (paid, refunded) for order, (paid, refunded) in sums.items()}
