"""A restored backup gives the same figures, whether Kafka was lost with the databases or not."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from event_contracts.topics import TOPICS
from service_chassis.service import Service
from service_chassis.testing import FrozenClock, Platform, running
from tests.support.kafka import KafkaServer
from tests.support.orders import a_void, an_amendment, paid_orders, sellers
from tests.support.postgres import PostgresServer
from tests.support.scenario import Partner, admit, found, made, told

pytestmark = pytest.mark.timeout(240)

QUESTIONS = (
    {"measure": "ECV_PAID,ECV_NET,ORDERS_PAID", "period": "2026-03", "group_by": "platform"},
    {"measure": "ECV_PAID", "period": "2026-03", "group_by": "region:prefecture"},
    {"measure": "ECV_PAID", "period": "2026-03-01", "group_by": "enterprise"},
    {"measure": "ECV_PAID", "period": "2026-YTD-03", "yoy": "true", "currency": "CNY,USD"},
)
AGAIN = ("metrics.facts", "metrics.receipts")
"""The groups that deploy/restore.sh lets take again what came after the backup."""
CODES = sellers(5)
FACTS = list(paid_orders(400, CODES))
BEFORE = [*FACTS[:300], a_void(FACTS[0]), an_amendment(FACTS[1], 1, amount_minor=77)]
AFTER = [*FACTS[250:], a_void(FACTS[2])]


async def figures(platform: Platform) -> str:
    """What is answered, without when it was."""
    answers = [(await found(platform, "/metrics/v1/volumes", params=each)) for each in QUESTIONS]
    return json.dumps([answer["items"] for answer in answers])


async def proof(platform: Platform, shop: Partner) -> dict[str, int]:
    """The reconciliation of a platform."""
    answer = await found(
        platform, "/metrics/v1/reconciliation", params={"platform": shop.code, "period": "2026-03"}
    )
    return {
        name: sum(line[name] for line in answer["lines"])
        for name in ("accepted", "counted", "duplicate", "pending", "difference")
    }


class Backup:
    """The databases of a platform, dumped and put back as deploy's scripts do."""

    def __init__(self, server: PostgresServer, urls: Mapping[str, str], folder: Path) -> None:
        self._server = server
        self._databases = [url.rpartition("/")[2] for url in urls.values()]
        self._folder = folder

    def take(self) -> None:
        for database in self._databases:
            dump = self._run("pg_dump", "--format=custom", database)
            (self._folder / database).write_bytes(dump)

    def put_back(self) -> None:
        for database in self._databases:
            self._server.drop_database(database)
            dump = str(self._folder / database)
            self._run("pg_restore", "--dbname=postgres", "--create", "--exit-on-error", dump)

    def _run(self, program: str, *arguments: str) -> bytes:
        command = [str(self._server._binaries / program), "-h", "127.0.0.1", "-U", "postgres"]
        command += ["-p", str(self._server.port), *arguments]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


async def set_groups(kafka: KafkaServer, prefix: str, services: Sequence[Service]) -> None:
    """Facts and receipts from the beginning, everything else from the end."""
    subscriptions = [each for service in services for each in service.subscriptions]
    groups = {each.group: each.topics for each in subscriptions}
    for service in services:
        groups[f"{service.name}.identity"] = ["registry.records"]
    partitions = {topic.name: topic.partitions for topic in TOPICS}
    for group, topics in groups.items():
        wanted = [
            TopicPartition(prefix + topic, number)
            for topic in topics
            for number in range(partitions[topic])
        ]
        client = AIOKafkaConsumer(
            bootstrap_servers=kafka.url.partition("//")[2],
            group_id=prefix + group,
            enable_auto_commit=False,
        )
        await client.start()
        try:
            client.assign(wanted)
            ends = await client.end_offsets(wanted)
            await client.commit(dict.fromkeys(wanted, 0) if group in AGAIN else ends)
        finally:
            await client.stop()


@pytest.mark.parametrize("kafka_is", ["lost", "there"])
async def test_a_restored_backup_gives_the_same_figures(
    services: Sequence[Service],
    postgres_server: PostgresServer,
    postgres_templates: Mapping[str, str],
    kafka_server: KafkaServer,
    clock: FrozenClock,
    tmp_path: Path,
    kafka_is: str,
) -> None:
    mark = uuid4().hex[:10]
    urls = {
        name: postgres_server.create_database(f"{template[9:]}_{mark}", template)
        for name, template in postgres_templates.items()
    }
    backup = Backup(postgres_server, urls, tmp_path)
    bus = f"{kafka_server.url}?prefix={mark}."
    async with running(services, urls, tmp_path, bus_url=bus, clock=clock) as platform:
        shop = await admit(platform, "mall", CODES)
        await told(platform, shop, BEFORE)
        as_backed_up = await figures(platform)
        backup.take()
        await told(platform, shop, AFTER)
        at_the_end, proof_at_the_end = await figures(platform), await proof(platform, shop)

    backup.put_back()
    if kafka_is == "there":
        await set_groups(kafka_server, f"{mark}.", services)
    else:
        bus = f"{kafka_server.url}?prefix={mark}-new."
    async with running(services, urls, tmp_path, bus_url=bus, clock=clock) as platform:
        await platform.settle()
        restored = await figures(platform)
        await platform.post("/registry/v1/snapshots", {})
        await platform.settle()
        if kafka_is == "lost":
            # What Kafka cannot give again, partners can: it is counted once either way.
            await told(platform, shop, AFTER)
        made_whole, proof_made_whole = await figures(platform), await proof(platform, shop)
        asked = {"compare_only": True, "reason": "drill"}
        rebuild = await made(platform, "/metrics/v1/rebuilds", asked)
        await platform.sweep("metrics", "rebuilds")
        compared = await found(platform, f"/metrics/v1/rebuilds/{rebuild['id']}")
        again = await told(platform, shop, AFTER)
        after_a_repetition = await figures(platform)
    for url in urls.values():
        postgres_server.drop_database(url.rpartition("/")[2])

    assert restored == (as_backed_up if kafka_is == "lost" else at_the_end)
    assert made_whole == at_the_end
    assert proof_made_whole == proof_at_the_end
    assert proof_made_whole["difference"] == proof_made_whole["pending"] == 0
    assert (compared["state"], compared["differences"]) == ("done", 0)
    assert again["summary"]["duplicate"] == len(AFTER)
    assert after_a_repetition == at_the_end
