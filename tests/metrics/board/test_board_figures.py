"""The figures of the board are those of the API, within what its credential may see."""

from datetime import UTC, datetime
from typing import Any

from service_chassis.testing import Platform
from tests.metrics.board.walls import (
    BOARD,
    a_browser,
    amounts,
    be_quick,
    element,
    page_of,
    paid,
    serving,
    wall_token,
    watching,
)
from tests.support.orders import credit_code
from tests.support.scenario import (
    admit,
    found,
    made,
    move_in,
    publish_plan,
    register_park,
    told,
)

SELLER, OTHER = credit_code(0), credit_code(1)
VOLUMES = "/metrics/v1/volumes"


async def two_parks(platform: Platform) -> None:
    """Orders of two parks in two regions, this year and the one before; today is 2026-03-02."""
    partner = await admit(platform, "tmall", [SELLER, OTHER])
    await register_park(platform, "GZ-PAZHOU", "440105")
    await register_park(platform, "HZ-BINJIANG", "330108")
    await move_in(platform, SELLER, "GZ-PAZHOU", "2020-01-01")
    await move_in(platform, OTHER, "HZ-BINJIANG", "2020-01-01")
    orders = [
        paid("O-1", "2026-03-02", 123_456_789_012),
        paid("O-2", "2026-03-01", 99, channel="livestream", category="cosmetics"),
        paid("O-3", "2026-01-15", 1_000, seller_uscc=OTHER),
        paid("O-4", "2025-01-15", 500, seller_uscc=OTHER),
        paid("O-5", "2025-03-02", 100_000_000_000),
        paid("O-6", "2025-12-24", 7),
        paid("O-7", "2026-02-03", 2_050, currency="USD"),
    ]
    await told(platform, partner, orders)


async def asked(platform: Platform, **params: str) -> Any:
    items = (await found(platform, VOLUMES, params={"yoy": "true"} | params))["items"]
    return [
        next((each for each in item["native"] if each["currency"] == "CNY"), None) for item in items
    ]


async def test_the_headline_is_what_the_api_answers(platform: Platform) -> None:
    await two_parks(platform)

    html = await page_of(platform)

    for name, period in (("today", "2026-03-02"), ("month", "2026-03"), ("year", "2026-YTD-03")):
        [figure] = await asked(platform, period=period)
        part = element(html, f"f-{name}")
        assert amounts(part) == [figure["amount_minor"]], name
        growth = f"{float(figure['yoy']['rate']) * 100:+.2f} %"
        assert growth in part, name
    assert "USD 20.50" in element(html, "f-year")
    assert amounts(element(html, "f-orders")) == [4]


async def test_parks_channels_categories_and_months_are_what_the_api_answers(
    embedded: Platform,
) -> None:
    await two_parks(embedded)

    html = await page_of(embedded)

    for section, group in (("s-parks", "park"), ("s-mix", "channel"), ("s-mix", "category")):
        figures = await asked(embedded, period="2026-YTD-03", group_by=group)
        expected = sorted((each["amount_minor"] for each in figures if each), reverse=True)
        shown = amounts(element(html, section))
        assert [amount for amount in shown if amount in expected][: len(expected)] == expected
    by_month = await found(embedded, VOLUMES, params={"period": "2026-YTD-03", "by": "month"})
    chart = element(html, "s-chart")
    for item in by_month["items"]:
        amount = sum(each["amount_minor"] for each in item["native"] if each["currency"] == "CNY")
        assert not amount or amount in amounts(chart)


async def test_large_amounts_are_read_from_afar_and_to_the_fen(embedded: Platform) -> None:
    await two_parks(embedded)
    _, token = await wall_token(embedded)

    async with a_browser(embedded, token) as browser:
        zh = (await browser.get(BOARD, headers={"Accept-Language": "zh-CN"})).text
        en = (await browser.get(BOARD, headers={"Accept-Language": "en"})).text

    assert '<span class="number">12.35</span> <span class="unit">亿元</span>' in zh
    assert "1,234,567,890.12 元" in zh
    assert '<span class="number">1.23</span> <span class="unit">bn CNY</span>' in en
    assert "CNY 1,234,567,890.12" in en


