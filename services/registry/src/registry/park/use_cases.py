"""Registering parks and changing them."""

from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from reference_data.shanghai import business_date
from registry.park import queries, rules
from registry.park.problems import ParkExists, ParkNotFound
from registry.park.schemas import ParkChange, ParkRegistration, ParkView, StatusChange
from registry.park.tables import Park, ParkStatus
from registry.record_scope import check_park
from service_chassis.etags import Precondition
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork


async def register_park(uow: UnitOfWork, caller: Principal, registration: ParkRegistration) -> Park:
    """Admit a park once: its code is unique, and the table is the judge."""
    check_park(caller, registration.code, registration.region_code)
    today = business_date(uow.now)
    status_from = registration.status_from or today
    rules.check_status_date(status_from, today)

    park = Park(
        **registration.model_dump(exclude={"status_from"}),
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(park)
    try:
        await uow.session.flush()
    except IntegrityError as conflict:
        raise ParkExists(f"The code {park.code} is already a park's.") from conflict
    _begin_status(uow, park, status_from, None)
    _publish(uow, park, "park.registered", before=None)
    return park


async def change_park(
    uow: UnitOfWork, caller: Principal, code: str, change: ParkChange, expected: Precondition
) -> Park:
    """Change what was sent, if the caller has seen the present version."""
    park = await lock_park(uow, caller, code)
    expected.require(park.version)
    changes = change.model_dump(exclude_unset=True)
    check_park(caller, code, changes.get("region_code", park.region_code))
    before = _document(park)
    if all(getattr(park, name) == value for name, value in changes.items()):
        return park
    for name, value in changes.items():
        setattr(park, name, value)
    park.touch(uow.now)
    _publish(uow, park, "park.changed", before=before)
    return park


async def change_status(
    uow: UnitOfWork, caller: Principal, code: str, change: StatusChange
) -> Park:
    """Begin a new status and keep the old one in the history."""
    park = await lock_park(uow, caller, code)
    rules.check_status_step(code, park.status, change.status)
    today = business_date(uow.now)
    status_from = change.from_on or today
    latest = await queries.latest_status_date(uow.session, code)
    rules.check_status_date(status_from, today, latest)

    before = _document(park)
    park.status = change.status
    park.touch(uow.now)
    _begin_status(uow, park, status_from, change.reason)
    _publish(uow, park, "park.status_changed", before=before, reason=change.reason)
    return park


async def lock_park(uow: UnitOfWork, caller: Principal, code: str) -> Park:
    """The park, held until the transaction ends, if it is the caller's."""
    park = await uow.session.get(Park, code, with_for_update=True)
    if park is None:
        raise ParkNotFound(f"No park has the code {code}.")
    check_park(caller, code, park.region_code)
    return park


def _begin_status(uow: UnitOfWork, park: Park, from_on: date, reason: str | None) -> None:
    uow.session.add(
        ParkStatus(
            park_code=park.code,
            status=park.status,
            from_on=from_on,
            reason=reason,
            recorded_at=uow.now,
        )
    )


def _publish(
    uow: UnitOfWork, park: Park, action: str, *, before: Any, reason: str | None = None
) -> None:
    uow.announce(rules.recorded(park))
    uow.record(action, f"park/{park.code}", before=before, after=_document(park), reason=reason)


def _document(park: Park) -> dict[str, Any]:
    return ParkView.model_validate(park).model_dump(mode="json")
