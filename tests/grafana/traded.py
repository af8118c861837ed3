"""A database in which the town has traded until a day."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import psycopg

from service_chassis.database import Database
from service_chassis.testing import FrozenClock
from tests.grafana import town
from tests.grafana.metrics_server import MetricsServer
from tests.metrics.figures import Economy, at_noon

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Traded:
    """The town's database on a day, written by the role of the service."""

    server: MetricsServer
    database: str
    now: datetime

    @property
    def url(self) -> str:
        """For the service."""
        return self.server.url(self.database, "metrics")

    def read(self) -> psycopg.Connection[Any]:
        """A session of the dashboards."""
        return self.server.connect(self.database, "grafana_reader")

    def ask(self, question: Callable[[Database], Awaitable[Answer]]) -> Answer:
        """What the service itself says."""

        async def asked() -> Answer:
            opened = Database(self.url, FrozenClock(self.now))
            try:
                return await question(opened)
            finally:
                await opened.dispose()

        return asyncio.run(asked())

    async def fill(self) -> None:
        """Let the town trade."""
        clock = FrozenClock(self.now)
        opened = Database(self.url, clock)
        try:
            await town.build(Economy(opened, clock), self.now.date())
        finally:
            await opened.dispose()


class Towns:
    """The town on any day, each made once."""

    def __init__(self, server: MetricsServer) -> None:
        self._server = server
        self._made: dict[date, Traded] = {}

    def on(self, today: date) -> Traded:
        """The town that has traded until noon of a day."""
        if today not in self._made:
            traded = Traded(self._server, self._server.database(), at_noon(today))
            asyncio.run(traded.fill())
            self._made[today] = traded
        return self._made[today]
