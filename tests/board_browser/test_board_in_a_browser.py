"""The board in a real browser: what people see, hear and do there."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.board_browser.conftest import ON_THE_NETWORK, OpenTab, Wall
from tests.metrics.board.walls import wall_token
from tests.support.scenario import made

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def values(page: Page, selector: str) -> list[int]:
    """The exact amounts within an element, in minor units."""
    found = page.locator(f"{selector} data")
    return [int(value) for value in found.evaluate_all("all => all.map(each => each.value)")]


def yuan(item: dict[str, Any]) -> int:
    return sum(each["amount_minor"] for each in item["native"] if each["currency"] == "CNY")


def background(page: Page) -> str:
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def test_a_link_opens_the_board_and_leaves_no_token_behind(tab: OpenTab, wall: Wall) -> None:
    opened = tab()
    page = opened.until_live()

    assert page.url == wall.board
    assert page.evaluate("document.cookie") == ""
    assert wall.token not in page.content()
    assert opened.complaints == []
    assert opened.strangers == []


def test_a_screen_in_the_network_signs_in_and_out_over_plain_http(tab: OpenTab, wall: Wall) -> None:
    there = f"http://{ON_THE_NETWORK}:{wall.served.port}"
    opened = tab(f"{there}/board#credential={wall.token}")
    page = opened.until_live()
    assert page.url == f"{there}/metrics/board"

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("alert")).to_have_text("You are signed out.")


def test_a_token_is_typed_in_too(tab: OpenTab, wall: Wall) -> None:
    opened = tab(f"{wall.url}/board")
    page = opened.page
    page.get_by_label("Wall token").fill("no.such.token")
    page.get_by_role("button", name="Open the board").click()
    expect(page.get_by_role("alert")).to_have_text("This is no valid wall token.")

    page.get_by_label("Wall token").fill(wall.token)
    page.keyboard.press("Enter")
    opened.until_live()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("alert")).to_have_text("You are signed out.")
    page.goto(wall.board)
    assert page.url == f"{wall.board}/sign-in"
    assert opened.complaints == []


def test_the_figures_are_those_of_the_api_to_the_fen(tab: OpenTab, wall: Wall) -> None:
    page = tab().until_live()

    for name, period in (("today", "2026-03-02"), ("month", "2026-03"), ("year", "2026-YTD-03")):
        assert values(page, f"#f-{name}") == [sum(map(yuan, wall.ask(period=period)))]
    parks = wall.ask(period="2026-YTD-03", group_by="park", yoy="true")
    in_parks = [each for each in parks if each["group"]["park"]["code"] != "unattributed"]
    ranked = sorted(in_parks, key=yuan, reverse=True)
    [nowhere] = [each for each in parks if each not in in_parks]
    assert values(page, "#s-parks tbody") == [yuan(each) for each in ranked[:10]]
    assert values(page, "#s-parks tfoot") == [sum(map(yuan, ranked[10:])), yuan(nowhere)]
    rates = page.locator("#s-parks tbody .rate").all_text_contents()
    told = [float(each["native"][0]["yoy"]["rate"]) for each in ranked[:10]]
    assert rates == [f"{rate * 100:.2f} %" if not rate else f"+{rate * 100:.2f} %" for rate in told]
    months = wall.ask(period="2025-01..2026-03", by="month")
    shown = values(page, "#s-chart")
    assert sorted(shown) == sorted(yuan(each) for each in months if each["native"])


def test_a_new_order_shows_without_a_reload(tab: OpenTab, wall: Wall) -> None:
    page = tab().until_live()
    page.evaluate("window.notReloaded = true")
    [before] = values(page, "#f-today")

    wall.report(f"NEW-{before}", 123)

    expect(page.locator(f'#f-today data[value="{before + 123}"]')).to_be_visible()
    assert page.evaluate("window.notReloaded") is True


def test_both_languages_are_a_click_away(tab: OpenTab) -> None:
    opened = tab()
    page = opened.until_live()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Park board")

    page.get_by_role("link", name="中文").click()
    opened.until_live()

    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#f-year .unit")).to_have_text(re.compile("亿元"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("园区看板")


def test_a_browser_that_prefers_chinese_gets_chinese(tab: OpenTab) -> None:
    page = tab(locale="zh-CN").until_live()

    expect(page.locator("#state")).to_have_text("实时")


def test_colours_follow_the_system_until_somebody_chooses(tab: OpenTab) -> None:
    light = tab(color_scheme="light").until_live()
    opened = tab(color_scheme="dark")
    dark = opened.until_live()
    assert background(light) != background(dark)

    chosen = light
    chosen.get_by_role("link", name="Dark").click()
    chosen.wait_for_selector('html[data-theme="dark"]')

    assert background(chosen) == background(dark)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_scrolls_down_and_never_sideways(tab: OpenTab, wall: Wall, language: str) -> None:
    opened = tab(f"{wall.url}/board?lang={language}#credential={wall.token}", **PHONE)
    page = opened.until_live()

    wide = "document.documentElement.scrollWidth - window.innerWidth"
    assert page.evaluate(wide) <= 0
    assert page.locator("#s-chart svg.narrow").is_visible()
    page.get_by_role("button").click()
    assert page.evaluate(wide) <= 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wall_shows_headline_chart_and_parks_without_scrolling(
    tab: OpenTab, wall: Wall, language: str
) -> None:
    page = tab(f"{wall.url}/board?lang={language}#credential={wall.token}").until_live()

    for section in ("#s-headline", "#s-chart svg.wide", "#s-parks tbody"):
        box = page.locator(section).bounding_box()
        assert box
        assert box["y"] + box["height"] <= 720, section


def test_the_keyboard_reaches_everything_that_can_be_done(tab: OpenTab) -> None:
    page = tab().until_live()
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
        outlined = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outlined) == "solid"

    assert reached == ["Skip to the figures", "中文", "Dark", "Sign out"]
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "figures"


@pytest.mark.parametrize(
    ("place", "theme"),
    [("board", "light"), ("board", "dark"), ("sign-in", "light"), ("phone", "dark")],
)
def test_an_accessibility_checker_finds_nothing(
    tab: OpenTab, wall: Wall, place: str, theme: str
) -> None:
    options = {"color_scheme": theme} | (PHONE if place == "phone" else {})
    if place == "sign-in":
        page = tab(f"{wall.url}/board", **options).page
    else:
        page = tab(**options).until_live()

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_a_lost_connection_is_said_plainly_and_mends_by_itself(tab: OpenTab, wall: Wall) -> None:
    opened = tab()
    page = opened.until_live()
    page.route("**/events?*", lambda route: route.abort())
    page.reload()
    expect(page.locator("#state")).to_have_text("Connection lost, trying again")
    banner = page.locator("#banner")
    expect(banner).to_contain_text("You see the figures of 2026-03-02 10:00:00")

    page.unroute("**/events?*")

    opened.until_live()
    expect(banner).to_be_hidden()


def test_a_page_of_another_release_loads_itself_anew_once_and_late(
    tab: OpenTab, wall: Wall
) -> None:
    opened = tab()
    page = opened.until_live()
    page.evaluate(
        """() => {
            window.waits = [];
            window.setTimeout = (then, wait) => window.waits.push([then, wait]);
            document.getElementById("s-headline").remove();
            document.body.dataset.release = "old";
        }"""
    )

    before = sum(values(page, "#s-chart"))
    wall.report(f"RELEASE-{before}", 77)
    march = yuan(wall.ask(period="2026-03")[0])
    expect(page.locator(f'#s-chart data[value="{march}"]')).to_have_count(1)
    wall.report(f"RELEASE-{before}-2", 77)
    expect(page.locator(f'#s-chart data[value="{march + 77}"]')).to_have_count(1)

    assert opened.complaints == []
    [wait] = page.evaluate("window.waits.map(each => each[1])")
    assert 5_000 <= wait <= 30_000
    with page.expect_navigation():
        page.evaluate("window.waits[0][0]()")


def test_a_revoked_wall_goes_to_the_sign_in_and_says_why(tab: OpenTab, wall: Wall) -> None:
    platform = wall.served.platform
    client_id, token = wall.served.await_(wall_token(platform))
    opened = tab(f"{wall.url}/board#credential={token}")
    page = opened.until_live()

    path = f"/registry/v1/clients/{client_id}:revoke"
    wall.served.await_(made(platform, path, {"reason": "the wall is gone"}))

    expect(page.get_by_role("alert")).to_have_text("The token has been revoked: ask for a new one.")
    assert opened.complaints == []


def test_without_scripts_the_figures_are_there_all_the_same(tab: OpenTab, wall: Wall) -> None:
    opened = tab(f"{wall.url}/board", java_script_enabled=False)
    page = opened.page
    page.get_by_label("Wall token").fill(wall.token)
    page.get_by_role("button", name="Open the board").click()

    expect(page.locator("#f-year .exact")).to_be_visible()
    expect(page.get_by_text("Reloads every minute")).to_be_visible()
