"""Showing the ratio to Prometheus, whose rule decides when a person should look."""

from metrics import telemetry
from metrics.jump.queries import volumes
from metrics.jump.rules import last_closed, ratios
from service_chassis.service import Runtime
from service_chassis.telemetry import show_by


async def show_jumps(runtime: Runtime) -> None:
    """Show how the last closed business date stands to the year before, by platform."""
    compared = last_closed(runtime.clock.now())
    async with runtime.database.reading() as session:
        found = await volumes(session, compared)
    show_by(
        telemetry.VOLUME_YEAR_ON_YEAR_RATIO,
        telemetry.SERVICE,
        ratios(found, compared.days, telemetry.MOST_PLATFORMS),
    )
