"""Back ends for every test: started when first asked for, shared by the session."""

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from tests.support import kafka, postgres
from tests.support.kafka import KafkaServer
from tests.support.platforms import (
    clock,
    distributed,
    embedded,
    platform,
    postgres_templates,
    served,
    services,
    sqlite_templates,
)
from tests.support.postgres import PostgresServer
from tests.support.processes import Unavailable

__all__ = [
    "clock",
    "distributed",
    "embedded",
    "platform",
    "postgres_templates",
    "served",
    "services",
    "sqlite_templates",
]


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """A real broker; topics are the test's own."""
    reason = kafka.why_unavailable()
    if reason:
        _do_without(reason)
    try:
        server = KafkaServer()
    except Unavailable as lacking:
        _do_without(str(lacking))
    with server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL; databases are the test's own."""
    reason = postgres.why_unavailable()
    if reason:
        _do_without(reason)
    with PostgresServer() as server:
        yield server


def _do_without(reason: str) -> NoReturn:
    """Skip, except where YUANQU_REQUIRE_BACKENDS=1 promises that every back end is there."""
    if os.environ.get("YUANQU_REQUIRE_BACKENDS") == "1":
        pytest.fail(f"YUANQU_REQUIRE_BACKENDS=1, and: {reason}", pytrace=False)
    pytest.skip(reason)
