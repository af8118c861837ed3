"""The same behaviour where every role is a process of its own, over Kafka and PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.deployment import Client, Deployment
from tests.support.kafka import KafkaServer
from tests.support.orders import a_fact, batches, paid_orders, sellers, totals
from tests.support.postgres import PostgresServer
from tests.support.scenario import Partner, admit_over_http

pytestmark = pytest.mark.timeout(240)

BATCH = "/livestream-supply/v1/order-events:batch"
RECONCILED = ("accepted", "counted", "duplicate", "conflict", "pending", "buried", "difference")
SELLERS = sellers(12)
NEWCOMER = sellers(13)[12]
PROMISED_SECONDS = 2.0
PATIENCE = 60.0


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: PostgresServer,
    kafka_server: KafkaServer,
) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("processes")
    with Deployment(folder, postgres_server, kafka_server) as running:
        yield running


@pytest.fixture(scope="module")
def operator(deployment: Deployment) -> Iterator[Client]:
    with deployment.client() as client:
        yield client


@pytest.fixture(scope="module")
def shop(deployment: Deployment, operator: Client) -> Partner:
    partner = admit_over_http(operator.post, "mall", SELLERS)
    with deployment.client(partner.credential) as client:
        probe = [a_fact("PROBE", seller_uscc=SELLERS[-1], occurred_at="2020-01-01T00:00:00Z")]
        until(lambda: client.post(BATCH, probe)["rejected"] == 0)
    until(lambda: proof_of(operator, partner.code)["counted"] == 1)
    return partner


def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Return after how many seconds it holds."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - started


def proof_of(operator: Client, platform: str) -> dict[str, int]:
    """How the facts of a platform reconcile."""
    lines = operator.get("/metrics/v1/reconciliation", params={"platform": platform})["lines"]
    return {name: sum(line[name] for line in lines) for name in RECONCILED}


def paid(operator: Client, period: str) -> tuple[int, int]:
    """Count and amount of what was paid."""
    asked = {"measure": "ECV_PAID", "period": period}
    figures = operator.get("/metrics/v1/volumes", params=asked)["items"][0]["native"]
    return (figures[0]["count"], figures[0]["amount_minor"]) if figures else (0, 0)


def test_orders_sent_twice_to_two_workers_count_once(
    deployment: Deployment, operator: Client, shop: Partner
) -> None:
    facts = list(paid_orders(4_000, SELLERS))
    expected = totals(facts)
    before = proof_of(operator, shop.code)

    with deployment.client(shop.credential) as client:
        posted = [
            client.post(BATCH, batch) for _ in range(2) for batch in batches(iter(facts), 500)
        ]
        until(lambda: proof_of(operator, shop.code)["accepted"] == before["accepted"] + 8_000)
        until(lambda: proof_of(operator, shop.code)["pending"] == 0)
        receipts = [
            client.get(f"/livestream-supply/v1/receipts/{each['id']}")["id"] for each in posted
        ]
        until(
            lambda: all(
                client.get(f"/livestream-supply/v1/receipts/{receipt}")["state"] == "final"
                for receipt in receipts
            )
        )
    after = proof_of(operator, shop.code)

    assert after["counted"] - before["counted"] == 4_000
    assert after["duplicate"] - before["duplicate"] == 4_000
    assert after["difference"] == after["conflict"] == after["buried"] == 0
    assert paid(operator, "2026-03") == (expected["paid_count"], expected["paid_amount"])


def test_a_new_authorisation_reaches_another_process_within_two_seconds(
    deployment: Deployment, operator: Client, shop: Partner
) -> None:
    operator.post(
        "/registry/v1/enterprises",
        {"uscc": NEWCOMER, "name_zh": "新来的企业", "region_code": "441900"},
    )
    fact = a_fact("NEWCOMER", seller_uscc=NEWCOMER, occurred_at="2021-01-01T00:00:00Z")
    with deployment.client(shop.credential) as client:
        early = client.post(BATCH, [fact])

        operator.post(
            "/registry/v1/authorisations",
            {"platform_code": "mall", "seller_uscc": NEWCOMER, "valid_from": "2010-01-01"},
        )
        until(lambda: client.post(BATCH, [fact])["rejected"] == 0, PROMISED_SECONDS)

    assert early["exceptions"][0]["errors"][0]["code"] == "seller_not_authorised"


def test_a_revoked_client_is_refused_by_every_process(
    deployment: Deployment, operator: Client, shop: Partner
) -> None:
    paths = {
        "livestream-supply": "/livestream-supply/v1/receipts",
        "metrics": "/metrics/v1/measures",
    }
    issued = operator.post(
        "/registry/v1/clients",
        {"name": "short", "scopes": ["orders:read", "figures:read"], "platform_code": "mall"},
    )
    granted = httpx.post(
        f"{deployment.url('registry')}/registry/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(issued["client_id"], issued["client_secret"]),
    ).json()
    bearer = {"Authorization": f"Bearer {granted['access_token']}"}

    def answers() -> list[int]:
        return [
            httpx.get(f"{deployment.url(service)}{path}", headers=bearer).status_code
            for service, path in paths.items()
        ]

    good = answers()
    operator.post(f"/registry/v1/clients/{issued['client_id']}:revoke", {"reason": "leaked"})
    until(lambda: answers() == [401, 401], 5)

    assert good == [200, 200]


def test_a_service_that_lost_its_database_is_filled_again_and_goes_on(
    deployment: Deployment, operator: Client, shop: Partner, postgres_server: PostgresServer
) -> None:
    names = [name for name in deployment.names if name.startswith("livestream-supply")]
    before = paid(operator, "2026-03")
    for name in names:
        deployment.stop(name)
    deployment.lose_database("livestream-supply", postgres_server)
    for name in names:
        deployment.start(name)

    operator.post("/registry/v1/snapshots", {})
    deployment.wait_ready(names)
    repeated: list[dict[str, Any]] = list(paid_orders(4_000, SELLERS))[:100]
    with deployment.client(shop.credential) as client:
        until(lambda: client.post(BATCH, repeated)["rejected"] == 0)
    until(lambda: proof_of(operator, shop.code)["pending"] == 0)

    # What metrics knows it does not count again, whoever has forgotten it.
    assert paid(operator, "2026-03") == before
    assert proof_of(operator, shop.code)["difference"] == 0
