"""Showing to Prometheus how fresh the figures are and whose news is overdue."""

from datetime import timedelta

from metrics import telemetry
from metrics.freshness.queries import freshness, news_expected
from service_chassis.service import Runtime
from service_chassis.telemetry import show_by


async def show_freshness(runtime: Runtime) -> None:
    """Keep the gauges of freshness current; they say what every answer says of itself."""
    now = runtime.clock.now()
    async with runtime.database.reading(snapshot=True) as session:
        told = await freshness(session, now)
        expected = await news_expected(session)
    service = telemetry.SERVICE
    telemetry.FRESHNESS_LAG_SECONDS.labels(service).set(told.lag_seconds)
    overdue = {
        each.platform: max(timedelta(), now - each.since - timedelta(minutes=each.every_minutes))
        for each in expected
    }
    worst = sorted(overdue, key=lambda platform: (-overdue[platform], platform))
    show_by(
        telemetry.PLATFORM_OVERDUE_SECONDS,
        service,
        {code: overdue[code].total_seconds() for code in worst[: telemetry.MOST_PLATFORMS]},
    )
