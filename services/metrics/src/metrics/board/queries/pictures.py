"""The picture of a board, asked of the code that answers `GET /v1/volumes` and the others."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.attribution.tables import ClusterPlan, Park
from metrics.board.queries.partners import partners
from metrics.board.rules.walls import Wall
from metrics.board.schemas.pictures import Named, OfPlan, OfTarget, Picture
from metrics.comparison.rules import Comparison
from metrics.measure.rules import OFFICIAL
from metrics.reconciliation.queries import reconcile
from metrics.region.rules import name_of
from metrics.target.queries import attainment
from metrics.target.tables import Target
from metrics.total.rules.grains import DAY_OF_ALL, day_of
from metrics.total.tables import Total
from metrics.volume.queries.answers import answer
from metrics.volume.rules.asking import Words, ask
from metrics.volume.schemas import VolumeAnswer
from reference_data.shanghai import business_date

ORDERS = "ORDERS_PAID"
MOST_PLANS = 3
MOST_TARGETS = 12
RECONCILED_DAYS = 14


async def picture(session: AsyncSession, wall: Wall, now: datetime) -> Picture:
    """Everything the wall shows at this moment; the session is a snapshot."""
    today = business_date(now)
    on = wall.on or today
    year = f"{on.year}-01-01..{on}"

    async def asked(period: str, **more: object) -> VolumeAnswer:
        words = Words(period=period, **more)  # type: ignore[arg-type]
        return await answer(session, ask(words, wall.scope, sees_enterprises=False), now)

    figures = {"measures": (OFFICIAL, ORDERS), "comparisons": (Comparison.YOY,)}
    grown = {"measures": (OFFICIAL,), "comparisons": (Comparison.YOY,), "share": True}
    months = await asked(f"{on.year - 1}-01-01..{on}", measures=(OFFICIAL,), by="month")
    plans = list(
        await session.scalars(select(ClusterPlan).order_by(ClusterPlan.plan_code).limit(MOST_PLANS))
    )
    since = today - timedelta(days=RECONCILED_DAYS - 1)
    lines = (
        await reconcile(session, since, today, wall.scope.platform, now)
        if wall.sees_partners
        else None
    )
    shown_year = await asked(year, **figures)
    return Picture(
        wall=wall,
        on=on,
        as_of=now,
        area=await _area(session, wall, on),
        day=await asked(on.isoformat(), **figures),
        month=await asked(f"{on:%Y-%m}-01..{on}", **figures),
        year=shown_year,
        months=months,
        parks=await asked(year, group_by=("park",), **grown),
        channels=await asked(year, group_by=("channel",), **grown),
        categories=await asked(year, group_by=("category",), **grown),
        plans=[
            OfPlan(
                Named(plan.plan_code, plan.name_zh, plan.name_en),
                await asked(year, group_by=("plan_node",), plan=plan.plan_code, **grown),
            )
            for plan in plans
        ],
        targets=await _targets(session, on.year, now) if wall.is_whole else None,
        partners=None
        if lines is None
        else await partners(
            session, wall, now, [line for line in lines if line.accepted_on == today]
        ),
        reconciliation=lines,
        latest=None
        if any(item.native for item in shown_year.items)
        else await _latest(session, wall),
    )


async def _area(session: AsyncSession, wall: Wall, on: date) -> Sequence[Named]:
    scope = wall.scope
    found = []
    if scope.region is not None:
        name = name_of(scope.region, on) or scope.region
        # Divisions have no English names.
        found.append(Named(scope.region, name, f"{name} ({scope.region})"))
    if scope.parks is not None:
        rows = await session.execute(
            select(Park.code, Park.name_zh, Park.name_en).where(Park.code.in_(sorted(scope.parks)))
        )
        names = {code: Named(code, zh, en) for code, zh, en in rows}
        found += [names.get(code) or Named(code, code, code) for code in sorted(scope.parks)]
    return found


async def _targets(session: AsyncSession, year: int, now: datetime) -> Sequence[OfTarget]:
    targets = await session.scalars(
        select(Target)
        .where(Target.year == year, Target.status == "active")
        .order_by(Target.plan_code, Target.node_code, Target.measure)
        .limit(MOST_TARGETS)
    )
    nodes: dict[tuple[str, str], Named] = {}
    for plan in await session.scalars(select(ClusterPlan)):
        for node in plan.nodes:
            code = node["node_code"]
            nodes[plan.plan_code, code] = Named(code, node["name_zh"], node["name_en"])
    return [
        OfTarget(
            nodes.get((target.plan_code, target.node_code))
            or Named(target.node_code, target.node_code, target.node_code),
            await attainment(session, target, now),
        )
        for target in targets.all()
    ]


async def _latest(session: AsyncSession, wall: Wall) -> date | None:
    """Of all sellers: a wall of a part is not told when others sold."""
    if not wall.is_whole:
        return None
    slot = await session.scalar(
        select(func.max(Total.slot)).where(Total.grain == DAY_OF_ALL, Total.count > 0)
    )
    return None if slot is None else day_of(slot)
