"""The broker of the tests is real, and what it acknowledged survives kill -9."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.support.kafka import KafkaServer

pytestmark = pytest.mark.kafka


async def test_a_record_survives_the_death_of_the_broker(kafka_server: KafkaServer) -> None:
    topic = "backends.survival"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(
        bootstrap_servers=kafka_server.bootstrap, enable_idempotence=True
    ) as producer:
        await producer.send_and_wait(topic, b"once")

    await asyncio.to_thread(kafka_server.restart)

    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka_server.bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        record = await asyncio.wait_for(consumer.getone(), 30)
    assert record.value == b"once"
