"""An idempotent producer that is thrown away as soon as it may be poisoned."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import AIOKafkaProducer

from service_chassis import telemetry
from service_chassis.records import Record

logger = logging.getLogger(__name__)

LONGEST_SEND = 30.0
LARGEST_MESSAGE = 2_000_000


class SupervisedProducer:
    """Sends batches; any failure or timeout replaces the producer.

    After one rejected record an idempotent aiokafka producer fails for ever on that partition,
    and while brokers are down its sends never end: both end here, in a new producer.
    """

    def __init__(self, servers: str, name: str) -> None:
        self._servers = servers
        self._rebuilds = telemetry.KAFKA_PRODUCER_REBUILDS_TOTAL.labels(name)
        self._producer: AIOKafkaProducer | None = None

    async def send(self, records: Sequence[Record], *, prefix: str = "") -> None:
        """Return when every record is acknowledged by all in-sync replicas."""
        producer = await self._ready()
        try:
            async with asyncio.timeout(LONGEST_SEND):
                acknowledgements = [
                    await producer.send(
                        prefix + record.topic,
                        value=record.body,
                        key=record.key.encode(),
                        headers=record.wire_headers(),
                    )
                    for record in records
                ]
                await asyncio.gather(*acknowledgements)
        except BaseException:
            await self.discard()
            raise

    async def discard(self) -> None:
        """Drop the producer; what it had in hand may or may not arrive."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        self._rebuilds.inc()
        # stop() flushes first, which never ends while brokers are down.
        sender = producer._sender._sender_task  # noqa: SLF001
        if sender is not None:
            sender.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await asyncio.wait_for(asyncio.shield(sender), 1)
        producer._closed = True  # noqa: SLF001
        with suppress(Exception):
            await asyncio.wait_for(producer.client.close(), 5)

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                acks="all",
                enable_idempotence=True,
                linger_ms=2,
                max_batch_size=1_048_576,
                max_request_size=LARGEST_MESSAGE,
                request_timeout_ms=15_000,
                metadata_max_age_ms=60_000,
            )
            try:
                async with asyncio.timeout(LONGEST_SEND):
                    await producer.start()
            except BaseException:
                with suppress(Exception):
                    await asyncio.wait_for(producer.client.close(), 5)
                raise
            self._producer = producer
        return self._producer
