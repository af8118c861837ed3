"""Reading tenancies."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.park.tables import Park
from registry.record_scope import OutsideRecordScope, only, within_region
from registry.tenancy.problems import TenancyNotFound
from registry.tenancy.schemas import StepView, TenancyDetail, TenancyView
from registry.tenancy.tables import Tenancy, TenancyStep
from service_chassis.identity import Principal


def tenancies(
    caller: Principal,
    *,
    park: str | None = None,
    enterprise: str | None = None,
    stage: str | None = None,
    counting: bool | None = None,
    on: date | None = None,
) -> Select[Tenancy]:
    """The tenancies a caller may see; `on` asks for those who were there on a date."""
    statement = select(Tenancy).where(*_seen_by(caller))
    if park:
        statement = statement.where(Tenancy.park_code == park)
    if enterprise:
        statement = statement.where(Tenancy.enterprise_uscc == enterprise)
    if stage:
        statement = statement.where(Tenancy.stage == stage)
    if counting is not None:
        statement = statement.where(Tenancy.counting.is_(counting))
    if on:
        statement = statement.where(
            Tenancy.moved_in_on <= on, or_(Tenancy.left_on.is_(None), Tenancy.left_on > on)
        )
    return statement


def _seen_by(caller: Principal) -> list[ColumnElement[bool]]:
    """A park sees its tenants, an enterprise its stays; a platform none."""
    clauses = [
        only(caller.parks, Tenancy.park_code),
        only(caller.enterprises, Tenancy.enterprise_uscc),
    ]
    if caller.platform is not None:
        clauses.append(only(frozenset(), Tenancy.park_code))
    if caller.region is not None:
        parks = select(Park.code).where(within_region(caller, Park.region_code))
        clauses.append(Tenancy.park_code.in_(parks))
    return clauses


async def show_tenancy(session: AsyncSession, caller: Principal, tenancy_id: UUID) -> TenancyDetail:
    """A tenancy with its steps, if it is the caller's to see."""
    tenancy = await session.scalar(
        select(Tenancy).where(Tenancy.id == tenancy_id, *_seen_by(caller))
    )
    if tenancy is None:
        if await session.get(Tenancy, tenancy_id) is None:
            raise TenancyNotFound(f"No tenancy has the id {tenancy_id}.")
        raise OutsideRecordScope(f"Tenancy {tenancy_id} is not in your record scope.")
    steps = await session.scalars(
        select(TenancyStep)
        .where(TenancyStep.tenancy_id == tenancy_id)
        .order_by(TenancyStep.recorded_at, TenancyStep.id)
    )
    return TenancyDetail(
        **TenancyView.model_validate(tenancy).model_dump(),
        steps=[StepView.model_validate(step) for step in steps],
    )


async def tenancies_of(session: AsyncSession, usccs: Collection[str]) -> dict[str, list[Tenancy]]:
    """All tenancies of these enterprises, by enterprise."""
    found: dict[str, list[Tenancy]] = {uscc: [] for uscc in usccs}
    rows = await session.scalars(
        select(Tenancy)
        .where(Tenancy.enterprise_uscc.in_(sorted(found)))
        .order_by(Tenancy.id)
        .execution_options(populate_existing=True)
    )
    for tenancy in rows:
        found[tenancy.enterprise_uscc].append(tenancy)
    return found


async def latest_step(session: AsyncSession, tenancy_id: UUID) -> date | None:
    """When the latest stage was reached."""
    found: date | None = await session.scalar(
        select(func.max(TenancyStep.on)).where(TenancyStep.tenancy_id == tenancy_id)
    )
    return found
