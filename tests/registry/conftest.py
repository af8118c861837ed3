"""Registry alone, over each pair of back ends, with a witness of what it announces."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from registry.service import SERVICE
from service_chassis import migrations
from service_chassis.service import Service
from service_chassis.testing import Platform
from tests.registry.register import Register
from tests.registry.witness import WITNESSED, witness
from tests.support.platforms import clock, distributed, embedded, platform, sqlite_templates
from tests.support.postgres import PostgresServer

__all__ = ["clock", "distributed", "embedded", "platform", "sqlite_templates"]


@pytest.fixture(scope="session")
def services() -> Sequence[Service]:
    """What these tests need of the platform."""
    return [replace(SERVICE, subscriptions=[witness()])]


@pytest.fixture(scope="session")
def postgres_templates(
    services: Sequence[Service], postgres_server: PostgresServer
) -> dict[str, str]:
    """A migrated database to copy from."""
    name = "template_registry_alone"
    migrations.upgrade(SERVICE, postgres_server.create_database(name))
    return {SERVICE.name: name}


@pytest.fixture(autouse=True)
def _nothing_witnessed_yet() -> Iterator[None]:
    WITNESSED.clear()
    yield
    WITNESSED.clear()


@pytest.fixture
def register(platform: Platform) -> Register:
    """Registry as its callers know it, over each pair of back ends."""
    return Register(platform)


@pytest.fixture
def embedded_register(embedded: Platform) -> Register:
    """Registry where the databases can make no difference."""
    return Register(embedded)
