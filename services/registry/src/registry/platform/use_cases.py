"""Admitting platforms and changing them."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from registry.platform import rules
from registry.platform.problems import PlatformExists, PlatformNotFound
from registry.platform.schemas import PlatformChange, PlatformRegistration, PlatformView
from registry.platform.tables import Platform
from registry.record_scope import check_unrestricted
from service_chassis.etags import Precondition
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork

WHAT = "Partner platforms"


async def register_platform(
    uow: UnitOfWork, caller: Principal, registration: PlatformRegistration
) -> Platform:
    """Admit a platform once."""
    check_unrestricted(caller, WHAT)
    platform = Platform(
        **registration.model_dump(),
        status="active",
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(platform)
    try:
        await uow.session.flush()
    except IntegrityError as conflict:
        raise PlatformExists(f"The code {platform.code} is already a platform's.") from conflict
    uow.announce(rules.recorded(platform))
    uow.record("platform.registered", f"platform/{platform.code}", after=_document(platform))
    return platform


async def change_platform(
    uow: UnitOfWork, caller: Principal, code: str, change: PlatformChange, expected: Precondition
) -> Platform:
    """Change what was sent; a suspended platform gets no tokens and may not report."""
    check_unrestricted(caller, WHAT)
    platform = await uow.session.get(Platform, code, with_for_update=True)
    if platform is None:
        raise PlatformNotFound(f"No platform has the code {code}.")
    expected.require(platform.version)
    changes = change.model_dump(exclude_unset=True)
    if all(getattr(platform, name) == value for name, value in changes.items()):
        return platform
    before = _document(platform)
    for name, value in changes.items():
        setattr(platform, name, value)
    platform.touch(uow.now)
    uow.announce(rules.recorded(platform))
    uow.record("platform.changed", f"platform/{code}", before=before, after=_document(platform))
    return platform


def _document(platform: Platform) -> dict[str, Any]:
    return PlatformView.model_validate(platform).model_dump(mode="json")
