"""The declared list of metrics and what Prometheus reads from a running platform are the same."""

import importlib
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prometheus_client import Metric as Family
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from service_chassis import telemetry
from service_chassis.telemetry import CATALOGUE, OF_THE_CLIENT
from service_chassis.testing import Platform
from tests.support.installation import Installation, installed
from tests.support.orders import paid_orders, sellers
from tests.support.scenario import (
    Partner,
    admit,
    admit_over_http,
    report,
)

PATIENCE = 45.0
SELLERS = sellers(3)
OF_THE_PROCESS = {metric.name for metric in OF_THE_CLIENT}
OVER_KAFKA = {
    "consumer_lag_messages",
    "consumer_lag_seconds",
    "consumer_last_poll_timestamp_seconds",
    "consumer_partitions",
    "consumer_retrying_seconds",
    "kafka_producer_rebuilds_total",
}
OVER_POSTGRESQL = {"database_connections", "database_connections_limit"}
# Without a sample until something has gone wrong.
IN_TROUBLE = {"dead_letters_buried_total", "inbox_redelivered_total", "relay_failures_total"}
# A year of orders and a partner that states how often it reports: tests/telemetry has them.
OF_LONG_STANDING = {"volume_year_on_year_ratio", "platform_overdue_seconds"}
MOST_SERIES = 3_000


@pytest.fixture(scope="module", autouse=True)
def declared() -> None:
    """The services declare their metrics when they are imported."""
    for package in ("registry", "livestream_supply", "metrics"):
        importlib.import_module(f"{package}.service")


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Family]]:
    """What a platform shows that has taken orders, good and bad."""
    with installed(tmp_path_factory.mktemp("scraped")) as installation:
        load(installation)
        wanted = set(CATALOGUE) - OVER_KAFKA - OVER_POSTGRESQL - IN_TROUBLE - OF_LONG_STANDING
        deadline = time.monotonic() + PATIENCE
        while True:
            families = read(installation.scrape())
            there = {name for name, family in families.items() if family.samples}
            if wanted <= there or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        yield families


def read(text: str) -> dict[str, Family]:
    """Families by the name they are declared under."""
    found = {}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = family
    return found


def load(installation: Installation) -> None:
    """Orders that are counted, repeated, in conflict and rejected; totals, a replay, a rebuild."""
    with installation.client() as operator:
        partner = admit_over_http(lambda path, body: sent(operator, path, body), "mall", SELLERS)
        sent(operator, "/metrics/v1/rebuilds", {"compare_only": True, "reason": "a look"})
    with installation.client(partner.credential) as client:
        orders = list(paid_orders(20, SELLERS))
        conflict = [{**orders[0], "amount_minor": 1}]
        rejected = [{**orders[1], "order_no": "R1", "amount_minor": -1}]
        post_when_known(client, partner, orders)
        for batch in (orders, conflict, rejected):
            headers = {"Idempotency-Key": batch[0]["order_no"] + str(batch[0]["amount_minor"])}
            for _ in range(2):
                sent(client, "/livestream-supply/v1/order-events:batch", batch, headers)
        stated = {"business_date": "2026-03-01", "kind": "paid", "currency": "CNY"}
        totals = {"items": [{**stated, "count": 0, "amount_minor": 0}]}
        sent(client, "/livestream-supply/v1/control-totals", totals)


def sent(client: httpx.Client, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    """The answer to a post that must succeed."""
    answer = client.post(path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


def post_when_known(client: httpx.Client, partner: Partner, orders: list[dict[str, Any]]) -> None:
    """Post until the news of the partner's authorisations has arrived."""
    deadline = time.monotonic() + PATIENCE
    while True:
        receipt = sent(client, "/livestream-supply/v1/order-events:batch", orders)
        if not receipt["summary"]["rejected"]:
            return
        assert time.monotonic() < deadline, f"{partner.code} is not known: {receipt}"
        time.sleep(0.2)


@pytest.mark.slow
def test_what_is_shown_is_what_is_declared(scraped: dict[str, Family]) -> None:
    shown = scraped.keys() - OF_THE_PROCESS

    assert shown == set(CATALOGUE)
    kinds = {name: scraped[name].type for name in shown}
    assert kinds == {name: metric.kind for name, metric in CATALOGUE.items()}
    meanings = {name: scraped[name].documentation for name in shown}
    assert meanings == {name: metric.meaning for name, metric in CATALOGUE.items()}


@pytest.mark.slow
def test_labels_are_those_declared_and_every_sample_names_its_service(
    scraped: dict[str, Family],
) -> None:
    for name, metric in CATALOGUE.items():
        for sample in scraped[name].samples:
            assert set(sample.labels) - {"le"} == set(metric.labels), name
            assert sample.labels["service"] in {
                "registry",
                "livestream-supply",
                "metrics",
                "yuanqu",
            }, name


@pytest.mark.slow
def test_a_platform_that_has_taken_orders_shows_all_but_what_it_cannot_know(
    scraped: dict[str, Family],
) -> None:
    silent = {name for name in CATALOGUE if not scraped[name].samples}

    assert silent <= OVER_KAFKA | OVER_POSTGRESQL | IN_TROUBLE | OF_LONG_STANDING
    assert sum(len(family.samples) for family in scraped.values()) < MOST_SERIES


@pytest.mark.kafka
@pytest.mark.postgresql
async def test_over_kafka_and_postgresql_groups_and_sessions_are_shown(
    distributed: Platform,
) -> None:
    partner = await admit(distributed, "mall", SELLERS)
    await report(distributed, partner, list(paid_orders(5, SELLERS)))
    await distributed.settle()

    exposed = read(generate_latest(telemetry.REGISTRY).decode())
    for name in (OVER_KAFKA - {"kafka_producer_rebuilds_total"}) | OVER_POSTGRESQL:
        samples = exposed[name].samples
        assert samples, name
        assert {frozenset(sample.labels) for sample in samples} == {
            frozenset(CATALOGUE[name].labels)
        }
    topics = {sample.labels["topic"] for sample in exposed["consumer_lag_messages"].samples}
    # The prefix of an installation is no part of a topic's name: it would have no bound.
    assert "livestream_supply.orders" in topics
    assert all(
        topic.split(".")[0] in {"registry", "livestream_supply", "metrics"} for topic in topics
    )
