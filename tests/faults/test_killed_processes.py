"""kill -9 in the middle of a load: nothing acknowledged is lost, nothing counts twice."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.deployment import Deployment
from tests.support.kafka import KafkaServer
from tests.support.orders import batches, paid_orders, sellers, totals
from tests.support.postgres import PostgresServer
from tests.support.scenario import Partner, admit_over_http, wait_for_news

pytestmark = pytest.mark.timeout(420)

DAY = "2026-03-01..2026-03-02"


@pytest.fixture(scope="module")
def durable_postgres() -> Iterator[PostgresServer]:
    """PostgreSQL that keeps its word after kill -9: with fsync."""
    with PostgresServer(fsync=True) as server:
        yield server


@pytest.fixture(scope="module")
def own_kafka(kafka_server: KafkaServer) -> Iterator[KafkaServer]:
    """A broker that this module may kill, apart from the one that other tests share."""
    del kafka_server  # it is asked for so that a machine without Java skips with the reason
    with KafkaServer() as server:
        yield server


@pytest.fixture
def deployment(
    tmp_path: Path, durable_postgres: PostgresServer, own_kafka: KafkaServer
) -> Iterator[Deployment]:
    with Deployment(tmp_path, durable_postgres, own_kafka) as running:
        yield running


class Load:
    """Posts every batch until it is acknowledged; each twice, as a careless partner would."""

    def __init__(
        self, deployment: Deployment, partner: Partner, facts: list[dict[str, Any]]
    ) -> None:
        self._deployment = deployment
        self._partner = partner
        self._batches = list(batches(iter(facts), 250))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.posted = 0
        self.failure: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def wait_for(self, share: float) -> None:
        """Return when this share of the posts is acknowledged."""
        while self.posted < share * 2 * len(self._batches) and self._thread.is_alive():
            time.sleep(0.01)
        if self.failure:
            raise self.failure

    def finish(self) -> None:
        self._thread.join(300)
        if self.failure:
            raise self.failure
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with self._deployment.client(self._partner.credential) as client:
                for number, batch in enumerate(self._batches):
                    for attempt in ("first", "again"):
                        answer = client.send(
                            "POST",
                            "/livestream-supply/v1/order-events:batch",
                            json=batch,
                            headers={"Idempotency-Key": f"{attempt}-{number}"},
                        )
                        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
                        self.posted += 1
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self.failure = error


def reconciled(deployment: Deployment, partner: Partner, accepted: int) -> dict[str, Any]:
    """The partner's reconciliation when everything accepted is judged."""
    with deployment.client() as operator:
        deadline = time.monotonic() + 120
        while True:
            document = operator.get("/metrics/v1/reconciliation", params={"platform": partner.code})
            rows = document["lines"]
            found = {
                name: sum(row[name] for row in rows)
                for name in ("accepted", "counted", "duplicate", "conflict", "pending", "buried")
            }
            difference = sum(row["difference"] for row in rows)
            if found["accepted"] == accepted and not found["pending"]:
                return {**found, "difference": difference}
            if time.monotonic() > deadline:
                raise TimeoutError(f"not reconciled: {document}")
            time.sleep(0.2)


def figures(deployment: Deployment, partner: Partner) -> dict[str, int]:
    """Count and amount of the partner's paid orders."""
    with deployment.client() as operator:
        document = operator.get(
            "/metrics/v1/volumes",
            params={"measure": "ECV_PAID,ORDERS_PAID", "period": DAY, "platform": partner.code},
        )
    found = {item["measure"]: item["native"][0] for item in document["items"]}
    return {
        "paid_amount": found["ECV_PAID"]["amount_minor"],
        "paid_count": found["ORDERS_PAID"]["count"],
    }


@pytest.fixture
def facts() -> list[dict[str, Any]]:
    return list(paid_orders(15_000, sellers(40), prefix="K"))


@pytest.fixture
def partner(deployment: Deployment) -> Partner:
    codes = sellers(40)
    with deployment.client() as operator:
        partner = admit_over_http(operator.post, "tmall", codes)

    def post(facts: Any) -> Any:
        path = "/livestream-supply/v1/order-events:batch"
        with deployment.client(partner.credential) as client:
            return client.post(path, facts)

    wait_for_news(post, codes[-1], "2026-03-01T00:00:00Z", 60)
    return partner


def assert_exact(deployment: Deployment, partner: Partner, facts: list[dict[str, Any]]) -> None:
    probes = 1
    proof = reconciled(deployment, partner, 2 * len(facts) + probes)
    assert proof == {
        "accepted": 2 * len(facts) + probes,
        "counted": len(facts) + probes,
        "duplicate": len(facts),
        "conflict": 0,
        "pending": 0,
        "buried": 0,
        "difference": 0,
    }
    assert figures(deployment, partner) == dict(totals(facts))


def test_a_killed_worker_and_a_killed_api_lose_and_repeat_nothing(
    deployment: Deployment, partner: Partner, facts: list[dict[str, Any]]
) -> None:
    load = Load(deployment, partner, facts)
    load.start()
    load.wait_for(0.2)
    deployment.kill("metrics-worker-1")
    load.wait_for(0.35)
    deployment.kill("livestream-supply-api")
    deployment.start("livestream-supply-api")
    load.wait_for(0.5)
    deployment.kill("livestream-supply-worker-1")
    deployment.start("livestream-supply-worker-1")
    deployment.start("metrics-worker-1")
    load.wait_for(0.7)
    deployment.kill("metrics-worker-2")
    load.finish()

    assert_exact(deployment, partner, facts)


def test_writes_go_on_while_kafka_is_down_and_nothing_is_lost(
    deployment: Deployment,
    partner: Partner,
    facts: list[dict[str, Any]],
    own_kafka: KafkaServer,
) -> None:
    load = Load(deployment, partner, facts)
    load.start()
    load.wait_for(0.2)
    own_kafka.kill()
    before = load.posted
    load.wait_for(0.6)
    went_on = load.posted - before
    own_kafka.restart()
    load.finish()

    assert went_on > 0
    assert_exact(deployment, partner, facts)


def test_a_killed_database_comes_back_and_the_figures_are_exact(
    deployment: Deployment,
    partner: Partner,
    facts: list[dict[str, Any]],
    durable_postgres: PostgresServer,
) -> None:
    load = Load(deployment, partner, facts)
    load.start()
    load.wait_for(0.3)
    durable_postgres.kill()
    time.sleep(1)
    durable_postgres.restart()
    load.finish()

    assert_exact(deployment, partner, facts)


def test_a_clean_stop_answers_what_it_accepted(
    deployment: Deployment, partner: Partner, facts: list[dict[str, Any]]
) -> None:
    load = Load(deployment, partner, facts)
    load.start()
    load.wait_for(0.3)
    for name in ("livestream-supply-api", "livestream-supply-worker-1", "metrics-worker-1"):
        deployment.stop(name)
        assert deployment.processes[name].exit_code() == 0, deployment.processes[name].log_tail()
        deployment.start(name)
    load.finish()

    assert_exact(deployment, partner, facts)
