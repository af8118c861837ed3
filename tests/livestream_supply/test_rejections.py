"""Every rejected item is named, with a pointer and a stable code."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

from livestream_supply.authority.queries import FRESH_SECONDS
from livestream_supply.order_event.rules.faults import CODES
from service_chassis.testing import FrozenClock, Platform
from tests.livestream_supply.bad_posts import ITEMS, WHOLE
from tests.livestream_supply.conftest import (
    BATCH,
    RECEIPTS,
    SELLERS,
    a_paid,
    a_refund,
    an_amendment,
)
from tests.support.orders import credit_code
from tests.support.scenario import Partner, admit, report

REJECTIONS = "/livestream-supply/v1/rejections"


async def test_bad_items_are_rejected_by_name_and_their_neighbours_are_accepted(
    embedded: Platform, embedded_partner: Partner
) -> None:
    posted: list[Any] = []
    for number, (_, item, _, _) in enumerate(ITEMS):
        own_number = isinstance(item, dict) and item["order_no"] == "P1"
        posted += [
            a_paid(f"good-{number}"),
            {**item, "order_no": f"{number}"} if own_number else item,
        ]

    answer = await report(embedded, embedded_partner, posted)

    assert answer.status_code == 202, answer.text
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (len(ITEMS), len(ITEMS))
    for number, ((name, _, pointer, code), told) in enumerate(
        zip(ITEMS, answer.json()["exceptions"], strict=True)
    ):
        place = 2 * number + 1
        assert told["item"] == place, name
        found = [(error["pointer"], error["code"]) for error in told["errors"]]
        assert found == [(f"/{place}{pointer}", code)], name


def test_every_code_of_the_documentation_has_an_example() -> None:
    shown = {code for _, _, _, code in ITEMS}
    elsewhere = {"identity_repeated", "text_not_utf8", "item_too_large"}

    assert shown | elsewhere == set(CODES)


async def test_several_faults_of_an_item_are_all_named(
    embedded: Platform, embedded_partner: Partner
) -> None:
    answer = await report(
        embedded, embedded_partner, [a_paid(currency="X", amount_minor=-1, colour="red")]
    )

    assert {e["code"] for e in answer.json()["exceptions"][0]["errors"]} == {
        "currency_unknown",
        "amount_out_of_range",
        "field_unknown",
    }


async def test_text_that_is_not_utf8_spoils_its_own_item_alone(
    embedded: Platform, embedded_partner: Partner
) -> None:
    good, bad = json.dumps(a_paid("P1")).encode(), json.dumps(a_paid("P2")).encode()
    also = json.dumps(a_paid("P3", category="\U0001f457\\ud800")).encode()
    for text in (b'"\xff\xfe"', b'"\\ud800"', b'"a\\udc00b"'):
        items = [good, bad.replace(b'"apparel"', text), also]
        for content_type, body in (
            ("application/json", b"[" + b",".join(items) + b"]"),
            ("application/x-ndjson", b"\n".join(items)),
        ):
            answer = await embedded.post(
                BATCH,
                client=embedded_partner.credential,
                content=body,
                headers={"Content-Type": content_type},
            )

            assert answer.json()["accepted"] == 2, answer.text
            (rejected,) = answer.json()["exceptions"]
            found = [(error["pointer"], error["code"]) for error in rejected["errors"]]
            assert found == [("/1/category", "text_not_utf8")]


async def test_a_huge_item_is_not_explained(embedded: Platform, embedded_partner: Partner) -> None:
    answer = await report(embedded, embedded_partner, [a_paid(), a_paid(colour="r" * 100_000)])

    assert [e["code"] for e in answer.json()["exceptions"][0]["errors"]] == ["item_too_large"]


async def test_the_same_identity_with_other_content_rejects_every_item_of_it(
    platform: Platform, partner: Partner
) -> None:
    answer = await report(
        platform,
        partner,
        [
            a_paid("P1"),
            a_refund("P1", "R1"),
            a_paid("P1", amount_minor=2),
            a_refund("P1", "R2"),
            a_paid("P1"),
            an_amendment("P1", amount_minor=5),
            an_amendment("P1", amount_minor=6),
            an_amendment("P1", revision=2),
        ],
    )

    told = answer.json()
    assert [each["item"] for each in told["exceptions"]] == [0, 2, 4, 5, 6]
    codes = {error["code"] for each in told["exceptions"] for error in each["errors"]}
    assert codes == {"identity_repeated"}


async def test_identical_repeats_in_a_batch_are_accepted(
    embedded: Platform, embedded_partner: Partner
) -> None:
    written_otherwise = a_paid("P1", occurred_at="2026-03-01T12:15:00.0000Z", session_no=None)

    answer = await report(embedded, embedded_partner, [a_paid("P1"), written_otherwise])

    assert answer.json()["accepted"] == 2


async def test_null_is_the_same_as_absent(embedded: Platform, embedded_partner: Partner) -> None:
    nulls = dict.fromkeys(("ref", "customs_mode", "corrects", "revision", "reason", "session_no"))

    answer = await report(embedded, embedded_partner, [{**a_paid("P1"), **nulls}])

    assert answer.json()["accepted"] == 1


async def test_a_customs_mode_is_accepted_from_its_first_day(
    embedded: Platform, embedded_partner: Partner
) -> None:
    answer = await report(
        embedded,
        embedded_partner,
        [
            a_paid(
                occurred_at="2013-09-24T00:00:00+08:00",
                trade_flow="export",
                customs_mode="gz2013_b2b_export",
            )
        ],
    )

    assert answer.json()["accepted"] == 1


async def test_a_fact_may_be_five_minutes_ahead_and_no_more(
    embedded: Platform, embedded_partner: Partner, clock: FrozenClock
) -> None:
    limit = clock.now() + timedelta(minutes=5)
    late = limit + timedelta(milliseconds=1)
    moments = [moment.isoformat(timespec="milliseconds") for moment in (limit, late)]

    answer = await report(
        embedded,
        embedded_partner,
        [a_paid(f"P{n}", occurred_at=moment) for n, moment in enumerate(moments)],
    )

    assert [each["item"] for each in answer.json()["exceptions"]] == [1]


async def test_a_corrected_item_can_be_sent_again(platform: Platform, partner: Partner) -> None:
    await report(platform, partner, [a_paid("P1", amount_minor=-1)])
    await platform.settle()

    answer = await report(platform, partner, [a_paid("P1")], headers={"Prefer": "wait=20"})

    assert answer.json()["summary"]["counted"] == 1


async def test_authority_is_judged_on_the_business_date_and_learnt_at_once(
    platform: Platform, partner: Partner
) -> None:
    stranger = credit_code(50)
    orders = [
        a_paid("P1", seller_uscc=stranger, occurred_at="2026-01-31T23:59:59+08:00"),
        a_paid("P2", seller_uscc=stranger, occurred_at="2026-02-01T00:00:00+08:00"),
        a_paid("P3", seller_uscc=stranger, occurred_at="2026-02-09T23:59:59+08:00"),
        a_paid("P4", seller_uscc=stranger, occurred_at="2026-02-10T00:00:00+08:00"),
    ]
    before = await report(platform, partner, orders)
    await platform.post(
        "/registry/v1/enterprises",
        {"uscc": stranger, "name_zh": "新商家", "region_code": "441900"},
    )
    granted = await platform.post(
        "/registry/v1/authorisations",
        {
            "platform_code": partner.code,
            "seller_uscc": stranger,
            "valid_from": "2026-02-01",
            "valid_to": "2026-02-10",
        },
    )
    assert granted.status_code == 201, granted.text
    await platform.settle()

    after = await report(platform, partner, orders)

    assert before.json()["rejected"] == 4
    detail = before.json()["exceptions"][0]["errors"][0]["detail"]
    assert re.search(r"last news from registry: 2026-03-02T02:00:00Z", detail)
    assert [each["item"] for each in after.json()["exceptions"]] == [0, 3]


async def test_a_suspended_platform_may_not_report(platform: Platform, partner: Partner) -> None:
    await report(platform, partner, [a_paid()])
    shown = await platform.get(f"/registry/v1/platforms/{partner.code}")
    await platform.request(
        "PATCH",
        f"/registry/v1/platforms/{partner.code}",
        json={"status": "suspended"},
        headers={"If-Match": shown.headers["etag"]},
    )
    await platform.settle()
    await asyncio.sleep(FRESH_SECONDS)

    answer = await report(platform, partner, [a_paid()])

    assert (answer.status_code, answer.json()["code"]) == (403, "platform_suspended")


async def test_rejections_are_listed_since_a_cursor(platform: Platform, partner: Partner) -> None:
    await report(platform, partner, [a_paid("A", currency="X"), a_paid("B"), a_paid("C", ref="1")])
    await report(platform, partner, [a_paid("D", currency="X")])

    first = await platform.get(REJECTIONS, params={"page_size": 1}, client=partner.credential)
    second = await platform.get(
        REJECTIONS, params={"since": first.json()["next_since"]}, client=partner.credential
    )
    last = await platform.get(
        REJECTIONS, params={"since": second.json()["next_since"]}, client=partner.credential
    )

    assert [each["order_no"] for each in first.json()["items"]] == ["A"]
    assert [each["order_no"] for each in second.json()["items"]] == ["C", "D"]
    assert last.json() == {"items": [], "next_since": second.json()["next_since"]}


async def test_a_post_that_is_wrong_as_a_whole_leaves_nothing_behind(
    embedded: Platform, embedded_partner: Partner
) -> None:
    for name, body, headers, status, code in WHOLE:
        answer = await embedded.post(
            BATCH,
            client=embedded_partner.credential,
            content=body,
            headers={"Content-Type": "application/json", **headers},
        )
        assert (answer.status_code, answer.json()["code"]) == (status, code), name
        assert answer.headers["content-type"] == "application/problem+json"

    listed = await embedded.get(RECEIPTS, client=embedded_partner.credential)
    assert listed.json()["items"] == []


async def test_the_platform_comes_from_the_credential_alone(embedded: Platform) -> None:
    operators = await embedded.post(
        "/registry/v1/clients", {"name": "reader", "scopes": ["orders:write", "orders:read"]}
    )
    await embedded.settle()
    granted = operators.json()
    credential = (granted["client_id"], granted["client_secret"])

    posted = await embedded.post(BATCH, [a_paid()], client=credential)
    unnamed = await embedded.get(RECEIPTS, client=credential)

    assert (posted.status_code, posted.json()["code"]) == (403, "platform_missing")
    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "platform_not_named")


async def test_a_platform_sees_its_own_records_only(platform: Platform, partner: Partner) -> None:
    other = await admit(platform, "other-mall", SELLERS)
    answer = await report(platform, partner, [a_paid("P1"), a_paid("P2", currency="X")])
    await platform.settle()

    shown = await platform.get(f"{RECEIPTS}/{answer.json()['id']}", client=other.credential)
    listed = await platform.get(RECEIPTS, client=other.credential)
    rejected = await platform.get(REJECTIONS, client=other.credential)
    named = await platform.get(RECEIPTS, params={"platform": partner.code}, client=other.credential)
    operator = await platform.get(RECEIPTS, params={"platform": partner.code})

    assert (shown.status_code, shown.json()["code"]) == (404, "receipt_not_found")
    assert listed.json()["items"] == rejected.json()["items"] == []
    assert (named.status_code, named.json()["code"]) == (403, "outside_record_scope")
    assert len(operator.json()["items"]) == 1
