"""Every question to Prometheus, asked of the real one that scrapes real processes under load."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.grafana.grafana import Asked, Chosen, asked, dashboards, filled_in
from tests.grafana.watched import Watcher, load, watching
from tests.support.deployment import Deployment
from tests.support.kafka import KafkaServer
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.postgresql]

DOCUMENTS = dashboards()
QUESTIONS = [
    each
    for document in DOCUMENTS.values()
    for each in asked(document)
    if each.source == "yuanqu-prometheus"
]
PATIENCE = 30.0


@pytest.fixture(scope="module")
def watcher(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: PostgresServer,
    kafka_server: KafkaServer,
) -> Iterator[Watcher]:
    folder = tmp_path_factory.mktemp("watched")
    with (
        Deployment(folder, postgres_server, kafka_server, workers={"metrics": 1}) as deployment,
        watching(deployment, folder) as prometheus,
    ):
        load(deployment)
        yield prometheus


def offered(document: dict[str, Any], watcher: Watcher) -> Iterator[tuple[str, list[str]]]:
    """What each variable that Prometheus fills has to offer."""
    for variable in document["templating"]["list"]:
        if variable.get("datasource", {}).get("uid") == "yuanqu-prometheus":
            found = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
            assert found
            yield variable["name"], watcher.label_values(*found.groups())


def test_variables_offer_something(watcher: Watcher) -> None:
    services = dict(offered(DOCUMENTS["yuanqu-pipeline"], watcher))["service"]
    platforms = dict(offered(DOCUMENTS["yuanqu-live-sale-night"], watcher))["platform"]

    assert services == ["livestream-supply", "metrics", "registry"]
    assert "mall" in platforms


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_returns_series(question: Asked, watcher: Watcher) -> None:
    expr = filled_in(question.text, {name: Chosen(".*") for name in ("service", "platform")})
    ask = watcher.now if question.now else watcher.lately
    deadline = time.monotonic() + PATIENCE
    while not (series := ask(expr)):
        assert time.monotonic() < deadline, expr
        time.sleep(0.5)

    values = [value for each in series for _, value in each.get("values") or [each["value"]]]
    assert any(value != "NaN" for value in values), expr


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_can_be_narrowed(question: Asked, watcher: Watcher) -> None:
    chosen = {"service": Chosen(values=["metrics"]), "platform": Chosen(values=["mall", "other"])}

    watcher.now(filled_in(question.text, chosen))
