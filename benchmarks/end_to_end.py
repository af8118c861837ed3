"""From HTTP to a published figure: accepted and end-to-end orders a second, and exact.

    python -m benchmarks.end_to_end [--orders 600000] [--batch 1000] [--only embedded|distributed]

Everything runs on this machine: load generator, services, Kafka and PostgreSQL (fsync on). The
bodies are made before the clock starts. End to end means: every fact is judged and its totals are
committed.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from benchmarks.machine import machine
from tests.support.deployment import OPERATOR, Deployment
from tests.support.kafka import KafkaServer
from tests.support.orders import batches, paid_orders, sellers
from tests.support.postgres import PostgresServer
from tests.support.processes import Child, free_ports
from tests.support.scenario import Partner, admit_over_http, wait_for_news

TARGETS = {"distributed": 50_000, "embedded": 20_000}
PLATFORMS = ("tmall", "jd", "douyin", "pinduoduo")
SELLERS = 1_000
CONNECTIONS = 8
NIGHT = timedelta(hours=1)
REPEATED = 0.03
AS_IN_COMPOSE = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
}


@dataclass(frozen=True, slots=True)
class Load:
    """Posts that were made beforehand, and what they must add up to."""

    posts: list[tuple[int, bytes]]
    orders: int
    distinct: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    topology: str
    orders: int
    accepted_seconds: float
    judged_seconds: float
    exact: bool
    cpu: dict[str, float]

    def report(self) -> str:
        accepted = self.orders / self.accepted_seconds
        judged = self.orders / self.judged_seconds
        target = TARGETS[self.topology]
        spent = ", ".join(
            f"{name} {seconds / self.orders * 1e6:.1f}" for name, seconds in self.cpu.items()
        )
        return (
            f"{self.topology:12} accepted {accepted:9,.0f}/s   end to end {judged:9,.0f}/s   "
            f"{judged / target:.2f} x the target of {target:,}   "
            f"{'exact' if self.exact else 'NOT EXACT'}\n             CPU us an order: {spent}"
        )


def make_load(orders: int, size: int) -> Load:
    """Posts of every platform in turn; a few are sent again later."""
    codes = sellers(SELLERS)
    posts: list[tuple[int, bytes]] = []
    distinct = amount = 0
    each = orders // len(PLATFORMS)
    for number in range(len(PLATFORMS)):
        facts = paid_orders(each, codes, over=NIGHT, prefix=f"B{number}", seed=number)
        for place, batch in enumerate(batches(facts, size)):
            body = msgspec.json.encode(batch)
            posts.append((number, body))
            distinct += len(batch)
            amount += sum(fact["amount_minor"] for fact in batch)
            if place and place % round(1 / REPEATED) == 0:
                posts.append((number, body))
    posts.sort(key=lambda post: hash((post[1][40:60], post[0])))
    sent = sum(body.count(b'"order_no"') for _, body in posts)
    return Load(posts, sent, distinct, amount)


async def send(load: Load, address: str, tokens: Sequence[str]) -> float:
    """Post everything over a few connections; seconds until the last acknowledgement."""
    parts = urlsplit(address)
    waiting = iter(load.posts)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for platform, body in waiting:
            writer.write(
                b"POST /livestream-supply/v1/order-events:batch HTTP/1.1\r\nHost: bench\r\n"
                b"Content-Type: application/json\r\nAuthorization: Bearer %b\r\n"
                b"Content-Length: %d\r\n\r\n" % (tokens[platform].encode(), len(body))
            )
            writer.write(body)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            answer = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 202") or b'"rejected":0' not in answer:
                raise RuntimeError(f"{head!r} {answer[:2000]!r}")
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return time.perf_counter() - started


def measure(
    topology: str,
    load: Load,
    urls: Callable[[str], str],
    processes: dict[str, int],
) -> Measured:
    """Admit the platforms, send the load, wait until all of it is judged, compare the figure."""
    http = httpx.Client(timeout=120)

    def token(credential: tuple[str, str]) -> str:
        answer = http.post(
            urls("registry") + "/registry/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=credential,
        )
        return str(answer.raise_for_status().json()["access_token"])

    operator = {"Authorization": f"Bearer {token(OPERATOR)}"}

    def post(path: str, body: Any) -> Any:
        answer = http.post(urls("registry") + path, json=body, headers=operator)
        return answer.raise_for_status().json()

    def ask(path: str, **parameters: Any) -> Any:
        answer = http.get(urls("metrics") + path, params=parameters, headers=operator)
        return answer.raise_for_status().json()

    codes = sellers(SELLERS)
    partners: list[Partner] = [admit_over_http(post, code, codes) for code in PLATFORMS]
    tokens = [token(partner.credential) for partner in partners]
    for own in tokens:
        wait_for_news(partial(report, http, urls, own), codes[-1], "2026-03-01T00:00:00Z", 60)
    cpu_before = {name: cpu_seconds(pid) for name, pid in processes.items()}
    started = time.perf_counter()
    accepted = asyncio.run(send(load, urls("livestream-supply"), tokens))
    while True:
        rows = ask("/metrics/v1/reconciliation")["lines"]
        judged = sum(row["counted"] + row["duplicate"] for row in rows)
        if judged >= load.orders + len(partners):
            break
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    cpu: dict[str, float] = {}
    for name, pid in processes.items():
        kind = name.split("-worker")[0] + " worker" if "-worker" in name else name
        cpu[kind] = cpu.get(kind, 0.0) + cpu_seconds(pid) - cpu_before[name]
    figure = ask("/metrics/v1/volumes", measure="ECV_PAID", period="2026-03-01..2026-03-02")
    total = figure["items"][0]["native"][0]["amount_minor"]
    counted = sum(row["counted"] for row in rows)
    exact = (total, counted) == (load.amount_minor, load.distinct + len(partners))
    return Measured(topology, load.orders, accepted, seconds, exact, cpu)


def report(
    http: httpx.Client, urls: Callable[[str], str], token: str, facts: list[dict[str, Any]]
) -> Any:
    """Post a few facts and return the receipt."""
    answer = http.post(
        urls("livestream-supply") + "/livestream-supply/v1/order-events:batch",
        json=facts,
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.raise_for_status().json()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry.name) == pid or int(fields[1]) == pid:
            # The children that have ended count with their parent.
            ended = int(fields[13]) + int(fields[14]) if int(entry.name) == pid else 0
            total += (int(fields[11]) + int(fields[12]) + ended) / os.sysconf("SC_CLK_TCK")
    return total


def distributed(load: Load) -> Measured:
    """One api and one worker a service, two workers for metrics, real Kafka and PostgreSQL."""
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgresServer(fsync=True, settings=AS_IN_COMPOSE) as postgres,
        KafkaServer() as kafka,
        Deployment(Path(folder), postgres, kafka) as deployment,
    ):
        processes = {name: child.pid for name, child in deployment.processes.items()}
        processes |= {"PostgreSQL": postgres.pid, "Kafka": kafka.pid}
        return measure("distributed", load, deployment.url, processes)


def embedded(load: Load) -> Measured:
    """Everything in one process on SQLite."""
    with tempfile.TemporaryDirectory() as folder, one_process(Path(folder)) as (url, pid):
        return measure("embedded", load, lambda _service: url, {"yuanqu": pid})


@contextmanager
def one_process(folder: Path) -> Iterator[tuple[str, int]]:
    """`yuanqu run` on its own port and data folder."""
    (port,) = free_ports(1)
    settings = {
        "YUANQU_DATA_DIR": str(folder),
        "YUANQU_PORT": str(port),
        "YUANQU_OPERATOR_SECRET": OPERATOR[1],
        "YUANQU_RATE_LIMIT_PER_SECOND": "0",
        "YUANQU_LOG_LEVEL": "WARNING",
    }
    command = ["env", *(f"{key}={value}" for key, value in settings.items())]
    child = Child([*command, sys.executable, "-m", "yuanqu", "run"], folder / "run.log")
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{url}/readyz", timeout=5).status_code == httpx.codes.OK:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        else:
            raise RuntimeError(child.log_tail())
        yield url, child.pid
    finally:
        child.end(signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a figure was not exact."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=600_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--only", choices=["embedded", "distributed"])
    parser.add_argument("--json", action="store_true", help="one JSON document a run")
    chosen = parser.parse_args(arguments)
    print(machine())
    load = make_load(chosen.orders, chosen.batch)
    print(
        f"{load.orders:,} orders ({load.orders - load.distinct:,} sent again) in "
        f"{len(load.posts):,} posts of {chosen.batch:,}, {CONNECTIONS} connections; "
        f"{len(PLATFORMS)} platforms, {SELLERS:,} sellers, one hour of a live-sale night"
    )
    wrong = 0
    for run in (distributed, embedded):
        if chosen.only in {None, run.__name__}:
            measured = run(load)
            wrong += not measured.exact
            print(json.dumps(msgspec.to_builtins(measured)) if chosen.json else measured.report())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
