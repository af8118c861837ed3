"""Who may look at the board: a wall token as a cookie, for the board alone, until it ends."""

import re
from datetime import timedelta

import httpx
import pytest

from service_chassis.rate_limits import Limiter, RateLimits
from service_chassis.testing import Platform
from tests.metrics.board.walls import BOARD, a_browser, wall_token
from tests.support.scenario import made

SIGN_IN = f"{BOARD}/sign-in"


async def test_whoever_is_unknown_is_led_to_the_sign_in(embedded: Platform) -> None:
    async with a_browser(embedded) as browser:
        short = await browser.get("/board?lang=zh")
        answer = await browser.get(BOARD)
        kept = await browser.get(f"{BOARD}?lang=zh")
        stream = await browser.get(f"{BOARD}/events")
        form = await browser.get(SIGN_IN)

    assert (short.status_code, short.headers["location"]) == (302, f"{BOARD}?lang=zh")
    assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)
    assert kept.headers["location"] == f"{SIGN_IN}?lang=zh"
    assert (stream.status_code, stream.json()["code"]) == (401, "not_authenticated")
    assert form.status_code == 200
    assert 'name="credential"' in form.text


async def test_a_sign_in_keeps_the_token_where_no_script_and_no_other_route_sees_it(
    embedded: Platform,
) -> None:
    _, token = await wall_token(embedded)

    async with a_browser(embedded) as browser:
        answer = await browser.post(SIGN_IN, data={"credential": f" {token}\n"})
        page = await browser.get(BOARD)
    secure = {"X-Forwarded-Proto": "https"}
    async with a_browser(embedded) as browser:
        over_tls = await browser.post(SIGN_IN, data={"credential": token}, headers=secure)

    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, answer.headers["location"]) == (303, BOARD)
    for attribute in (f"Max-Age={90 * 86_400}", "HttpOnly", "SameSite=lax", f"Path={BOARD}"):
        assert attribute in cookie
    assert "Secure" not in cookie
    assert "Secure" in over_tls.headers["set-cookie"]
    assert page.status_code == 200


@pytest.mark.parametrize("path", ["/metrics/v1/volumes?period=2026", "/registry/v1/parks"])
async def test_a_wall_token_opens_nothing_but_the_board(embedded: Platform, path: str) -> None:
    _, token = await wall_token(embedded)
    async with a_browser(embedded, token) as browser:
        assert (await browser.get(BOARD)).status_code == 200

        by_cookie = await browser.get(path, headers={"Cookie": f"yuanqu_board={token}"})
        as_bearer = await browser.get(path, headers={"Authorization": f"Bearer {token}"})

    assert (by_cookie.status_code, as_bearer.status_code) == (401, 401)


async def test_an_access_token_is_no_cookie_and_opens_the_board_as_a_bearer(
    embedded: Platform,
) -> None:
    access = await embedded.token()
    async with a_browser(embedded) as browser:
        refused = await browser.post(SIGN_IN, data={"credential": access})
        cookie = await browser.get(BOARD, headers={"Cookie": f"yuanqu_board={access}"})
    by_bearer = await embedded.get(BOARD)

    assert refused.headers["location"] == f"{SIGN_IN}?reason=invalid"
    assert cookie.status_code == 303
    assert by_bearer.status_code == 200


async def test_a_client_without_figures_may_not_look(embedded: Platform) -> None:
    issued = await made(
        embedded, "/registry/v1/clients", {"name": "x", "scopes": ["registry:read"]}
    )
    client = (issued["client_id"], issued["client_secret"])

    answer = await embedded.get(BOARD, client=client)

    assert answer.status_code == 403
    assert "text/html" in answer.headers["content-type"]


async def test_a_revoked_wall_goes_dark(platform: Platform) -> None:
    client_id, token = await wall_token(platform)
    async with a_browser(platform, token) as browser:
        assert (await browser.get(BOARD)).status_code == 200

        reason = {"reason": "the wall is gone"}
        await made(platform, f"/registry/v1/clients/{client_id}:revoke", reason)
        await platform.settle()
        answer = await browser.get(BOARD)

    assert answer.headers["location"] == f"{SIGN_IN}?reason=revoked"
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_wall_ends_with_its_days(embedded: Platform) -> None:
    _, token = await wall_token(embedded, days=1)
    async with a_browser(embedded, token) as browser:
        embedded.clock.advance(timedelta(days=1))
        answer = await browser.get(BOARD, headers={"Cookie": f"yuanqu_board={token}"})
        form = await browser.get(answer.headers["location"])

    assert answer.headers["location"] == f"{SIGN_IN}?reason=expired"
    assert "The token has expired" in form.text


