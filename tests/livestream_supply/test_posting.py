"""A post of order events and its receipt."""

import asyncio
import gzip
import json
from typing import Any

import httpx
import zstandard

from service_chassis.testing import Platform
from tests.livestream_supply.conftest import (
    BATCH,
    RECEIPTS,
    SELLERS,
    a_paid,
    a_refund,
    a_void,
    an_amendment,
)
from tests.support.scenario import Partner, admit, report


async def receipt_of(platform: Platform, partner: Partner, answer: httpx.Response) -> Any:
    shown = await platform.get(f"{RECEIPTS}/{answer.json()['id']}", client=partner.credential)
    assert shown.status_code == 200, shown.text
    return shown.json()


def outcomes(receipt: Any) -> list[str]:
    return [item["outcome"] for item in receipt["item_outcomes"]]


async def test_a_post_is_answered_with_a_receipt_and_every_item_is_counted(
    platform: Platform, partner: Partner
) -> None:
    facts = [a_paid("P1"), a_paid("P2"), a_refund("P1")]

    answer = await report(platform, partner, facts)
    await platform.settle()

    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert (told["state"], told["items"], told["accepted"], told["rejected"]) == (
        "pending",
        3,
        3,
        0,
    )
    assert answer.headers["location"] == f"{RECEIPTS}/{told['id']}"
    receipt = await receipt_of(platform, partner, answer)
    assert receipt["state"] == "final"
    assert receipt["summary"]["counted"] == 3
    assert outcomes(receipt) == ["counted"] * 3


async def test_each_item_of_a_mixed_batch_has_its_own_outcome(
    platform: Platform, partner: Partner
) -> None:
    first = await report(platform, partner, [a_paid("P1"), a_paid("P2")])
    await platform.settle()

    answer = await report(
        platform,
        partner,
        [
            a_paid("P1"),
            a_paid("P2", amount_minor=1),
            a_paid("P3", amount_minor=-1),
            a_paid("P4"),
            a_void("P9"),
            a_paid("P4"),
        ],
    )
    await platform.settle()

    receipt = await receipt_of(platform, partner, answer)
    assert outcomes(receipt) == [
        *("duplicate", "conflict", "rejected", "counted", "pending", "duplicate")
    ]
    duplicate, conflict, rejected, _, _, repeat = receipt["item_outcomes"]
    assert duplicate["first_receipt_id"] == first.json()["id"]
    assert conflict["first_receipt_id"] == first.json()["id"]
    assert repeat["first_receipt_id"] == receipt["id"]
    assert rejected["order_no"] == "P3"
    assert [(e["pointer"], e["code"]) for e in rejected["errors"]] == [
        ("/2/amount_minor", "amount_out_of_range")
    ]
    assert receipt["state"] == "pending"
    assert receipt["summary"] == {
        "counted": 1,
        "duplicate": 2,
        "conflict": 1,
        "rejected": 1,
        "pending": 1,
        "buried": 0,
    }


async def test_a_correction_is_pending_until_its_original_comes(
    platform: Platform, partner: Partner
) -> None:
    early = await report(platform, partner, [a_void("P1")])
    await platform.settle()
    waiting = await receipt_of(platform, partner, early)

    await report(platform, partner, [a_paid("P1")])
    await platform.settle()

    assert outcomes(waiting) == ["pending"]
    assert outcomes(await receipt_of(platform, partner, early)) == ["counted"]


async def test_who_prefers_to_wait_is_answered_with_the_outcome(
    platform: Platform, partner: Partner
) -> None:
    answer = await report(
        platform, partner, [a_paid("P1"), a_paid("P1")], headers={"Prefer": "wait=20"}
    )

    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "wait=20"
    assert answer.json()["state"] == "final"
    assert answer.json()["exceptions"] == [
        {
            "item": 1,
            "outcome": "duplicate",
            "first_receipt_id": answer.json()["id"],
            "detail": None,
        }
    ]


