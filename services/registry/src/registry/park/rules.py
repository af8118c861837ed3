"""How parks may change, and what the other services hear of them."""

from datetime import date
from uuid import UUID

from event_contracts.registry import ParkRecorded
from registry.park.problems import ParkStatusDateRefused, ParkStatusRefused
from registry.park.tables import Park

NEXT_STATUSES = {
    "planned": frozenset({"operating", "closed"}),
    "operating": frozenset({"suspended", "closed"}),
    "suspended": frozenset({"operating", "closed"}),
    "closed": frozenset(),
}


def check_status_step(park_code: str, present: str, wanted: str) -> None:
    """Refuse a status that cannot follow the present one."""
    if wanted not in NEXT_STATUSES[present]:
        allowed = sorted(NEXT_STATUSES[present])
        choice = " or ".join(allowed) or "nothing else"
        raise ParkStatusRefused(
            f"Park {park_code} is {present}; it can become {choice}.",
            allowed=allowed,
        )


def check_status_date(wanted: date, today: date, latest: date | None = None) -> None:
    """A status begins not before the one it follows, and not in the future."""
    if wanted > today:
        raise ParkStatusDateRefused(f"{wanted} has not come yet; today is {today}.")
    if latest is not None and wanted < latest:
        raise ParkStatusDateRefused(f"The present status began on {latest}, after {wanted}.")


def recorded(park: Park, snapshot_id: UUID | None = None) -> ParkRecorded:
    """The state of a park for the other services."""
    return ParkRecorded(
        version=park.version,
        snapshot_id=snapshot_id,
        code=park.code,
        name_zh=park.name_zh,
        name_en=park.name_en,
        park_type=park.park_type,
        level=park.level,
        status=park.status,
        region_code=park.region_code,
        latitude=park.latitude,
        longitude=park.longitude,
        verticals=park.verticals,
    )
