from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.support.postgres import PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Either database, empty."""
    if request.param == "sqlite":
        yield None
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"shop_{uuid4().hex}"
    yield server.create_database(name)
    server.drop_database(name)
