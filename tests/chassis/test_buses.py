"""Both buses keep the same promises, over both databases."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from service_chassis.buses import EventBus, InProcessBus, KafkaBus, bus_at
from service_chassis.stopping import Stopping
from tests.suites.bus_suite import BusSuite
from tests.support.kafka import KafkaServer
from tests.support.postgres import PostgresServer


class TestInProcessOverSqlite(BusSuite):
    @pytest.fixture
    def database_url(self, tmp_path: Path) -> str:
        return f"sqlite+aiosqlite:///{tmp_path / 'tests.db'}"

    @pytest.fixture
    def bus(self) -> EventBus:
        return InProcessBus()


class TestInProcessOverPostgresql(BusSuite):
    @pytest.fixture
    def database_url(self, postgres_server: PostgresServer) -> str:
        return postgres_server.create_database(f"bus_{uuid4().hex}")

    @pytest.fixture
    def bus(self) -> EventBus:
        return InProcessBus()


class TestKafkaOverPostgresql(BusSuite):
    @pytest.fixture
    def database_url(self, postgres_server: PostgresServer) -> str:
        return postgres_server.create_database(f"bus_{uuid4().hex}")

    @pytest.fixture
    def bus(self, kafka_server: KafkaServer) -> EventBus:
        return bus_at(f"{kafka_server.url}?prefix=t{uuid4().hex[:8]}.")


def test_an_unknown_bus_is_refused_with_what_would_do() -> None:
    with pytest.raises(ValueError, match="in-process://"):
        bus_at("amqp://somewhere")


async def test_a_bus_without_its_broker_says_what_it_waits_for() -> None:
    bus = KafkaBus("kafka://127.0.0.1:1")
    stopping = Stopping()
    task = asyncio.create_task(bus.run(stopping))
    await asyncio.sleep(0.5)
    waits = bus.waits_for()
    stopping.set()
    await task

    assert waits
    assert "Kafka at 127.0.0.1:1" in waits
