"""Two workers at once, and workers that die: the totals are exact."""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import msgspec
import pytest

from metrics.fact.reactions import FACTS
from metrics.fact.use_cases.retrying import retry_all_waiting
from metrics.service import SERVICE
from service_chassis.consumer import Consumer
from service_chassis.database import Database
from service_chassis.records import Record
from service_chassis.retries import verdict
from service_chassis.service import Runtime
from service_chassis.settings import Settings
from service_chassis.testing import FrozenClock
from tests.metrics.conftest import Databases
from tests.metrics.ledger import expected, found
from tests.metrics.messages import DIMENSIONS, Fact, Receipt, message

NOW = FrozenClock().now()
ROOT = Path(__file__).parents[2]


def history(orders: int, seed: int) -> list[Fact]:
    """Facts with voids and amendments of some."""
    chance = random.Random(seed)
    facts: list[Fact] = []
    for number in range(orders):
        fact = Fact(
            order_no=f"{number:06d}",
            amount_minor=chance.randrange(1, 10_000),
            platform=chance.choice(["taobao", "douyin"]),
            dimensions=DIMENSIONS._replace(
                seller_uscc=f"91440101MA5AA{chance.randrange(40):05d}",
                channel=chance.choice(["shelf", "livestream"]),
            ),
        )
        facts.append(fact)
        if chance.random() < 0.1:
            facts += [fact.amended(n, amount_minor=chance.randrange(1, 99)) for n in (1, 2)]
        if chance.random() < 0.1:
            facts.append(fact.voided())
    return facts


def messages(facts: list[Fact], seed: int) -> list[Record]:
    """Every fact in two receipts, shuffled, in messages of up to 200."""
    chance = random.Random(seed)
    coming = facts * 2
    chance.shuffle(coming)
    made = []
    while coming:
        part, coming = coming[:200], coming[200:]
        part.sort(key=lambda fact: fact.platform)
        platforms = sorted({fact.platform for fact in part})
        receipts = [Receipt([f for f in part if f.platform == each]) for each in platforms]
        made.append(message(*receipts)[0])
    return made


async def work(database: Database, records: list[Record], seed: int) -> None:
    """A worker: transactions of a few messages, tried again when they pass on their own."""
    chance = random.Random(seed)
    consumer = Consumer(FACTS, database, "metrics")
    while records:
        size = chance.randrange(1, 5)
        part, records = records[:size], records[size:]
        while True:
            try:
                await consumer.consume(part)
            except Exception as error:
                if verdict(error) != "passing":
                    raise
            else:
                break


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_two_workers_with_overlapping_messages_count_every_fact_once(
    postgres_databases: Databases, seed: int
) -> None:
    facts = history(800, seed)
    records = messages(facts, seed)
    async with postgres_databases.fresh() as database:
        # Half of the messages come to both workers, as after a rebalance.
        shared = records[: len(records) // 2]
        mine, yours = shared + records[len(shared) :: 2], records[len(shared) + 1 :: 2] + shared

        async with asyncio.timeout(90):
            await asyncio.gather(work(database, mine, seed), work(database, yours, seed + 1))
        await retry_all_waiting(_runtime(database))

        assert await found(database) == expected(facts, NOW)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_worker_killed_anywhere_loses_and_repeats_nothing(
    databases: Databases, tmp_path: Path
) -> None:
    facts = history(1_500, 4)
    records = messages(facts, 4)
    file = tmp_path / "records"
    file.write_bytes(msgspec.msgpack.encode([(str(r.event_id), r.body) for r in records]))
    chance = random.Random(5)
    async with databases.fresh() as database:
        for taken in (0, 3, 7):
            await _kill_a_worker(database, file, after=taken, seconds=chance.random() * 0.05)
        at_the_kill = await found(database)
        await work(database, records, 6)
        await retry_all_waiting(_runtime(database))

        assert at_the_kill
        assert await found(database) == expected(facts, NOW)


async def _kill_a_worker(database: Database, file: Path, *, after: int, seconds: float) -> None:
    """kill -9 a little after it has committed so many transactions."""
    url = database.url.render_as_string(hide_password=False)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.metrics.worker", url, str(file), cwd=ROOT, stdout=PIPE
    )
    assert worker.stdout is not None
    for _ in range(after + 1):
        await worker.stdout.readline()
    await asyncio.sleep(seconds)
    worker.kill()
    await worker.communicate()


def _runtime(database: Database) -> Runtime:
    return Runtime(SERVICE, database, database.clock, Settings())
