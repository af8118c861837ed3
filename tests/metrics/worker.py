"""A worker to be killed: takes the messages of a file, one a transaction, from the first on.

It prints a line when it is ready and one for every transaction.
"""

import asyncio
import sys
from pathlib import Path
from uuid import UUID

import msgspec

from event_contracts.orders_recorded import OrdersRecorded
from metrics.fact.reactions import FACTS
from service_chassis.consumer import Consumer
from service_chassis.database import Database
from service_chassis.testing import FrozenClock
from tests.metrics.messages import record_of


async def main(url: str, file: str) -> None:
    """Take them all."""
    database = Database(url, FrozenClock())
    consumer = Consumer(FACTS, database, "metrics")
    _say("ready")
    for event_id, body in msgspec.msgpack.decode(Path(file).read_bytes()):  # noqa: ASYNC240
        await consumer.consume([record_of(OrdersRecorded.from_body(body), UUID(event_id))])
        _say(event_id)
    await database.dispose()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
