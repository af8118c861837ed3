from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chassis.http.shop import Shop, open_shop


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A running service with one trusted key."""
    async with open_shop(tmp_path) as opened:
        yield opened
