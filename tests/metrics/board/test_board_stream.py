"""The stream of an open board: what changed, to everybody from one picture, until it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from sqlalchemy.exc import OperationalError

from metrics.board.queries import pictures
from metrics.board.schemas.pictures import Picture
from metrics.board.use_cases import telling
from metrics.board.use_cases import watching as watching_boards
from metrics.board.use_cases.watching import Boards
from service_chassis import telemetry
from service_chassis.testing import Platform
from tests.metrics.board.walls import (
    BOARD,
    a_browser,
    amounts,
    be_quick,
    boards_of,
    element,
    paid,
    serving,
    wall_token,
    watching,
)
from tests.support.orders import credit_code
from tests.support.scenario import admit, made, told


async def test_a_new_order_comes_by_itself_and_only_what_changed(platform: Platform) -> None:
    partner = await admit(platform, "tmall", [credit_code(0)])
    _, token = await wall_token(platform)
    be_quick(platform)

    async with serving(platform) as address, watching(address, token) as news:
        name, first = await news.next()
        assert (name, set(first["sections"])) == (
            "figures",
            {
                *("notice", "headline", "chart", "parks", "plans"),
                *("mix", "targets", "partners", "pipeline"),
            },
        )
        assert (await news.next())[0] == "current"
        await told(platform, partner, [paid("O-1", "2026-03-02", 4_242)])
        async with asyncio.timeout(10):
            while True:
                _, second = await news.next("figures")
                html = second["sections"].get("headline", "")
                if "4242" in html:
                    break

    assert amounts(element(html, "f-year")) == [4_242]
    assert "targets" not in second["sections"]


async def test_a_page_that_has_the_figures_is_not_sent_them_again(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    async with a_browser(embedded, token) as browser:
        page = (await browser.get(BOARD, headers={"Accept-Language": "en"})).text
    digest = page.partition("seen=")[2].partition('"')[0]

    async with (
        serving(embedded) as address,
        watching(address, token, f"lang=en&seen={digest}") as same,
        watching(address, token, f"lang=zh&seen={digest}") as other,
    ):
        assert (await same.next())[0] == "current"
        assert (await other.next())[0] == "figures"


async def test_many_viewers_cost_one_picture_and_none_cost_nothing(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    boards = be_quick(embedded, 60.0)

    async with serving(embedded) as address, asyncio.TaskGroup() as group:

        async def look(language: str) -> None:
            async with watching(address, token, f"lang={language}") as news:
                await news.next("figures")

        for viewer in range(12):
            group.create_task(look(("zh", "en")[viewer % 2]))

    assert boards.taken == 1


async def test_nothing_is_read_once_the_last_viewer_has_left(
    embedded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await wall_token(embedded)
    monkeypatch.setattr(watching_boards, "SHARE_OF_TIME", 0)
    boards = be_quick(embedded, 0.01)

    async with serving(embedded) as address:
        async with watching(address, token) as news:
            while boards.taken < 3:
                await news.next("figures", "current")
        async with asyncio.timeout(10):
            while boards.viewers:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        taken = boards.taken
        await asyncio.sleep(0.5)

    # One may have been on its way.
    assert boards.taken <= taken + 1


async def test_a_picture_that_takes_long_is_taken_seldom(embedded: Platform) -> None:
    from metrics.board.rules.walls import Wall  # noqa: PLC0415
    from metrics.volume.rules.questions import Scope  # noqa: PLC0415

    boards = Boards(embedded.runtime("metrics"))
    boards.interval = 0.0
    started = monotonic()
    shown = await boards.look(Wall(Scope()))

    assert shown.until - monotonic() >= (monotonic() - started) * 5


async def test_boards_come_back_as_soon_as_the_database_does(
    embedded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await wall_token(embedded)
    boards = be_quick(embedded)
    database = type(boards.runtime.database)
    reading = database.reading

    @asynccontextmanager
    async def away(self: Any, *, snapshot: bool = False) -> AsyncIterator[Any]:
        if snapshot:
            await asyncio.sleep(0.5)
            raise OperationalError("SELECT 1", {}, ConnectionError("could not connect to server"))
        async with reading(self) as session:
            yield session

    monkeypatch.setattr(database, "reading", away)
    async with serving(embedded) as address, watching(address, token) as news:
        await news.next("problem")
        monkeypatch.setattr(database, "reading", reading)
        came_back = monotonic()
        await news.next("figures")

    assert monotonic() - came_back < 0.5 * watching_boards.SHARE_OF_TIME / 2


async def test_however_many_dates_are_asked_for_two_are_read_at_once(
    embedded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await wall_token(embedded)
    boards = be_quick(embedded)
    database = type(boards.runtime.database)
    reading = database.reading
    now, most = 0, 0

    @asynccontextmanager
    async def counted(self: Any, *, snapshot: bool = False) -> AsyncIterator[Any]:
        nonlocal now, most
        now += snapshot
        most = max(most, now)
        try:
            async with reading(self, snapshot=snapshot) as session:
                yield session
        finally:
            now -= snapshot

    monkeypatch.setattr(database, "reading", counted)
    async with a_browser(embedded, token) as browser:
        dates = [f"{BOARD}?on=2026-01-{day:02}" for day in range(1, 7)]
        answers = await asyncio.gather(*(browser.get(date) for date in dates))

    assert {answer.status_code for answer in answers} == {200}
    assert (most, boards.taken) == (2, 6)


@pytest.mark.parametrize("beat", [0.05, 5.0])
async def test_a_credential_revoked_during_a_slow_picture_does_not_get_it(
    embedded: Platform, monkeypatch: pytest.MonkeyPatch, beat: float
) -> None:
    client_id, token = await wall_token(embedded)
    monkeypatch.setattr(telling, "BEAT_SECONDS", beat)
    boards = be_quick(embedded)
    gate = asyncio.Event()

    async def slow(*args: Any) -> Picture:
        await gate.wait()
        return await pictures.picture(*args)

    monkeypatch.setattr(watching_boards, "picture", slow)
    async with serving(embedded) as address, watching(address, token) as news:
        await made(embedded, f"/registry/v1/clients/{client_id}:revoke", {"reason": "gone"})
        await embedded.settle()
        if beat > 1:
            gate.set()
        assert await news.next() == ("ended", {"reason": "revoked"})
        gate.set()

    assert boards.taken <= 1


async def test_a_stop_of_the_process_ends_streams_at_once(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    async with serving(embedded) as address:
        async with watching(address, token) as news:
            await news.next("figures")
            embedded.host.stopping.set()
            started = monotonic()
            await news.rest()
        assert monotonic() - started < 2
        assert boards_of(embedded).viewers == 0


async def test_a_revoked_credential_ends_the_stream_with_its_reason(embedded: Platform) -> None:
    client_id, token = await wall_token(embedded)
    be_quick(embedded)
    async with serving(embedded) as address, watching(address, token) as news:
        await news.next("figures")
        await made(embedded, f"/registry/v1/clients/{client_id}:revoke", {"reason": "gone"})
        await embedded.settle()

        _, ended = await news.next("ended")

        assert ended == {"reason": "revoked"}
        assert not any(line.strip() for line in await news.rest())


async def test_a_database_that_is_away_is_told_and_the_board_comes_back(
    embedded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await wall_token(embedded)
    boards = be_quick(embedded)
    database = boards.runtime.database
    reading = type(database).reading

    def away(*_: object, **__: object) -> object:
        raise OperationalError("SELECT 1", {}, ConnectionError("could not connect to server"))

    async with serving(embedded) as address, watching(address, token) as news:
        await news.next("figures")
        monkeypatch.setattr(type(database), "reading", away)
        assert (await news.next("problem"))[1] == {}
        async with a_browser(embedded) as browser:
            cookie = {"Cookie": f"yuanqu_board={token}"}
            page = await browser.get(BOARD, headers=cookie)
        monkeypatch.setattr(type(database), "reading", reading)
        await news.next("figures", "current")

    assert page.status_code == 503
    assert "text/html" in page.headers["content-type"]
    assert 'http-equiv="refresh"' in page.text


async def test_a_silent_stream_still_beats(
    embedded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await wall_token(embedded)
    monkeypatch.setattr(telling, "BEAT_SECONDS", 0.05)
    be_quick(embedded, 60.0)
    async with serving(embedded) as address, watching(address, token) as news:
        async with asyncio.timeout(10):
            async for line in news.answer.aiter_lines():
                if line.startswith(":"):
                    break

    assert line == ": still here"


async def test_a_full_process_says_so(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    boards = be_quick(embedded)
    boards.most_viewers = 1
    async with serving(embedded) as address, watching(address, token) as news:
        await news.next("figures")
        async with watching(address, token) as second:
            problem = await second.answer.aread()

        assert second.answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert b"board_full" in problem
        assert second.answer.headers["retry-after"] == "30"


async def test_a_stream_of_hours_is_no_slow_request(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    async with serving(embedded) as address:
        async with watching(address, token) as news:
            await news.next("figures")
            shown = generate_latest(telemetry.REGISTRY).decode()
            await asyncio.sleep(1.2)
        await asyncio.sleep(0.1)
    timed = generate_latest(telemetry.REGISTRY).decode()

    assert 'board_viewers{service="metrics"} 1.0' in shown
    assert 'board_viewers{service="metrics"} 0.0' in timed
    route = 'route="/board/events"'
    lines = [line for line in timed.splitlines() if route in line and "_bucket" in line]
    slow = {line.rpartition(" ")[2] for line in lines if 'le="1.0"' in line or 'le="+Inf"' in line}
    assert len(slow) == 1, lines
