"""A platform with figures on a socket, and a Chromium to look at it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.metrics.board.walls import be_quick, paid, wall_token
from tests.support.orders import credit_code
from tests.support.scenario import (
    Partner,
    admit,
    made,
    publish_plan,
    register_park,
    told,
)
from tests.support.served import Served

ON_THE_NETWORK = "wall.test"
"""A name of plain http that browsers trust no more than any: it is not the loopback."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {ON_THE_NETWORK} 127.0.0.1",
)
PARKS = 12
PATIENCE_MILLISECONDS = 15_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


class Wall:
    """A platform with a partner, twelve parks, a plan and a target; a token for its board."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.url = served.url
        self.board = f"{served.url}/metrics/board"
        self.partner: Partner = served.await_(self._fill())
        self.client_id, self.token = served.await_(wall_token(served.platform))
        be_quick(served.platform, 0.3)

    @property
    def link(self) -> str:
        """What `yuanqu board` prints."""
        return f"{self.url}/board#credential={self.token}"

    def ask(self, **params: str) -> list[dict[str, Any]]:
        """The items of the API's own answer."""
        with self.served.client() as http:
            answer = http.get("/metrics/v1/volumes", params=params)
        assert answer.status_code == httpx.codes.OK, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def report(self, order_no: str, amount_minor: int) -> None:
        """One more order today."""
        orders = [paid(order_no, "2026-03-02", amount_minor)]
        self.served.await_(told(self.served.platform, self.partner, orders))

    async def _fill(self) -> Partner:
        platform = self.served.platform
        # One more than there are parks: what it sold belongs to none.
        sellers = [credit_code(number) for number in range(PARKS + 1)]
        partner = await admit(platform, "tmall", sellers)
        codes = [f"GZ-PARK-{number:02}" for number in range(PARKS)]
        orders = []
        for number, code in enumerate(codes):
            await register_park(platform, code, "440105", name_zh=f"广州示范园区 {number:02}(示例)")
            stay = {"enterprise_uscc": sellers[number], "park_code": code, "counting": True}
            stay["moved_in_on"] = "2020-01-01"
            await made(platform, "/registry/v1/tenancies", stay)
        for number, seller in enumerate(sellers):
            for month in (1, 2, 3):
                for year in (2025, 2026):
                    amount = 700_000_000_000 * (number + 1) + month * year
                    moment = f"{year}-{month:02}-01"
                    name = f"{number}-{moment}"
                    orders.append(paid(name, moment, amount, seller_uscc=seller))
        await publish_plan(platform, "GZ119", [("PAZHOU", "hq", codes[:6])])
        target = {
            "plan_code": "GZ119",
            "node_code": "PAZHOU",
            "year": 2026,
            "measure": "ECV_PAID",
            "operator": ">",
            "amount_minor": 9_000_000_000_000,
            "currency": "CNY",
        }
        assert (await platform.post("/registry/v1/targets", target)).is_success
        await told(platform, partner, orders)
        return partner


@pytest.fixture(scope="module")
def wall(served: Served) -> Wall:
    """The board of a platform that has traded."""
    return Wall(served)


@pytest.fixture(scope="module")
def chromium(wall: Wall) -> Iterator[Browser]:
    """One browser for all; it is closed before the server is."""
    if CHROMIUM is None or not Path(CHROMIUM).exists():
        reason = "there is no Chromium: apt-get install chromium"
        if os.environ.get("YUANQU_REQUIRE_BACKENDS") == "1":
            pytest.fail(f"YUANQU_REQUIRE_BACKENDS=1, and {reason}", pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Tab:
    """A page and everything that went wrong or elsewhere in it."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.context = context
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda asked: None if asked.url.startswith(home) else self.strangers.append(asked.url),
        )

    def until_live(self) -> Page:
        """The page, once its stream has told it something."""
        self.page.wait_for_selector('#state[data-state="live"]')
        return self.page


OpenTab = Callable[..., Tab]


@pytest.fixture
def tab(chromium: Browser, wall: Wall) -> Iterator[OpenTab]:
    """Opens a tab of a browser of its own, on the board unless told otherwise."""
    contexts: list[BrowserContext] = []

    def open_tab(address: str | None = None, **options: Any) -> Tab:
        usual = {"viewport": {"width": 1280, "height": 720}, "locale": "en-GB"}
        contexts.append(chromium.new_context(**(usual | options)))
        opened = Tab(contexts[-1], wall.url)
        opened.page.goto(address or wall.link)
        return opened

    yield open_tab
    for context in contexts:
        context.close()
