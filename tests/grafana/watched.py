"""Processes under some load, and the real Prometheus that scrapes them as a stack's does."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.support.deployment import Client, Deployment
from tests.support.orders import a_fact, paid_orders, sellers
from tests.support.processes import free_ports
from tests.support.scenario import SINCE, Partner, admit_over_http
from tests.watching.rules import PROMETHEUS, program, read
from tests.watching.servers import served

POSTS = "/livestream-supply/v1/order-events:batch"
SELLERS = sellers(5)
LOAD_SECONDS = 7.0
KNOWN_WITHIN = 30.0


@dataclass(frozen=True)
class Watcher:
    """Prometheus over HTTP, as Grafana asks it."""

    address: str

    def now(self, expr: str) -> list[dict[str, Any]]:
        """The series of an instant query."""
        return self._ask("query", {"query": expr})

    def lately(self, expr: str, seconds: int = 60) -> list[dict[str, Any]]:
        """The series of a range query that have a sample."""
        until = time.time()
        asked = {"query": expr, "start": until - seconds, "end": until, "step": 1}
        return self._ask("query_range", asked)

    def label_values(self, metric: str, label: str) -> list[str]:
        """What a variable offers."""
        answer = httpx.get(
            f"http://{self.address}/api/v1/label/{label}/values", params={"match[]": metric}
        )
        return list(answer.raise_for_status().json()["data"])

    def _ask(self, kind: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        answer = httpx.post(f"http://{self.address}/api/v1/{kind}", data=parameters, timeout=20)
        if answer.is_error:
            raise AssertionError(f"{parameters['query']}: {answer.text}")
        return list(answer.json()["data"]["result"])


@contextmanager
def watching(deployment: Deployment, folder: Path) -> Iterator[Watcher]:
    """Prometheus with the labels and rules of deploy/prometheus, every second."""
    processes = read(PROMETHEUS / "prometheus.yml")["scrape_configs"][0]
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(PROMETHEUS / name) for name in ("recording.yml", "alerts.yml")],
        "scrape_configs": [
            {
                "job_name": name,
                "static_configs": [
                    {
                        "targets": [f"127.0.0.1:{port}"],
                        "labels": {"service": re.sub("-(api|worker-[0-9]+)$", "", name)},
                    }
                ],
                "metric_relabel_configs": processes["metric_relabel_configs"],
            }
            for name, port in deployment._telemetry.items()
        ],
    }
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    (port,) = free_ports(1)
    command = [program("prometheus"), f"--config.file={path}"]
    command += [f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}"]
    with served(command, folder / "prometheus.log", port, "/-/ready"):
        yield Watcher(f"127.0.0.1:{port}")


def load(deployment: Deployment) -> None:
    """Some seconds of orders, good, repeated, in conflict and rejected, and of questions."""
    with deployment.client() as operator:
        partner = admit_over_http(operator.post, "mall", SELLERS)
        _let_another_be_silent(operator)
        operator.post("/metrics/v1/rebuilds", {"compare_only": True, "reason": "a look"})
        with deployment.client(partner.credential) as client:
            _wait_until_known(client, partner)
            until = time.monotonic() + LOAD_SECONDS
            number = 0
            while time.monotonic() < until:
                number += 1
                _post(client, number)
                operator.get("/metrics/v1/volumes", params={"period": f"{datetime.now(UTC):%Y}"})
                time.sleep(0.1)
            stated = {"business_date": "2026-03-01", "kind": "paid", "currency": "CNY"}
            totals = {"items": [{**stated, "count": 0, "amount_minor": 0}]}
            client.post("/livestream-supply/v1/control-totals", totals)


def _let_another_be_silent(operator: Client) -> None:
    operator.post(
        "/registry/v1/platforms",
        {
            "code": "silent-mall",
            "name_zh": "静默平台",
            "name_en": "Silent mall",
            "reports_every_minutes": 1,
        },
    )
    authorisations = [
        {"platform_code": "silent-mall", "seller_uscc": uscc, "valid_from": SINCE}
        for uscc in SELLERS[:1]
    ]
    operator.post("/registry/v1/authorisations:batch", {"items": authorisations})


def _wait_until_known(client: Client, partner: Partner) -> None:
    deadline = time.monotonic() + KNOWN_WITHIN
    while client.post(POSTS, [a_fact("known")])["summary"]["rejected"]:
        assert time.monotonic() < deadline, f"{partner.code} is not known"
        time.sleep(0.2)


def _post(client: Client, number: int) -> None:
    start = datetime.now(UTC) - timedelta(minutes=2)
    orders: Sequence[dict[str, Any]] = list(
        paid_orders(
            40, SELLERS, start=start, over=timedelta(minutes=1), prefix=f"L{number}-", seed=number
        )
    )
    conflict = {**orders[0], "amount_minor": 1}
    rejected = {**orders[1], "order_no": f"R{number}", "amount_minor": -1}
    for batch in (list(orders), list(orders[:5]), [conflict, rejected]):
        headers = {"Idempotency-Key": f"{number}-{batch[0]['amount_minor']}-{len(batch)}"}
        for _ in range(2):
            client.post(POSTS, batch, headers=headers)
