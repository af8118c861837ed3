"""What an order costs the intake in CPU time, without sockets and databases.

    python -m benchmarks.intake_cpu [--profile]

Decoding, checking and encoding a batch, step by step and by kind of batch: how many sellers it has,
how it is written, how many items are bad. CPU time, the best of many runs.
"""

import argparse
import cProfile
import gzip
import json
import pstats
import time
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import zstandard

from benchmarks.machine import machine
from livestream_supply.authority.rules import Authorisation, Authority
from livestream_supply.order_event import schemas
from livestream_supply.order_event.rules import checks
from livestream_supply.order_event.rules.batches import Received, micro_batches
from livestream_supply.order_event.rules.bodies import inflated
from livestream_supply.order_event.rules.columns import Facts
from livestream_supply.order_event.use_cases.reading import Items, read_items
from tests.support.orders import paid_orders, sellers

ORDERS = 1_000
NOW_MS = 1_772_500_000_000
RECEIPT = UUID(int=1)
SECONDS = 1.0


def authority_over(codes: list[str]) -> Authority:
    """A platform that every seller lets report."""
    authority = Authority("bench")
    authority.take(
        (UUID(int=number), Authorisation(code, 0, 2**31)) for number, code in enumerate(codes)
    )
    return authority


def finished(steps: Coroutine[Any, Any, Items]) -> Items:
    """The result of a coroutine that only gives others their turn; no loop is measured."""
    while True:
        try:
            steps.send(None)
        except StopIteration as end:
            items: Items = end.value
            return items


def whole(
    body: bytes, authority: Authority, *, encoding: str = "identity", lines: bool = False
) -> int:
    """From the body of a post to the bytes of the outbox rows."""
    items = finished(read_items(inflated(body, encoding), lines=lines))
    facts = Facts.of(items.decoded)
    checks.faults_of(facts, authority, NOW_MS)
    posts = [Received(RECEIPT, "bench", facts)]
    return sum(len(batch.to_body()) for batch in micro_batches(posts, "2026-03-02"))


def microseconds(action: Callable[[], object], orders: int = ORDERS) -> float:
    """CPU time an order, the best of as many runs as fit."""
    best, until = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        began = time.process_time()
        action()
        best = min(best, time.process_time() - began)
    return best / orders * 1e6


def line(name: str, spent: float) -> None:
    print(f"  {name:44} {spent:7.3f} us an order {1e6 / spent:12,.0f} orders a CPU second")


def steps(count: int) -> None:
    """The way of a batch, step by step."""
    codes = sellers(count)
    body = json.dumps(list(paid_orders(ORDERS, codes))).encode()
    authority = authority_over(codes)
    decoded = schemas.BATCH.decode(body)
    facts = Facts.of(decoded)
    (batch,) = micro_batches([Received(RECEIPT, "bench", facts)], "2026-03-02")
    size = len(batch.to_body()) / ORDERS
    print(
        f"\n{ORDERS} orders of {count} sellers, {len(facts.words)} distinct descriptions, "
        f"{len(body) / ORDERS:.0f} bytes an order in, {size:.0f} out"
    )
    line("decode (msgspec)", microseconds(lambda: schemas.BATCH.decode(body)))
    line("columns", microseconds(lambda: Facts.of(decoded)))
    line("check", microseconds(lambda: checks.faults_of(facts, authority, NOW_MS)))
    posts = [Received(RECEIPT, "bench", facts)]
    line("micro-batch", microseconds(lambda: list(micro_batches(posts, "2026-03-02"))))
    line("encode (msgpack, zstd)", microseconds(batch.to_body))
    line("all of it", microseconds(lambda: whole(body, authority)))


def kinds() -> None:
    """All of it, for other ways to write a batch."""
    codes = sellers(200)
    authority = authority_over(codes)
    facts = list(paid_orders(ORDERS, codes))
    body = json.dumps(facts).encode()
    lines = b"\n".join(json.dumps(fact).encode() for fact in facts)
    spoiled = [{**fact, "currency": "X"} if n % 100 == 0 else fact for n, fact in enumerate(facts)]
    refused = json.dumps(spoiled).encode()
    hopeless = json.dumps([{**fact, "currency": "X"} for fact in facts]).encode()
    stranger = authority_over(codes[1:])
    print(f"\n{ORDERS} orders of 200 sellers, all of it")
    line("JSON", microseconds(lambda: whole(body, authority)))
    line("NDJSON", microseconds(lambda: whole(lines, authority, lines=True)))
    for encoding, packed in (("gzip", gzip.compress(body)), ("zstd", zstandard.compress(body))):
        line(
            f"JSON, {encoding}",
            microseconds(lambda e=encoding, p=packed: whole(p, authority, encoding=e)),  # type: ignore[misc]
        )
    line("1 % of unknown currency, item by item", microseconds(lambda: whole(refused, authority)))
    line("1 seller of 200 not authorised", microseconds(lambda: whole(body, stranger)))
    line("every item of unknown currency", microseconds(lambda: whole(hopeless, authority)))
    one = json.dumps(facts[:1]).encode()
    line("a single order", microseconds(lambda: whole(one, authority), orders=1))


def profile() -> None:
    """Where the time goes, by function."""
    codes = sellers(200)
    body = json.dumps(list(paid_orders(ORDERS, codes))).encode()
    authority = authority_over(codes)
    with cProfile.Profile() as profiled:
        for _ in range(300):
            whole(body, authority)
    pstats.Stats(profiled).sort_stats("tottime").print_stats(18)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    options = parser.parse_args()
    print(machine())
    if options.profile:
        profile()
        return
    for count in (20, 200, 5_000):
        steps(count)
    kinds()


if __name__ == "__main__":
    main()