async def test_who_waits_in_vain_is_answered_with_the_receipt(
    embedded: Platform, embedded_partner: Partner
) -> None:
    answer = await report(embedded, embedded_partner, [a_void("P1")], headers={"Prefer": "wait=1"})

    assert answer.status_code == 202


async def test_json_and_lines_plain_and_compressed_say_the_same(
    embedded: Platform, embedded_partner: Partner
) -> None:
    facts = [a_paid("P1"), a_refund("P1")]
    as_json = json.dumps(facts, ensure_ascii=False).encode()
    as_lines = b"".join(json.dumps(fact).encode() + b"\r\n" for fact in facts) + b"\n"
    for content_type, body in (("application/json", as_json), ("application/x-ndjson", as_lines)):
        for encoding, packed in (
            ("identity", body),
            ("gzip", gzip.compress(body)),
            ("zstd", zstandard.compress(body)),
        ):
            answer = await embedded.post(
                BATCH,
                client=embedded_partner.credential,
                content=packed,
                headers={"Content-Type": content_type, "Content-Encoding": encoding},
            )
            assert answer.status_code == 202, answer.text
            assert answer.json()["accepted"] == 2
    await embedded.settle()

    page = (await embedded.get(RECEIPTS, client=embedded_partner.credential)).json()
    assert [receipt["summary"]["counted"] for receipt in page["items"]] == [2, 0, 0, 0, 0, 0]
    assert [receipt["summary"]["duplicate"] for receipt in page["items"]] == [0, 2, 2, 2, 2, 2]


async def test_a_post_of_ten_thousand_items_travels_in_messages_of_two_thousand(
    platform: Platform, partner: Partner
) -> None:
    facts = [a_paid(f"P{number}", seller_uscc=SELLERS[number % 3]) for number in range(10_000)]
    facts[4_321] = a_paid("P4321", currency="XXX")

    answer = await report(platform, partner, facts)
    await platform.settle()

    assert answer.json()["rejected"] == 1
    receipt = await receipt_of(platform, partner, answer)
    assert receipt["summary"]["counted"] == 9_999
    page = await platform.get(
        f"{RECEIPTS}/{receipt['id']}", params={"page_size": 200}, client=partner.credential
    )
    assert len(page.json()["item_outcomes"]) == 200
    assert page.json()["next_page_token"]


async def test_the_pages_of_a_receipt_show_every_item_once(
    embedded: Platform, embedded_partner: Partner
) -> None:
    facts = [a_paid(f"P{number}") for number in range(7)]
    facts[3] = a_paid("P3", currency="nope")
    answer = await report(embedded, embedded_partner, facts)
    await embedded.settle()

    seen: list[tuple[int, str]] = []
    token = None
    while True:
        page = await embedded.get(
            f"{RECEIPTS}/{answer.json()['id']}",
            params={"page_size": 2, **({"page_token": token} if token else {})},
            client=embedded_partner.credential,
        )
        seen += [(item["item"], item["outcome"]) for item in page.json()["item_outcomes"]]
        if not (token := page.json()["next_page_token"]):
            break

    assert seen == [(n, "rejected" if n == 3 else "counted") for n in range(7)]


async def test_an_atomic_post_with_one_bad_item_leaves_nothing_behind(
    embedded: Platform, embedded_partner: Partner
) -> None:
    refused = await embedded.post(
        f"{BATCH}?atomic=true",
        [a_paid("P1"), a_paid("P2", currency="XXX")],
        client=embedded_partner.credential,
    )
    listed = await embedded.get(RECEIPTS, client=embedded_partner.credential)
    accepted = await embedded.post(
        f"{BATCH}?atomic=true", [a_paid("P1")], client=embedded_partner.credential
    )

    assert refused.status_code == 422
    assert refused.json()["code"] == "batch_rejected"
    assert refused.json()["errors"][0]["pointer"] == "/1/currency"
    assert listed.json()["items"] == []
    assert accepted.status_code == 202


