"""The embedded bus: the same consumers, fed with the same encoded records."""

from collections.abc import Sequence

from service_chassis.consumer import Consumer
from service_chassis.records import Record
from service_chassis.stopping import Stopping


class InProcessBus:
    """Hands records to the consumers of this process before `send` returns.

    A failure reaches the relay, which keeps its rows and sends them again; groups that have
    taken them already find them in their inbox.
    """

    def __init__(self) -> None:
        self._consumers: list[Consumer] = []

    def attach(self, consumer: Consumer) -> None:
        self._consumers.append(consumer)

    async def send(self, records: Sequence[Record]) -> None:
        for consumer in self._consumers:
            most = consumer.subscription.max_records
            wanted = [record for record in records if consumer.subscription.wants(record)]
            for start in range(0, len(wanted), most):
                # Through the wire format, so that both buses exercise the same codec.
                batch = [
                    Record.from_wire(
                        record.topic,
                        str(record.event_id),
                        record.key.encode(),
                        record.body,
                        record.wire_headers(),
                    )
                    for record in wanted[start : start + most]
                ]
                await consumer.consume(batch)

    async def run(self, stopping: Stopping) -> None:
        await stopping.wait()

    def waits_for(self) -> str | None:
        return None

    async def drained(self) -> bool:
        return True

    async def close(self) -> None:
        self._consumers.clear()
