"""What a process shows of itself in every role: its database, its connections, its disks."""

import asyncio
import logging
import shutil
from collections import deque
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from service_chassis import telemetry
from service_chassis.database import Database
from service_chassis.retries import verdict
from service_chassis.service import Runtime
from service_chassis.stopping import Stopping

logger = logging.getLogger(__name__)

LOOKS = 10
"""A look at the pools every second; the rest is measured after so many."""
PATIENCE_SECONDS = 10.0


async def show_saturation(runtimes: Sequence[Runtime], stopping: Stopping) -> None:
    """Keep the gauges of these services current until the process stops."""
    looks: list[deque[int]] = [deque(maxlen=LOOKS) for _ in runtimes]
    for turn in count():
        for runtime, in_use in zip(runtimes, looks, strict=True):
            in_use.append(runtime.database.pool_connections())
            _show_pool(runtime.service.name, runtime.database, max(in_use))
            if turn % LOOKS == 0:
                await _show_disks(runtime)
                await _show_database(runtime)
        await stopping.sleep(1)
        if stopping:
            return


def _show_pool(service: str, database: Database, in_use: int) -> None:
    telemetry.DATABASE_POOL_CONNECTIONS.labels(service, "in_use").set(in_use)
    telemetry.DATABASE_POOL_CONNECTIONS.labels(service, "idle").set(database.pool_idle())
    telemetry.DATABASE_POOL_LIMIT.labels(service).set(database.pool_limit)


async def _show_database(runtime: Runtime) -> None:
    service = runtime.service.name
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            sessions = await runtime.database.sessions()
    except Exception as error:
        if verdict(error) != "passing":
            raise
        logger.warning("cannot ask the database of %s: %s", service, error)
        telemetry.DATABASE_REACHABLE.labels(service).set(0)
        return
    telemetry.DATABASE_REACHABLE.labels(service).set(1)
    for of, (there, limit) in sessions.items():
        telemetry.DATABASE_CONNECTIONS.labels(service, of).set(there)
        telemetry.DATABASE_CONNECTIONS_LIMIT.labels(service, of).set(limit)


async def _show_disks(runtime: Runtime) -> None:
    service, folder = runtime.service.name, runtime.settings.data_dir
    for place, path in {"data": folder, "root": Path("/")}.items():
        if path.exists():
            usage = await asyncio.to_thread(shutil.disk_usage, path)
            telemetry.DISK_FREE_BYTES.labels(service, place).set(usage.free)
            telemetry.DISK_SIZE_BYTES.labels(service, place).set(usage.total)
