"""A wall as a browser has it: a token kept as a cookie, a page, a stream of news."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from metrics.board.use_cases.watching import Boards
from service_chassis.process import server
from service_chassis.testing import Platform
from tests.support.orders import a_fact
from tests.support.scenario import made

BOARD = "/metrics/board"
ZH = {"Accept-Language": "zh-CN"}


def paid(order_no: str, day: str, amount_minor: int, **members: Any) -> dict[str, Any]:
    """A paid order at nine in the morning of a day."""
    moment = f"{day}T09:00:00+08:00"
    return a_fact(order_no, occurred_at=moment, amount_minor=amount_minor, **members)


async def wall_token(platform: Platform, days: int = 90, **members: Any) -> tuple[str, str]:
    """A client for a wall and a token of it; settled."""
    registration = {"name": "lobby", "scopes": ["board:read"]} | members
    client_id = (await made(platform, "/registry/v1/clients", registration))["client_id"]
    path = f"/registry/v1/clients/{client_id}:issue-wall-token"
    issued = await made(platform, path, {"days": days})
    await platform.settle()
    # Keys and revocations are a second old at most; tests do not wait for it.
    platform.host.apps["/metrics"].state.identity.refresh_seconds = 0.0
    return client_id, issued["wall_token"]


@asynccontextmanager
async def a_browser(
    platform: Platform, token: str | None = None, base_url: str = "http://yuanqu.test"
) -> AsyncIterator[httpx.AsyncClient]:
    """Something that keeps cookies, signed in with the token."""
    transport = httpx.ASGITransport(platform.host.app)
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as browser:
        if token is not None:
            answer = await browser.post(f"{BOARD}/sign-in", data={"credential": token})
            assert answer.headers["location"] == BOARD, answer.headers
        yield browser


async def page_of(platform: Platform, path: str = BOARD, **members: Any) -> str:
    """The board as a wall of this record scope shows it."""
    _, token = await wall_token(platform, **members)
    async with a_browser(platform, token) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def element(html: str, name: str) -> str:
    """The part of a page from this id to that of the next figure or section."""
    start = html.index(f'id="{name}"')
    following = re.search(r'id="s-' if name.startswith("s-") else r'id="[fs]-', html[start + 5 :])
    return html[start : start + 5 + following.start()] if following else html[start:]


def amounts(html: str) -> list[int]:
    """Every exact amount or number, in minor units."""
    return [int(value) for value in re.findall(r'<data[^>]* value="(-?\d+)"', html)]


def boards_of(platform: Platform) -> Boards:
    """What the process keeps of its open boards."""
    boards: Boards = platform.host.apps["/metrics"].state.boards
    return boards


def be_quick(platform: Platform, seconds: float = 0.05) -> Boards:
    """Take pictures more often than a wall needs."""
    state = platform.host.apps["/metrics"].state
    if not hasattr(state, "boards"):
        state.boards = Boards(platform.runtime("metrics"))
    state.boards.interval = seconds
    return boards_of(platform)


@asynccontextmanager
async def serving(platform: Platform) -> AsyncIterator[str]:
    """The platform on a socket: only there does an answer arrive piece by piece."""
    http = server(platform.host.app, "127.0.0.1", 0)
    task = asyncio.create_task(http.serve())
    while not http.started:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{http.servers[0].sockets[0].getsockname()[1]}"
    finally:
        http.should_exit = True
        await task


class News:
    """Events of a stream, one after the other."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self, *wanted: str) -> tuple[str, dict[str, Any]]:
        """The next event of one of these names, or of any."""
        async with asyncio.timeout(10):
            name = ""
            async for line in self._lines:
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data" and (not wanted or name in wanted):
                    return name, json.loads(value)
        raise EOFError("the stream has ended")

    async def rest(self) -> Sequence[str]:
        """What still comes until the end."""
        async with asyncio.timeout(10):
            return [line async for line in self._lines]


@asynccontextmanager
async def watching(address: str, token: str, query: str = "lang=en") -> AsyncIterator[News]:
    """An open board's stream."""
    async with (
        httpx.AsyncClient(
            base_url=address, cookies={"yuanqu_board": token}, timeout=20, trust_env=False
        ) as http,
        http.stream("GET", f"{BOARD}/events?{query}") as answer,
    ):
        yield News(answer)
