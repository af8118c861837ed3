"""What behaviour across services is tried on."""

from collections.abc import Iterator, Sequence

import pytest

from service_chassis.service import Service
from service_chassis.testing import SqliteTemplates
from tests.support.served import Served


@pytest.fixture(scope="module")
def served(
    services: Sequence[Service],
    sqlite_templates: SqliteTemplates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """The whole platform behind a socket, shared by the tests of a module."""
    folder = tmp_path_factory.mktemp("served")
    with Served(services, sqlite_templates.copy_to(folder, services), folder) as platform:
        yield platform
