"""For tests: all services in this process, over any database and either bus.

`platform` in tests/conftest.py hands one out; it answers HTTP without a socket, has a clock that
tests set, and settles: everything announced has been taken by everyone.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import delete, func, select

from service_chassis import migrations
from service_chassis.database import Database
from service_chassis.hosting import Host
from service_chassis.service import Runtime, Service
from service_chassis.settings import Settings
from service_chassis.stopping import Stopping
from service_chassis.tables import DeadLetter, InboxRow, OutboxRow

OPERATOR_SECRET = "an-operator-secret-for-tests-alone"  # noqa: S105
LONGEST_SETTLING = 60.0
# A record may be between an outbox and a consumer when the first look finds both empty.
QUIET_LOOKS = 2


class FrozenClock:
    """A clock that stands until a test moves it."""

    def __init__(self, moment: datetime | None = None) -> None:
        self._moment = moment or datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        """Stand at this moment."""
        self._moment = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._moment += by


class Platform:
    """A running platform as a test sees it."""

    def __init__(self, host: Host, clock: FrozenClock, services: Sequence[Service]) -> None:
        self.host = host
        self.clock = clock
        self.services = {service.name: service for service in services}
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(host.app), base_url="http://yuanqu.test", timeout=120
        )
        self.peers: asyncio.Task[None] | None = None
        """What runs beside the servers: relays, consumers and sweepers."""
        self._tokens: dict[tuple[str, str], tuple[str, datetime]] = {}

    def runtime(self, name: str) -> Runtime:
        """A service's runtime."""
        return next(each for each in self.host.runtimes if each.service.name == name)

    def database(self, name: str) -> Database:
        """A service's database."""
        return self.runtime(name).database

    async def token(self, client_id: str = "operator", secret: str = OPERATOR_SECRET) -> str:
        """An access token of a client; the operator's by default."""
        known = self._tokens.get((client_id, secret))
        if known and known[1] > self.clock.now():
            return known[0]
        answer = await self.http.post(
            "/registry/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(client_id, secret),
        )
        answer.raise_for_status()
        granted = answer.json()
        until = self.clock.now() + timedelta(seconds=granted["expires_in"] - 60)
        self._tokens[client_id, secret] = (granted["access_token"], until)
        return str(granted["access_token"])

    async def request(
        self,
        method: str,
        path: str,
        *,
        client: tuple[str, str] = ("operator", OPERATOR_SECRET),
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> httpx.Response:
        """Send a request as a client, the operator by default."""
        bearer = {"Authorization": f"Bearer {await self.token(*client)}"}
        return await self.http.request(
            method, path, headers={**bearer, **(headers or {})}, **kwargs
        )

    async def get(self, path: str, **kwargs: Any) -> httpx.Response:
        """GET as a client, the operator by default."""
        return await self.request("GET", path, **kwargs)

    async def post(self, path: str, json: Any = None, **kwargs: Any) -> httpx.Response:
        """POST as a client, the operator by default."""
        if json is not None:
            kwargs["json"] = json
        return await self.request("POST", path, **kwargs)

    async def settle(self) -> None:
        """Return when every outbox is empty and every consumer has taken all there is."""
        async with asyncio.timeout(LONGEST_SETTLING):
            quiet = 0
            while quiet < QUIET_LOOKS:
                quiet = quiet + 1 if await self._is_quiet() else 0
                await asyncio.sleep(0.02)

    async def _is_quiet(self) -> bool:
        if self.peers is not None and self.peers.done():
            # Nothing will ever settle: say why instead of waiting.
            await self.peers
        for runtime in self.host.runtimes:
            async with runtime.database.reading() as session:
                if await session.scalar(select(func.count()).select_from(OutboxRow)):
                    return False
        return await self.host.bus.drained()

    async def sweep(self, service: str, name: str) -> None:
        """Run one of a service's sweepers now."""
        runtime = self.runtime(service)
        sweeper = next(each for each in runtime.service.sweepers if each.name == name)
        await sweeper.run(runtime)

    async def forget_inbox(self, service: str) -> None:
        """Forget what a service has taken, so that a redelivery is handled again."""
        async with self.database(service).unit_of_work() as uow:
            await uow.session.execute(delete(InboxRow))

    async def dead_letters(self, service: str) -> list[DeadLetter]:
        """What a service buried."""
        async with self.database(service).reading() as session:
            return list(await session.scalars(select(DeadLetter).order_by(DeadLetter.id)))


@asynccontextmanager
async def running(
    services: Sequence[Service],
    database_urls: Mapping[str, str],
    data_dir: Path,
    *,
    bus_url: str = "in-process://",
    clock: FrozenClock | None = None,
    **settings: Any,
) -> AsyncIterator[Platform]:
    """The services over these (migrated) databases and this bus, ready, until the test ends."""
    given = Settings(
        data_dir=data_dir,
        bus_url=bus_url,
        database_urls=dict(database_urls),
        operator_secret=SecretStr(OPERATOR_SECRET),
        **{"rate_limit_per_second": 0, **settings},
    )
    clock = clock or FrozenClock()
    host = Host(services, given, clock=clock)
    platform = Platform(host, clock, services)
    stopping: Stopping = host.stopping

    async def peers() -> None:
        async with asyncio.TaskGroup() as group:
            for peer in host.peers:
                group.create_task(peer(stopping))

    task = platform.peers = asyncio.create_task(peers())
    waits = ["is silent"]
    try:
        try:
            async with asyncio.timeout(60):
                while not task.done() and (waits := await host.waits_for()):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise TimeoutError(f"not ready after a minute: {'; '.join(waits)}") from None
        if task.done():
            await task
        yield platform
    finally:
        stopping.set()
        await platform.http.aclose()
        try:
            await asyncio.wait_for(task, 30)
        finally:
            await host.close()


class SqliteTemplates:
    """Migrated SQLite files, copied for every test: migrating each would cost a second."""

    def __init__(self, folder: Path, services: Sequence[Service]) -> None:
        self._folder = folder
        for service in services:
            migrations.upgrade(service, f"sqlite:///{folder / service.name}.db")

    def copy_to(self, folder: Path, services: Sequence[Service]) -> dict[str, str]:
        """Fresh databases of these services in the folder, by service name."""
        for service in services:
            shutil.copy(self._folder / f"{service.name}.db", folder / f"{service.name}.db")
        return {
            service.name: f"sqlite+aiosqlite:///{folder / service.name}.db" for service in services
        }