async def test_a_wall_of_a_region_shows_that_region(embedded: Platform) -> None:
    await two_parks(embedded)

    html = await page_of(embedded, region="330100")

    assert amounts(element(html, "f-year")) == [1_000]
    assert 'data-code="HZ-BINJIANG"' in html
    assert "GZ-PAZHOU" not in html
    assert "杭州市" in html
    assert "tmall" not in html


async def test_a_wall_of_a_park_shows_that_park(embedded: Platform) -> None:
    await two_parks(embedded)

    html = await page_of(embedded, parks=["GZ-PAZHOU"])

    assert amounts(element(html, "f-year")) == [123_456_789_111]
    assert "HZ-BINJIANG" not in html


async def test_a_wall_of_a_platform_shows_what_it_reported(embedded: Platform) -> None:
    await two_parks(embedded)
    jd = await admit(embedded, "jd", [SELLER])
    await told(embedded, jd, [paid("J-1", "2026-03-02", 31)])

    html = await page_of(embedded, platform_code="jd")
    of_a_park = await page_of(embedded, parks=["GZ-PAZHOU"])

    assert amounts(element(html, "f-year")) == [31]
    assert 'data-code="jd"' in element(html, "s-partners")
    assert "Targets are of all parks and platforms" in element(html, "s-targets")
    assert "Targets and partners are of the whole" in element(of_a_park, "s-targets")
    assert "tmall" not in html


async def test_walls_that_are_open_at_once_each_keep_to_their_record_scope(
    embedded: Platform,
) -> None:
    await two_parks(embedded)
    jd = await admit(embedded, "jd", [SELLER])
    await told(embedded, jd, [paid("J-1", "2026-03-02", 31)])
    scopes: list[dict[str, Any]] = [
        {},
        {"region": "330100"},
        {"parks": ["GZ-PAZHOU"]},
        {"platform_code": "jd"},
    ]
    walls = []
    for scope in scopes:
        registration = {"name": "asks", "scopes": ["figures:read"]} | scope
        issued = await made(embedded, "/registry/v1/clients", registration)
        client = (issued["client_id"], issued["client_secret"])
        answer = await embedded.get(VOLUMES, client=client, params={"period": "2026-YTD-03"})
        [item] = answer.json()["items"]
        [year] = [each["amount_minor"] for each in item["native"] if each["currency"] == "CNY"]
        _, token = await wall_token(embedded, **scope)
        walls.append((token, year))
    assert len({year for _, year in walls}) == len(walls)
    boards = be_quick(embedded, 600.0)

    async with serving(embedded) as address:
        for token, year in [*walls, *reversed(walls)]:
            async with a_browser(embedded, token) as browser:
                page = (await browser.get(BOARD)).text
            async with watching(address, token) as news:
                _, event = await news.next("figures")
            for html in (page, event["sections"]["headline"]):
                assert amounts(element(html, "f-year")) == [year]

    assert boards.taken == len(walls)


async def test_targets_partners_and_the_pipeline_are_told(platform: Platform) -> None:
    await two_parks(platform)
    await publish_plan(platform, "GZ119", [("PAZHOU", "hq", ["GZ-PAZHOU"])])
    target = {
        "plan_code": "GZ119",
        "node_code": "PAZHOU",
        "year": 2026,
        "measure": "ECV_PAID",
        "operator": ">",
        "amount_minor": 200_000_000_000,
        "currency": "CNY",
    }
    set_ = await platform.post("/registry/v1/targets", target)
    assert set_.is_success, set_.text
    await platform.settle()

    html = await page_of(platform)

    targets = element(html, "s-targets")
    path = f"/metrics/v1/targets/{set_.json()['id']}/attainment"
    standing = await found(platform, path)
    assert amounts(targets) == [standing["total_minor"]]
    assert "61.73 %" in targets
    assert "Cluster PAZHOU" in element(html, "s-plans")
    assert amounts(element(html, "s-partners")) == [7]
    pipeline = element(html, "s-pipeline")
    assert "All counted" in pipeline
    assert "Agrees" in pipeline