async def test_the_same_key_and_body_get_the_same_answer(
    platform: Platform, partner: Partner
) -> None:
    body = json.dumps([a_paid("P1"), a_paid("P2", amount_minor=1.5)]).encode()
    key = {"Idempotency-Key": "k-1", "Content-Type": "application/json"}

    first = await platform.post(BATCH, client=partner.credential, content=body, headers=key)
    again = await platform.post(
        BATCH,
        client=partner.credential,
        content=gzip.compress(body),
        headers={**key, "Content-Encoding": "gzip"},
    )
    await platform.settle()

    assert again.status_code == first.status_code == 202
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    listed = await platform.get(RECEIPTS, client=partner.credential)
    assert len(listed.json()["items"]) == 1


async def test_a_key_belongs_to_one_body_and_to_one_client(
    platform: Platform, partner: Partner
) -> None:
    other = await admit(platform, "other-mall", SELLERS)
    key = {"Idempotency-Key": "k-1"}

    first = await report(platform, partner, [a_paid("P1")], headers=key)
    clash = await report(platform, partner, [a_paid("P2")], headers=key)
    of_other = await report(platform, other, [a_paid("P1")], headers=key)

    assert first.status_code == 202
    assert (clash.status_code, clash.json()["code"]) == (422, "idempotency_key_reused")
    assert of_other.status_code == 202
    assert of_other.json()["id"] != first.json()["id"]


async def test_posts_at_the_same_time_are_written_together_and_a_clash_fails_alone(
    platform: Platform, partner: Partner
) -> None:
    await report(platform, partner, [a_paid("P0")], headers={"Idempotency-Key": "k-0"})

    posts = [
        report(platform, partner, [a_paid(f"P{n}")], headers={"Idempotency-Key": f"k-{n % 10}"})
        for n in range(40)
    ]
    answers = await asyncio.gather(*posts)
    await platform.settle()

    accepted = [answer for answer in answers if answer.status_code == 202]
    refused = [answer for answer in answers if answer.status_code == 422]
    assert len(accepted) == 10
    assert {answer.json()["code"] for answer in refused} == {"idempotency_key_reused"}
    assert len(refused) == 30
    listed = await platform.get(RECEIPTS, client=partner.credential, params={"page_size": 200})
    assert len(listed.json()["items"]) == 10
    assert {receipt["state"] for receipt in listed.json()["items"]} == {"final"}


async def test_a_twin_that_comes_at_the_same_time_gets_the_same_answer(
    platform: Platform, partner: Partner
) -> None:
    posts = [
        report(platform, partner, [a_paid("P1")], headers={"Idempotency-Key": "k"})
        for _ in range(8)
    ]
    answers = await asyncio.gather(*posts)

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_key_that_cannot_be_kept_is_refused(
    embedded: Platform, embedded_partner: Partner
) -> None:
    for bad_key in ("", "x" * 201):
        answer = await report(
            embedded, embedded_partner, [a_paid()], headers={"Idempotency-Key": bad_key}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


async def test_corrections_are_facts_that_are_accepted(
    platform: Platform, partner: Partner
) -> None:
    answer = await report(
        platform,
        partner,
        [
            a_paid("P1"),
            an_amendment("P1", amount_minor=1),
            an_amendment("P1", revision=2, amount_minor=2),
            a_refund("P1", "R1"),
            a_void("P1", corrects={"kind": "refunded", "ref": "R1"}),
        ],
    )
    await platform.settle()

    assert answer.json()["rejected"] == 0
    receipt = await receipt_of(platform, partner, answer)
    assert outcomes(receipt) == ["counted"] * 5


async def test_every_example_of_the_documentation_is_accepted(embedded: Platform) -> None:
    described = (await embedded.http.get("/livestream-supply/openapi.json")).json()
    operation = described["paths"]["/v1/order-events:batch"]["post"]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    seller = examples["livestream_order"]["value"][0]["seller_uscc"]
    partner = await admit(embedded, "demo-mall", [seller])

    for name, example in examples.items():
        answer = await report(embedded, partner, example["value"])
        assert answer.status_code == 202, name
        assert answer.json()["rejected"] == 0, (name, answer.text)
