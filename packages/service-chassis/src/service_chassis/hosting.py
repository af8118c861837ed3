"""Hosting: any set of services, in one process or as roles of many.

A topology is three values: the services, the database URLs and the bus URL.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Literal

from service_chassis import migrations
from service_chassis.app import build_app
from service_chassis.buses import EventBus, bus_at
from service_chassis.clock import Clock, SystemClock
from service_chassis.consumer import Consumer
from service_chassis.copies import identity
from service_chassis.database import Database
from service_chassis.health import reasons_to_wait
from service_chassis.housekeeping import sweep, sweepers_of
from service_chassis.process import PeerServer, collect_garbage_seldom, run_process, server
from service_chassis.relay import OutboxRelay
from service_chassis.retries import verdict
from service_chassis.root import build_root
from service_chassis.saturation import show_saturation
from service_chassis.service import Runtime, Service
from service_chassis.settings import Settings
from service_chassis.stopping import Stopping
from service_chassis.telemetry import telemetry_app

logger = logging.getLogger(__name__)

Role = Literal["all", "api", "worker"]
Peer = Callable[[Stopping], Coroutine[Any, Any, None]]


class Host:
    """The services of one process and everything that runs for them."""

    def __init__(
        self,
        services: Sequence[Service],
        settings: Settings,
        *,
        role: Role = "all",
        clock: Clock | None = None,
        bus: EventBus | None = None,
    ) -> None:
        self.settings = settings
        self.role: Role = role
        self.clock: Clock = clock or SystemClock()
        self.name = services[0].name if len(services) == 1 else "yuanqu"
        """Whose loop and producer these are, in what the process shows."""
        self.bus = bus or bus_at(settings.bus_url, self.name)
        self.stopping = Stopping()
        self.runtimes = [
            Runtime(
                service,
                Database(settings.database_url(service.name), self.clock),
                self.clock,
                settings,
                self.stopping,
            )
            for service in services
        ]
        self.relays: list[OutboxRelay] = []
        self._starting = {runtime.service.name for runtime in self.runtimes}
        self._start_waits: dict[str, str] = {}
        self.apps = {
            runtime.service.path: build_app(runtime.service, runtime, settings)
            for runtime in self.runtimes
        }
        shortcuts = {
            short: f"{service.path}{path}"
            for service in services
            for short, path in service.shortcuts.items()
        }
        self.app = build_root(self.apps, self.waits_for, shortcuts)
        if role != "api":
            for runtime in self.runtimes:
                self._employ(runtime)

    def _employ(self, runtime: Runtime) -> None:
        name = runtime.service.name
        self.relays.append(OutboxRelay(name, runtime.database, self.bus))
        for subscription in (identity(name), *runtime.service.subscriptions):
            self.bus.attach(Consumer(subscription, runtime.database, name))

    @property
    def peers(self) -> list[Peer]:
        """Everything that runs beside the servers."""
        starts: list[Peer] = [partial(self._start, runtime) for runtime in self.runtimes]
        # From the first moment: a process that waits for its database must show it.
        starts.append(partial(show_saturation, self.runtimes))
        peers: list[Peer] = []
        if self.role != "api":
            peers.append(self._deliver)
            peers += [relay.run for relay in self.relays]
            peers += [
                partial(sweep, sweeper, runtime)
                for runtime in self.runtimes
                for sweeper in sweepers_of(runtime)
            ]
        return starts + [partial(self._after_start, peer) for peer in peers]

    async def waits_for(self) -> list[str]:
        """A sentence for everything that is not ready yet."""
        if self.stopping:
            return ["stops"]
        waits = list(self._start_waits.values())
        waits += [f"{name} starts" for name in self._starting if name not in self._start_waits]
        if self.role != "api" and (sentence := self.bus.waits_for()):
            waits.append(sentence)
        if waits:
            return waits
        return [
            f"{runtime.service.name} {reason}"
            for runtime in self.runtimes
            for reason in await reasons_to_wait(runtime)
        ]

    async def run(self) -> None:
        """Serve, relay, consume and sweep until a signal arrives."""
        collect_garbage_seldom()
        servers: list[PeerServer] = []
        if self.role != "worker":
            servers.append(server(self.app, self.settings.host, self.settings.port))
        if self.settings.telemetry_port:
            app = telemetry_app(self.waits_for)
            servers.append(server(app, self.settings.telemetry_host, self.settings.telemetry_port))
        try:
            await run_process(servers, self.peers, self.stopping, name=self.name)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the bus and the databases."""
        await self.bus.close()
        for runtime in self.runtimes:
            await runtime.database.dispose()

    async def start(self, runtime: Runtime) -> None:
        """Wait for the database and its migrations, then do what the service does at a start."""
        name, wait = runtime.service.name, 0.2
        while not self.stopping:
            try:
                if await self._is_migrated(runtime):
                    for step in runtime.service.on_start if self.role != "worker" else ():
                        await step(runtime)
                    self._starting.discard(name)
                    self._start_waits.pop(name, None)
                    return
                self._start_waits[name] = f"{name} waits for its migrations (yuanqu migrate)"
            except Exception as error:
                if verdict(error) != "passing":
                    raise
                self._start_waits[name] = f"{name} waits for its database: {type(error).__name__}"
                logger.warning("%s waits for its database: %s", name, error)
            await self.stopping.sleep(wait)
            wait = min(wait * 2, 5.0)

    async def _is_migrated(self, runtime: Runtime) -> bool:
        async with runtime.database.engine.connect() as connection:
            return await connection.run_sync(
                lambda bare: migrations.can_serve(runtime.service, bare)
            )

    async def _start(self, runtime: Runtime, stopping: Stopping) -> None:
        await self.start(runtime)
        await stopping.wait()

    async def _after_start(self, peer: Peer, stopping: Stopping) -> None:
        while self._starting and not stopping:
            await stopping.sleep(0.05)
        if not stopping:
            await peer(stopping)

    async def _deliver(self, stopping: Stopping) -> None:
        await self.bus.run(stopping)


def run(services: Sequence[Service], settings: Settings, role: Role = "all") -> None:
    """Host the services until a signal arrives; returns after a clean stop."""
    import uvloop  # noqa: PLC0415 - an event loop that some platforms do not have

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(services, settings, role))


async def _run(services: Sequence[Service], settings: Settings, role: Role) -> None:
    await Host(services, settings, role=role).run()
