"""The platform behind a real socket, in a thread of its own: for callers that cannot await."""

import asyncio
import threading
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from service_chassis.process import server
from service_chassis.service import Service
from service_chassis.testing import FrozenClock, Platform, running

PATIENCE = 60.0

Answer = TypeVar("Answer")


class Served:
    """All services on a free port of loopback, from entering to leaving."""

    def __init__(
        self, services: Sequence[Service], database_urls: Mapping[str, str], data_dir: Path
    ) -> None:
        self._services = services
        self._urls = database_urls
        self._data_dir = data_dir
        self._ready = threading.Event()
        self._leave = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: BaseException | None = None
        self.platform: Platform
        self.port = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def await_(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        """The result of a coroutine of the platform."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def token(self, client: tuple[str, str] | None = None) -> str:
        """An access token; the operator's by default."""
        return self.await_(self.platform.token(*(client or ())))

    def client(self, credential: tuple[str, str] | None = None) -> httpx.Client:
        """HTTP as this client of the platform; the operator by default."""
        headers = {"Authorization": f"Bearer {self.token(credential)}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE)

    def settle(self) -> None:
        """Return when everything announced has been taken."""
        self.await_(self.platform.settle())

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(PATIENCE)
        if self._failure:
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself, and says why below
                self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(PATIENCE)
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001 - handed to the test
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with running(
            self._services, self._urls, self._data_dir, clock=FrozenClock()
        ) as platform:
            self.platform = platform
            http = server(platform.host.app, "127.0.0.1", 0)
            serving = asyncio.create_task(http.serve())
            while not http.started and not serving.done():  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
            self.port = http.servers[0].sockets[0].getsockname()[1]
            self._ready.set()
            await self._leave.wait()
            http.should_exit = True
            await serving
