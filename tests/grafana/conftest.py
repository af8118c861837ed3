"""What the checks of the dashboards share: the server, and a database with something to show."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.grafana import town
from tests.grafana.metrics_server import MetricsServer
from tests.grafana.traded import Towns, Traded
from tests.support import postgres


@pytest.fixture(scope="session")
def metrics_server(request: pytest.FixtureRequest) -> Iterator[MetricsServer]:
    """PostgreSQL as a stack has it."""
    if postgres.why_unavailable():
        request.getfixturevalue("postgres_server")  # skips or fails, as everywhere
    with MetricsServer() as server:
        yield server


@pytest.fixture(scope="session")
def towns(metrics_server: MetricsServer) -> Towns:
    """The town on any day."""
    return Towns(metrics_server)


@pytest.fixture(scope="session")
def traded(towns: Towns) -> Traded:
    """The town as it stands."""
    return towns.on(town.TODAY)


@pytest.fixture
def reader(traded: Traded) -> Iterator[psycopg.Connection[Any]]:
    """A session of the dashboards."""
    with traded.read() as connection:
        yield connection
