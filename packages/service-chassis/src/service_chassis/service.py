"""A service is a declaration: its name, tables, routes, subscriptions and sweepers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from fastapi import APIRouter
from sqlalchemy import MetaData

from event_contracts import Contract
from service_chassis.clock import Clock
from service_chassis.consumer import Subscription
from service_chassis.database import Database
from service_chassis.settings import Settings
from service_chassis.stopping import Stopping


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a service has at hand while it runs; routes find it at `app.state.runtime`."""

    service: "Service"
    database: Database
    clock: Clock
    settings: Settings
    stopping: Stopping = field(default_factory=Stopping)
    """Of the process: an answer that lasts ends with it."""


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Work that comes back by the clock, in the worker."""

    name: str
    every: timedelta
    run: Callable[[Runtime], Awaitable[None]]
    alone: bool = True
    """One process at a time. Work that only sets gauges is not: a worker that missed its turn
    would go on showing what was."""


@dataclass(frozen=True)
class Service:
    """Everything the chassis must know to host a service."""

    name: str
    package: str
    title_zh: str
    title_en: str
    metadata: MetaData
    routers: Sequence[APIRouter]
    publishes: Sequence[type[Contract]] = ()
    subscriptions: Sequence[Subscription] = ()
    sweepers: Sequence[Sweeper] = ()
    on_start: Sequence[Callable[[Runtime], Awaitable[None]]] = ()
    """Run by the API role before it is ready; each may run in several processes at once."""
    readiness: Sequence[Callable[[Runtime], Awaitable[str | None]]] = ()
    """Each tells in a sentence what it waits for, or None."""
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    """Addresses people type, at the root of a process, and the routes of this service they lead to:
    `{"/board": "/board"}` leads from /board to /metrics/board."""

    @cached_property
    def path(self) -> str:
        """Where the routes are mounted."""
        return f"/{self.name}"