async def test_a_partner_whose_news_is_overdue_stands_first(embedded: Platform) -> None:
    for code, minutes in (("a-mall", None), ("b-mall", 30)):
        body = {"code": code, "name_zh": code, "name_en": code, "reports_every_minutes": minutes}
        await made(embedded, "/registry/v1/platforms", body)
    await embedded.settle()
    embedded.clock.set(datetime(2026, 3, 2, 5, 30, tzinfo=UTC))

    partners = element(await page_of(embedded), "s-partners")

    assert partners.index('data-code="b-mall"') < partners.index('data-code="a-mall"')
    assert "Overdue by 3 h" in partners


async def test_a_board_without_figures_says_what_to_do(embedded: Platform) -> None:
    html = await page_of(embedded)

    assert "No figures yet" in html
    assert "yuanqu demo" in element(html, "s-notice")


async def test_a_year_without_figures_leads_to_the_last_date_that_has_some(
    embedded: Platform,
) -> None:
    partner = await admit(embedded, "tmall", [SELLER])
    await told(embedded, partner, [paid("O-1", "2013-11-30", 25), paid("O-2", "2012-11-30", 20)])
    _, token = await wall_token(embedded)

    async with a_browser(embedded, token) as browser:
        now = (await browser.get(BOARD)).text
        then = (await browser.get(BOARD, params={"on": "2013-11-30"})).text
        tomorrow = await browser.get(BOARD, params={"on": "2026-03-03"})
        nonsense = await browser.get(BOARD, params={"on": "soon"})

    assert f'href="{BOARD}?on=2013-11-30"' in now
    assert amounts(element(then, "f-year")) == [25]
    assert "+25.00 %" in element(then, "f-year")
    assert (tomorrow.status_code, nonsense.status_code) == (422, 422)
    assert "text/html" in tomorrow.headers["content-type"]


async def test_the_evening_of_today_is_not_there_yet(embedded: Platform) -> None:
    html = await page_of(embedded, f"{BOARD}?on=2026-03-02")

    assert "A look back" not in html
    assert "/events?lang=" in html


async def test_only_the_month_in_hand_is_outlined(embedded: Platform) -> None:
    partner = await admit(embedded, "tmall", [SELLER])
    await told(embedded, partner, [paid("O-1", "2026-02-01", 5)])
    before = element(await page_of(embedded), "s-chart")
    await told(embedded, partner, [paid("O-2", "2026-03-01", 5)])

    # Another wall than the one of before, which is shown until its interval is over.
    after = element(await page_of(embedded, region="441900"), "s-chart")

    assert 'class="bar open"' not in before
    assert 'class="bar open"' in after


async def test_names_are_text_and_never_markup(embedded: Platform) -> None:
    await two_parks(embedded)
    await register_park(embedded, "GZ-X", "440105", name_en="<script>alert(1)</script>")
    await embedded.settle()

    html = await page_of(embedded, parks=["GZ-X"])

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


async def test_what_the_ten_largest_leave_out_is_summed_in_every_currency(
    embedded: Platform,
) -> None:
    sellers = [credit_code(number) for number in range(12)]
    partner = await admit(embedded, "tmall", sellers)
    orders = []
    for number, seller in enumerate(sellers):
        await register_park(embedded, f"GZ-{number:02}", "440105")
        await move_in(embedded, seller, f"GZ-{number:02}", "2020-01-01")
        amount = 1_000 * (number + 1)
        orders.append(paid(f"O-{number}", "2026-03-01", amount, seller_uscc=seller))
        orders.append(paid(f"U-{number}", "2026-03-01", 101, seller_uscc=seller, currency="USD"))
    await told(embedded, partner, orders)

    parks = element(await page_of(embedded), "s-parks")

    assert amounts(parks) == [1_000 * number for number in range(12, 2, -1)] + [3_000]
    assert "2 others" in parks
    assert "USD 2.02" in parks
