"""The Kafka bus: what was measured of aiokafka 0.14 decides most of its lines."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    TopicAlreadyExistsError,
)

from event_contracts.topics import TOPICS
from service_chassis.buses.kafka_producer import SupervisedProducer
from service_chassis.buses.kafka_progress import Progress, position_of
from service_chassis.consumer import Consumer
from service_chassis.records import Record
from service_chassis.retries import verdict
from service_chassis.stopping import Stopping

logger = logging.getLogger(__name__)

LONGEST_BACKOFF = 15.0
MOST_BYTES_A_PARTITION = 8 * 1024 * 1024
TOPIC_EXISTS = TopicAlreadyExistsError.errno


class KafkaBus:
    """Sends with an idempotent producer and runs one consumer loop a group."""

    def __init__(self, url: str, name: str = "yuanqu") -> None:
        parts = urlsplit(url)
        self.servers = parts.netloc
        query = parse_qs(parts.query)
        self.replication = int(query.get("replication", ["1"])[0])
        self.prefix = query.get("prefix", [""])[0]
        """Keeps several installations apart on one cluster."""
        self._producer = SupervisedProducer(self.servers, name)
        self._consumers: list[Consumer] = []
        self._waiting: dict[str, str] = {}
        self._members: dict[str, AIOKafkaConsumer] = {}
        self._handling: set[str] = set()
        self._observer: AIOKafkaConsumer | None = None

    def attach(self, consumer: Consumer) -> None:
        self._consumers.append(consumer)

    async def send(self, records: Sequence[Record]) -> None:
        await self._producer.send(records, prefix=self.prefix)

    async def drained(self) -> bool:
        """Whether every group of this process has handled all that its topics hold."""
        positions: dict[TopicPartition, int] = {}
        for consumer in self._consumers:
            group = consumer.subscription.group
            kafka = self._members.get(group)
            if kafka is None or group in self._handling or not kafka.assignment():
                return False
            for partition in kafka.assignment():
                position = position_of(kafka, partition)
                if position is None:
                    return False
                positions[partition] = min(position, positions.get(partition, position))
        # Not by the members themselves: their connections are busy waiting for records.
        if self._observer is None:
            self._observer = AIOKafkaConsumer(bootstrap_servers=self.servers)
            await self._observer.start()
        ends = await self._observer.end_offsets(list(positions))
        return all(positions[partition] >= end for partition, end in ends.items())

    def waits_for(self) -> str | None:
        return next(iter(self._waiting.values()), None)

    async def run(self, stopping: Stopping) -> None:
        for consumer in self._consumers:
            self._waiting[consumer.subscription.group] = (
                f"{consumer.subscription.group} waits for its partitions of Kafka at {self.servers}"
            )
        await self._create_topics(stopping)
        async with asyncio.TaskGroup() as group:
            for consumer in self._consumers:
                group.create_task(self._feed(consumer, stopping))

    async def close(self) -> None:
        await self._producer.discard()
        if self._observer is not None:
            await _stop(self._observer)

    async def _create_topics(self, stopping: Stopping) -> None:
        """Create the declared topics that are missing; wait for the broker for ever."""
        wait = 0.5
        while not stopping:
            try:
                async with asyncio.timeout(30):
                    await self._create_topics_once()
            except (KafkaError, OSError, TimeoutError) as error:
                self._waiting["topics"] = f"waits for Kafka at {self.servers}: {error}"
                logger.warning("cannot create the topics yet: %s", error)
            else:
                return
            await stopping.sleep(wait)
            wait = min(wait * 2, LONGEST_BACKOFF)

    async def _create_topics_once(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers)
        await admin.start()
        try:
            present = set(await admin.list_topics())
            missing = [
                NewTopic(
                    self.prefix + topic.name,
                    topic.partitions,
                    self.replication,
                    topic_configs={
                        "retention.ms": str(int(topic.retention.total_seconds() * 1000)),
                        "min.insync.replicas": str(min(2, self.replication)),
                        "max.message.bytes": "2097152",
                    },
                )
                for topic in TOPICS
                if self.prefix + topic.name not in present
            ]
            if missing:
                reply = await admin.create_topics(missing)
                for name, code, *text in reply.topic_errors:
                    # Another process may have been faster.
                    if code not in (0, TOPIC_EXISTS):
                        raise KafkaError(f"topic {name} could not be created: {code} {text}")
            self._waiting.pop("topics", None)
        finally:
            with suppress(Exception):
                await admin.close()

    async def _feed(self, consumer: Consumer, stopping: Stopping) -> None:
        """Run a group's loop; a Kafka client that fails is replaced, for ever and visibly."""
        group = consumer.subscription.group
        progress = Progress(consumer.service, group, consumer.database.clock, self.prefix)
        wait = 0.5
        while not stopping:
            kafka = AIOKafkaConsumer(
                *(self.prefix + topic for topic in consumer.subscription.topics),
                bootstrap_servers=self.servers,
                group_id=self.prefix + group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                # A fetch ends as soon as there is a record; the wait only spares an idle broker.
                fetch_max_wait_ms=500,
                max_partition_fetch_bytes=MOST_BYTES_A_PARTITION,
                session_timeout_ms=30_000,
                heartbeat_interval_ms=3_000,
                rebalance_timeout_ms=60_000,
                max_poll_interval_ms=300_000,
                metadata_max_age_ms=30_000,
            )
            try:
                await kafka.start()
                self._members[group] = kafka
                wait = 0.5
                await self._deliver(kafka, consumer, progress, stopping)
            except (KafkaError, OSError, TimeoutError) as error:
                self._waiting[group] = f"{group} waits for Kafka at {self.servers}: {error}"
                logger.warning("%s lost Kafka, joining again: %s", group, error)
            finally:
                self._members.pop(group, None)
                progress.left()
                await _stop(kafka)
            if not stopping:
                await stopping.sleep(wait)
                wait = min(wait * 2, LONGEST_BACKOFF)

    async def _deliver(
        self,
        kafka: AIOKafkaConsumer,
        consumer: Consumer,
        progress: Progress,
        stopping: Stopping,
    ) -> None:
        group = consumer.subscription.group
        wait = 0.1
        retrying_since: float | None = None
        clock = asyncio.get_running_loop().time
        while not stopping:
            fetched = await kafka.getmany(
                timeout_ms=200, max_records=consumer.subscription.max_records
            )
            if kafka.assignment() or not fetched:
                self._waiting.pop(group, None)
            batch = [
                Record.from_wire(
                    message.topic.removeprefix(self.prefix),
                    f"{message.partition}/{message.offset}",
                    message.key,
                    message.value,
                    list(message.headers),
                )
                for messages in fetched.values()
                for message in messages
            ]
            progress.polled(kafka, batch)
            if not batch:
                continue
            self._handling.add(group)
            try:
                await consumer.consume(batch)
            except Exception as error:
                if verdict(error) != "passing":
                    raise
                retrying_since = retrying_since or clock()
                progress.retries(clock() - retrying_since)
                self._waiting[group] = f"{group} tries a batch again: {error}"
                logger.warning("%s cannot consume now, trying again: %s", group, error)
                # getmany has moved past the batch: without this the next commit skips it.
                _seek_back(kafka, fetched)
                await stopping.sleep(wait)
                wait = min(wait * 2, LONGEST_BACKOFF)
                continue
            finally:
                self._handling.discard(group)
            wait, retrying_since = 0.1, None
            progress.retries(0)
            await _commit(kafka, fetched, group)


