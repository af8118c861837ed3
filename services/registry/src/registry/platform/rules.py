"""What the other services hear of a platform."""

from typing import Literal, cast
from uuid import UUID

from event_contracts.registry import PlatformRecorded
from registry.platform.tables import Platform


def recorded(platform: Platform, snapshot_id: UUID | None = None) -> PlatformRecorded:
    """The state of a platform for the other services."""
    return PlatformRecorded(
        version=platform.version,
        snapshot_id=snapshot_id,
        code=platform.code,
        name_zh=platform.name_zh,
        name_en=platform.name_en,
        status=cast("Literal['active', 'suspended']", platform.status),
        reports_every_minutes=platform.reports_every_minutes,
    )
