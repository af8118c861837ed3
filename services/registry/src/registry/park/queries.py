"""Reading parks."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.park.problems import ParkNotFound
from registry.park.schemas import ParkDetail, ParkView, StatusView
from registry.park.tables import Park, ParkStatus
from registry.record_scope import check_park, only, region_prefix, within_region
from service_chassis.identity import Principal


def parks(
    caller: Principal,
    *,
    level: str | None = None,
    status: str | None = None,
    park_type: str | None = None,
    region: str | None = None,
) -> Select[Park]:
    """The parks a caller may see, narrowed by what it asked for."""
    statement = select(Park).where(
        only(caller.parks, Park.code), within_region(caller, Park.region_code)
    )
    if level:
        statement = statement.where(Park.level == level)
    if status:
        statement = statement.where(Park.status == status)
    if park_type:
        statement = statement.where(Park.park_type == park_type)
    if region:
        statement = statement.where(
            Park.region_code.startswith(region_prefix(region), autoescape=True)
        )
    return statement


async def show_park(session: AsyncSession, caller: Principal, code: str) -> ParkDetail:
    """A park with its history."""
    park = await session.get(Park, code)
    if park is None:
        raise ParkNotFound(f"No park has the code {code}.")
    check_park(caller, code, park.region_code)
    history = await session.scalars(
        select(ParkStatus)
        .where(ParkStatus.park_code == code)
        .order_by(ParkStatus.from_on, ParkStatus.id)
    )
    return ParkDetail(
        **ParkView.model_validate(park).model_dump(),
        status_history=[StatusView.model_validate(row) for row in history],
    )


async def latest_status_date(session: AsyncSession, code: str) -> date | None:
    """When the present status of a park began."""
    found: date | None = await session.scalar(
        select(func.max(ParkStatus.from_on)).where(ParkStatus.park_code == code)
    )
    return found


async def known_parks(session: AsyncSession, codes: Collection[str]) -> dict[str, Any]:
    """Region codes of those of the parks that exist, by park code."""
    rows = await session.execute(
        select(Park.code, Park.region_code).where(Park.code.in_(sorted(codes)))
    )
    return {row.code: row.region_code for row in rows}