def _seek_back(kafka: AIOKafkaConsumer, fetched: dict[TopicPartition, list[object]]) -> None:
    for partition, messages in fetched.items():
        with suppress(IllegalStateError):  # another member owns it now and reads it again
            kafka.seek(partition, messages[0].offset)  # type: ignore[attr-defined]


async def _commit(
    kafka: AIOKafkaConsumer, fetched: dict[TopicPartition, list[object]], group: str
) -> None:
    """Move the group's offsets; the database is the judge, so a failure costs a redelivery."""
    offsets = {
        partition: messages[-1].offset + 1  # type: ignore[attr-defined]
        for partition, messages in fetched.items()
        if messages
    }
    try:
        async with asyncio.timeout(5):
            await kafka.commit(offsets)
    except (CommitFailedError, IllegalStateError):
        logger.info("%s lost partitions before its commit; their new owner repeats them", group)
    except TimeoutError:
        logger.warning("%s could not commit its offsets in time", group)


async def _stop(kafka: AIOKafkaConsumer) -> None:
    """Leave the group; bounded, and never the reason a process fails."""
    try:
        async with asyncio.timeout(10):
            await kafka.stop()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
    except Exception as error:  # noqa: BLE001 - we let go of it either way
        logger.info("leaving the group failed: %s", error)