async def test_a_rotated_key_leaves_walls_alone(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    await made(embedded, "/registry/v1/signing-keys:rotate", {"reason": "yearly"})
    await embedded.settle()
    embedded.clock.advance(timedelta(days=60))

    async with a_browser(embedded, token) as browser:
        assert (await browser.get(BOARD)).status_code == 200


async def test_walls_of_one_address_are_counted_each_by_its_client(embedded: Platform) -> None:
    cookies = []
    for _ in range(2):
        _, token = await wall_token(embedded)
        cookies.append({"Cookie": f"yuanqu_board={token}"})
    identity = embedded.host.apps["/metrics"].state.identity
    limited = RateLimits(embedded.host.app, "metrics", identity, Limiter(rate=0.01, burst=4))
    transport = httpx.ASGITransport(limited)
    async with httpx.AsyncClient(transport=transport, base_url="http://yuanqu.test") as browser:
        # A token counts for its client once it has been verified.
        for cookie in cookies:
            await browser.get(BOARD, headers=cookie)
        one = [(await browser.get(BOARD, headers=cookies[0])).status_code for _ in range(5)]
        other = await browser.get(BOARD, headers=cookies[1])
        made_up = {"Cookie": "yuanqu_board=a.b.c"}
        strangers = [(await browser.get(BOARD, headers=made_up)).status_code for _ in range(3)]

    assert one == [200, 200, 200, 200, 429]
    assert other.status_code == 200
    assert strangers == [303, 303, 429]


async def test_nobody_is_signed_in_or_out_from_another_site(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    async with a_browser(embedded) as browser:
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.test"},
            {"Origin": "null"},
        ):
            for path in (SIGN_IN, f"{BOARD}/sign-out"):
                answer = await browser.post(path, data={"credential": token}, headers=headers)
                assert answer.status_code == 403
                assert "set-cookie" not in answer.headers
        own = {"Origin": "http://yuanqu.test"}
        assert (
            await browser.post(SIGN_IN, data={"credential": token}, headers=own)
        ).status_code == 303


async def test_signing_out_forgets_the_token(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    async with a_browser(embedded, token) as browser:
        answer = await browser.post(f"{BOARD}/sign-out")
        after = await browser.get(BOARD)

    assert answer.headers["location"] == f"{SIGN_IN}?reason=signed_out"
    assert after.headers["location"] == SIGN_IN


@pytest.mark.parametrize(
    "body", [b"", b"credential=", b"credential=x.y.z", b"\xff\xfe", b"a=1&" * 20]
)
async def test_what_is_no_token_is_refused_and_said_so(embedded: Platform, body: bytes) -> None:
    async with a_browser(embedded) as browser:
        answer = await browser.post(SIGN_IN, content=body)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{SIGN_IN}?reason=invalid")


async def test_pages_let_nothing_foreign_in(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    async with a_browser(embedded, token) as browser:
        for path in (BOARD, SIGN_IN):
            headers = (await browser.get(path)).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
            assert "unsafe" not in policy
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"


async def test_only_assets_of_this_release_are_kept(embedded: Platform) -> None:
    async with a_browser(embedded) as browser:
        form = (await browser.get(SIGN_IN)).text
        [own] = re.findall(r'src="([^"]+board\.js[^"]+)"', form)
        addresses = (own, f"{BOARD}/assets/board.js?0123456789ab", f"{BOARD}/assets/board.js")
        kept = [(await browser.get(path)).headers["cache-control"] for path in addresses]

    assert kept == ["public, max-age=86400", "no-store", "no-store"]


async def test_language_and_colours_are_kept(embedded: Platform) -> None:
    _, token = await wall_token(embedded)
    async with a_browser(embedded, token) as browser:
        chosen = await browser.get(f"{BOARD}?on=2026-01-01&lang=zh&theme=dark")
        page = (await browser.get(BOARD, headers={"Accept-Language": "en"})).text

    assert chosen.headers["location"] == f"{BOARD}?on=2026-01-01"
    assert '<html lang="zh-CN" data-theme="dark">' in page
