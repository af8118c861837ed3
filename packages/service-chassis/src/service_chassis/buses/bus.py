"""The protocol of a bus."""

from collections.abc import Sequence
from typing import Protocol

from service_chassis.consumer import Consumer
from service_chassis.records import Record
from service_chassis.stopping import Stopping


class EventBus(Protocol):
    """Carries records; delivers at least once and says what it waits for."""

    def attach(self, consumer: Consumer) -> None:
        """Deliver the consumer's topics to it while the bus runs."""

    async def send(self, records: Sequence[Record]) -> None:
        """Return when the bus has the records for good; raise if that is not known."""

    async def run(self, stopping: Stopping) -> None:
        """Deliver until the process stops; end with the batch in hand."""

    def waits_for(self) -> str | None:
        """A sentence while the bus is not ready, else None."""

    async def drained(self) -> bool:
        """Whether the consumers of this process have taken all there is."""

    async def close(self) -> None:
        """Let go of connections; bounded in time."""
