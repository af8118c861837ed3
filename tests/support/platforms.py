"""The platform under test: every service in this process, over each pair of back ends.

`platform` runs a test twice, over SQLite with the in-process bus and over PostgreSQL with Kafka.
`embedded` runs it once, over the first; take it where the databases can make no difference.
"""

import importlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from service_chassis import migrations
from service_chassis.service import Service
from service_chassis.testing import FrozenClock, Platform, SqliteTemplates, running
from tests.support.kafka import KafkaServer
from tests.support.postgres import PostgresServer
from tests.support.served import Served

PACKAGES = ("registry", "livestream_supply", "metrics")


@pytest.fixture(scope="session")
def services() -> Sequence[Service]:
    """All services of the platform."""
    return [importlib.import_module(f"{package}.service").SERVICE for package in PACKAGES]


@pytest.fixture(scope="session")
def sqlite_templates(
    services: Sequence[Service], tmp_path_factory: pytest.TempPathFactory
) -> SqliteTemplates:
    """Migrated SQLite files to copy from."""
    return SqliteTemplates(tmp_path_factory.mktemp("templates"), services)


@pytest.fixture(scope="session")
def postgres_templates(
    services: Sequence[Service], postgres_server: PostgresServer
) -> dict[str, str]:
    """Migrated databases to copy from, by service."""
    names = {service.name: f"template_{service.package}" for service in services}
    for service in services:
        migrations.upgrade(service, postgres_server.create_database(names[service.name]))
    return names


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the platform; 2026-03-02 10:00 in Shanghai until a test moves it."""
    return FrozenClock()


@pytest.fixture
async def embedded(
    services: Sequence[Service],
    sqlite_templates: SqliteTemplates,
    clock: FrozenClock,
    tmp_path: Path,
) -> AsyncIterator[Platform]:
    """SQLite and the in-process bus."""
    urls = sqlite_templates.copy_to(tmp_path, services)
    async with running(services, urls, tmp_path, clock=clock) as platform:
        yield platform


@pytest.fixture
async def distributed(
    services: Sequence[Service],
    postgres_server: PostgresServer,
    postgres_templates: Mapping[str, str],
    kafka_server: KafkaServer,
    clock: FrozenClock,
    tmp_path: Path,
) -> AsyncIterator[Platform]:
    """PostgreSQL and Kafka, with databases and topics of the test's own."""
    mark = uuid4().hex[:10]
    urls = {
        name: postgres_server.create_database(f"{template[9:]}_{mark}", template)
        for name, template in postgres_templates.items()
    }
    bus_url = f"{kafka_server.url}?prefix={mark}."
    async with running(services, urls, tmp_path, bus_url=bus_url, clock=clock) as platform:
        yield platform
    for template in postgres_templates.values():
        postgres_server.drop_database(f"{template[9:]}_{mark}")


@pytest.fixture(params=["embedded", "distributed"])
def platform(request: pytest.FixtureRequest) -> Platform:
    """Each pair of back ends in turn."""
    chosen: Platform = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="module")
def served(
    services: Sequence[Service],
    sqlite_templates: SqliteTemplates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """The whole platform behind a socket, shared by the tests of a module."""
    folder = tmp_path_factory.mktemp("served")
    with Served(services, sqlite_templates.copy_to(folder, services), folder) as running_there:
        yield running_there
