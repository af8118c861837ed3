"""Figures at the edge: registered, reported and asked over HTTP, on both pairs of back ends."""

import csv
import io
from typing import Any

from service_chassis.testing import Platform
from tests.support.orders import a_fact, a_void, credit_code
from tests.support.scenario import admit, found, move_in, register_park, report, told

SELLER, OTHER = credit_code(0), credit_code(1)
VOLUMES = "/metrics/v1/volumes"
YEAR = {"period": "2025", "yoy": "true"}


def paid(order_no: str, day: str, amount_minor: int, **members: Any) -> dict[str, Any]:
    """A paid order at noon of a day."""
    moment = f"{day}T12:00:00+08:00"
    return a_fact(order_no, occurred_at=moment, amount_minor=amount_minor, **members)


async def test_a_reported_order_is_a_figure_of_its_park_and_a_void_takes_it_back(
    platform: Platform,
) -> None:
    partner = await admit(platform, "tmall", [SELLER, OTHER])
    await register_park(platform, "GZ-PAZHOU", "440105")
    await move_in(platform, SELLER, "GZ-PAZHOU", "2020-01-01")
    mistaken = paid("O-3", "2025-05-02", 999)
    orders = [
        paid("O-1", "2025-05-01", 125_000),
        paid("O-2", "2024-05-01", 100_000),
        mistaken,
        paid("O-4", "2025-05-01", 7, seller_uscc=OTHER),
    ]
    await told(platform, partner, orders)
    before = await found(platform, VOLUMES, params=YEAR | {"group_by": "park"})

    await report(platform, partner, [a_void(mistaken)])
    await report(platform, partner, orders)
    await platform.settle()

    after = await found(platform, VOLUMES, params=YEAR | {"group_by": "park"})
    assert _by_park(before) == {"GZ-PAZHOU": 125_999, "unattributed": 7}
    assert _by_park(after) == {"GZ-PAZHOU": 125_000, "unattributed": 7}
    (pazhou, _) = after["items"]
    assert pazhou["native"][0]["yoy"]["rate"] == "0.250000"
    assert after["freshness"]["chunks_in_transit"] == 0
    assert after["freshness"]["watermark"] is not None


async def test_a_platform_sees_what_it_reported_and_no_single_enterprise(
    embedded: Platform,
) -> None:
    tmall = await admit(embedded, "tmall", [SELLER])
    jd = await admit(embedded, "jd", [OTHER])
    await told(embedded, tmall, [paid("O-1", "2025-05-01", 100)])
    await told(embedded, jd, [paid("O-1", "2025-05-01", 30, seller_uscc=OTHER)])

    own = await found(embedded, VOLUMES, params={"period": "2025"}, client=jd.credential)
    refused = await embedded.get(
        VOLUMES, params={"period": "2025", "group_by": "enterprise"}, client=jd.credential
    )
    elsewhere = await embedded.get(
        VOLUMES, params={"period": "2025", "platform": "tmall"}, client=jd.credential
    )

    assert own["items"][0]["native"][0]["amount_minor"] == 30
    assert own["restricted_to"]["platform"] == "jd"
    assert (refused.status_code, refused.json()["code"]) == (403, "enterprise_figures_refused")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside_record_scope")


async def test_an_answer_comes_as_csv_by_accept_or_by_parameter(embedded: Platform) -> None:
    partner = await admit(embedded, "tmall", [SELLER])
    await told(embedded, partner, [paid("O-1", "2025-05-01", 123_456, category="=1+1")])
    asked = {"period": "2025", "group_by": "category"}

    by_accept = await embedded.get(VOLUMES, params=asked, headers={"Accept": "text/csv"})
    by_parameter = await embedded.get(VOLUMES, params=asked | {"format": "csv"})

    (line,) = csv.DictReader(io.StringIO(by_accept.content.decode("utf-8-sig")))
    assert by_accept.headers["content-type"].startswith("text/csv")
    assert by_parameter.content == by_accept.content
    assert (line["category"], line["amount"]) == ("'=1+1", "1234.56")


async def test_a_rate_is_recorded_once_and_converts_with_its_source(embedded: Platform) -> None:
    partner = await admit(embedded, "tmall", [SELLER])
    await told(embedded, partner, [paid("O-1", "2025-05-01", 60_722)])
    rate = {
        "base": "USD",
        "quote": "CNY",
        "rate": "6.0722",
        "kind": "year_avg",
        "period": "2025",
        "published_on": "2026-01-02",
        "source": "a test",
    }

    first = await embedded.post("/metrics/v1/exchange-rates", rate)
    again = await embedded.post("/metrics/v1/exchange-rates", rate)

    answer = await found(embedded, VOLUMES, params={"period": "2025", "currency": "CNY,USD"})
    listed = await found(embedded, "/metrics/v1/exchange-rates")
    assert (first.status_code, again.status_code) == (201, 409)
    assert [figure["amount_minor"] for figure in answer["items"][0]["converted"]] == [
        60_722,
        10_000,
    ]
    assert answer["rates"][0]["source"] == "a test"
    assert [item["rate"] for item in listed["items"]] == ["6.0722"]


async def test_what_cannot_be_asked_is_refused_with_a_code(embedded: Platform) -> None:
    refused = {
        "period_invalid": {"period": "2025-13"},
        "question_invalid": {"period": "2025", "measure": "TURNOVER"},
        "hours_not_kept": {"period": "2020-01-01T10"},
        "too_many_groups": {"period": "2000..2025", "by": "day"},
        "request_invalid": {"period": "2025", "colour": "red"},
    }

    answers = {code: await embedded.get(VOLUMES, params=params) for code, params in refused.items()}

    assert {code: answer.json()["code"] for code, answer in answers.items()} == {
        code: code for code in refused
    }
    assert {answer.status_code for answer in answers.values()} == {422}


def _by_park(answer: dict[str, Any]) -> dict[str, int]:
    return {
        item["group"]["park"]["code"]: item["native"][0]["amount_minor"] for item in answer["items"]
    }
