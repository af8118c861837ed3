"""Reading platforms."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.platform.problems import PlatformNotFound
from registry.platform.tables import Platform
from registry.record_scope import check_platform
from service_chassis.identity import Principal


def platforms(caller: Principal, *, status: str | None = None) -> Select[Platform]:
    """The platforms a caller may see: a platform sees itself."""
    statement = select(Platform)
    if caller.platform is not None:
        statement = statement.where(Platform.code == caller.platform)
    if status:
        statement = statement.where(Platform.status == status)
    return statement


async def show_platform(session: AsyncSession, caller: Principal, code: str) -> Platform:
    """The platform, if it is the caller's to see."""
    check_platform(caller, code)
    if platform := await session.get(Platform, code):
        return platform
    raise PlatformNotFound(f"No platform has the code {code}.")
