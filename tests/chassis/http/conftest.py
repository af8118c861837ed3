from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chassis.http.shop import Shop, open_shop


@pytest.fixture
def database_url() -> str | None:
    """The address of an empty database; None is a file in the test's own folder."""
    return None


@pytest.fixture
async def shop(tmp_path: Path, database_url: str | None) -> AsyncIterator[Shop]:
    """A running service with one trusted key."""
    urls = {"shop": database_url} if database_url else {}
    async with open_shop(tmp_path, database_urls=urls) as opened:
        yield opened
