"""How much processor time metrics spends on a fact, from message to commit, without a bus.

    python -m benchmarks.fold_cpu [--facts 1000000] [--database sqlite|postgresql|URL]

Messages of 2,000 facts, 50 a transaction; a day passes meanwhile. Every seller sells on two of the
twenty platforms, with six sets of dimensions.
Quoted are wall time and the processor time of the thread that runs Python; SQLite has its own.
"""

import argparse
import asyncio
import contextlib
import cProfile
import pstats
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np

from benchmarks.machine import machine
from event_contracts.facts import PAID, REFUNDED, Dimensions
from event_contracts.orders_recorded import OrdersRecorded, Slice
from metrics.fact.reactions import FACTS
from metrics.service import SERVICE
from service_chassis import migrations
from service_chassis.consumer import Consumer
from service_chassis.database import Database
from service_chassis.records import Record
from tests.metrics.messages import DIMENSIONS, record_of
from tests.support.postgres import PostgresServer

CHUNK = 2_000
CHUNKS_A_TRANSACTION = 50
DAY_MS = 86_400_000


def messages(facts: int, sellers: int, platforms: int, seed: int = 7) -> Iterator[Record]:
    """Chunks of new facts; every platform hands its order numbers out in turn."""
    random_ = random.Random(seed)
    chosen = np.random.default_rng(seed)
    now = int(datetime.now(UTC).timestamp() * 1000)
    shops = [
        [
            dimensions
            for seller in range(platform % 10, sellers, 10)
            for dimensions in _dimension_sets(seller, random_)
        ]
        for platform in range(platforms)
    ]
    handed_out = [0] * platforms
    for chunk in range(facts // CHUNK):
        platform = chunk % platforms
        places: dict[Dimensions, int] = {}
        dimension = [
            places.setdefault(shops[platform][shop], len(places))
            for shop in chosen.integers(0, len(shops[platform]), CHUNK).tolist()
        ]
        first = handed_out[platform]
        handed_out[platform] += CHUNK
        kind = np.where(chosen.random(CHUNK) < 0.05, REFUNDED, PAID).astype(np.uint8)
        batch = OrdersRecorded(
            slices=[Slice(uuid4(), f"platform-{platform}", "2026-03-02", 0, CHUNK, 0)],
            dimensions=list(places),
            dimension=np.array(dimension, np.uint16),
            kind=kind,
            occurred_ms=now
            - int(DAY_MS * (1 - chunk * CHUNK / facts))
            - chosen.integers(0, 60_000, CHUNK),
            amount_minor=chosen.integers(100, 1_000_000, CHUNK),
            order_no=[f"2026{platform:02d}{number:012d}" for number in range(first, first + CHUNK)],
            refs=dict.fromkeys(np.flatnonzero(kind == REFUNDED).tolist(), "r1"),
        )
        yield record_of(batch)


async def measure(url: str, records: Sequence[Record], *, profile: bool) -> None:
    """Fold all of them and print what it took."""
    database = Database(url)
    consumer = Consumer(FACTS, database, SERVICE.name)
    profiler = cProfile.Profile()
    facts = len(records) * CHUNK
    size = CHUNKS_A_TRANSACTION
    warm, rest = records[:size], records[size:]
    await consumer.consume(warm)
    wall, cpu = time.perf_counter(), time.thread_time()
    if profile:
        profiler.enable()
    for start in range(0, len(rest), size):
        await consumer.consume(rest[start : start + size])
    profiler.disable()
    wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
    measured = facts - len(warm) * CHUNK
    print(
        f"{url.partition(':')[0]}: {measured / wall:,.0f} facts a second, "
        f"{cpu / measured * 1e6:.2f} us of Python a fact"
    )
    wall, cpu = time.perf_counter(), time.thread_time()
    again = [_again(record) for record in records[: len(records) // 4]]
    for start in range(0, len(again), size):
        await consumer.consume(again[start : start + size])
    wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
    print(
        f"  sent again: {len(again) * CHUNK / wall:,.0f} facts a second, "
        f"{cpu / len(again) / CHUNK * 1e6:.2f} us of Python a fact"
    )
    await database.dispose()
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--sellers", type=int, default=5_000)
    parser.add_argument("--platforms", type=int, default=20)
    parser.add_argument("--database", help="sqlite, postgresql or a URL; default both")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    print(machine())
    records = list(messages(options.facts, options.sellers, options.platforms))
    for name in [options.database] if options.database else ["sqlite", "postgresql"]:
        with _database(name) as url:
            asyncio.run(measure(url, records, profile=options.profile))


@contextlib.contextmanager
def _database(name: str) -> Iterator[str]:
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{Path(folder) / 'metrics.db'}"
            migrations.upgrade(SERVICE, url)
            yield url
    elif name == "postgresql":
        with PostgresServer(fsync=True) as server:
            url = server.create_database("metrics")
            migrations.upgrade(SERVICE, url)
            yield url
    else:
        yield name


def _dimension_sets(seller: int, random_: random.Random) -> list[Dimensions]:
    return [
        DIMENSIONS._replace(
            seller_uscc=f"91440101MA{seller:08d}",
            category=random_.choice(["clothing", "food", "home", "digital", "beauty"]),
            channel=channel,
            buyer_type=buyer_type,
        )
        for channel in ("shelf", "livestream", "short_video")
        for buyer_type in ("individual", "enterprise")
    ]


def _again(record: Record) -> Record:
    batch = OrdersRecorded.from_body(record.body)
    batch.slices[0] = batch.slices[0]._replace(receipt_id=uuid4())
    return record_of(batch)


if __name__ == "__main__":
    main()
