"""What the checks of the dashboards share: the server, and a database with something to show."""

from collections.abc import Iterator

import pytest

from tests.grafana.metrics_server import MetricsServer
from tests.support import postgres


@pytest.fixture(scope="session")
def metrics_server(request: pytest.FixtureRequest) -> Iterator[MetricsServer]:
    """PostgreSQL as a stack has it."""
    if postgres.why_unavailable():
        request.getfixturevalue("postgres_server")  # skips or fails, as everywhere
    with MetricsServer() as server:
        yield server
