"""Whoever asks sees their own: a platform its receipts, an enterprise its figures, a park its."""

from typing import Any

import pytest

from service_chassis.testing import Platform
from tests.support.figures import volume, volume_by
from tests.support.orders import a_fact, sellers
from tests.support.scenario import (
    Partner,
    admit,
    found,
    made,
    move_in,
    outcomes,
    register_park,
    told,
)

SELLERS = sellers(2)
SUPPLY, METRICS = "/livestream-supply/v1", "/metrics/v1"


async def a_client(platform: Platform, **registration: Any) -> tuple[str, str]:
    """The credential of a client made for this test."""
    issued = await made(platform, "/registry/v1/clients", {"name": "a client", **registration})
    await platform.settle()
    return issued["client_id"], issued["client_secret"]


@pytest.fixture
async def shops(embedded: Platform) -> list[Partner]:
    """Two platforms that report for the same sellers, each with a conflict and a rejection."""
    for code, region in (("GZ-PAZHOU", "440105"), ("DG-HUMEN", "441900")):
        await register_park(embedded, code, region)
    found_shops = [await admit(embedded, "left", SELLERS), await admit(embedded, "right", SELLERS)]
    for seller, park in zip(SELLERS, ("GZ-PAZHOU", "DG-HUMEN"), strict=True):
        await move_in(embedded, seller, park, "2020-01-01")
    for place, shop in enumerate(found_shops):
        batch = [
            a_fact(f"N-{number}", seller_uscc=seller, amount_minor=10 ** (2 * place + number))
            for number, seller in enumerate(SELLERS)
        ]
        receipt = await told(embedded, shop, batch)
        assert outcomes(receipt) == ["counted", "counted"]
        await told(
            embedded,
            shop,
            [batch[0] | {"amount_minor": 7}, a_fact("BAD", currency="RMB")],
        )
    return found_shops


async def test_a_platform_cannot_see_what_another_reported(
    embedded: Platform, shops: list[Partner]
) -> None:
    left, right = shops
    theirs = await found(embedded, f"{SUPPLY}/receipts", client=right.credential)
    conflict = (await found(embedded, f"{METRICS}/conflicts", params={"platform": right.code}))[
        "items"
    ][0]

    refused = {
        path: (await embedded.get(path, client=left.credential)).status_code
        for path in (
            f"{SUPPLY}/receipts/{theirs['items'][0]['id']}",
            f"{SUPPLY}/receipts?platform={right.code}",
            f"{SUPPLY}/rejections?platform={right.code}",
            f"{SUPPLY}/conflicts?platform={right.code}",
            f"{SUPPLY}/control-totals?platform={right.code}",
            f"{METRICS}/facts/{right.code}/N-0",
            f"{METRICS}/conflicts?platform={right.code}",
            f"{METRICS}/conflicts/{conflict['id']}",
            f"{METRICS}/reconciliation?platform={right.code}",
            f"{METRICS}/over-refunds?platform={right.code}",
            f"{METRICS}/volumes?period=2026-03&platform={right.code}",
        )
    }
    own = {
        feed: await found(embedded, f"{SUPPLY}/{feed}", client=left.credential)
        for feed in ("receipts", "rejections", "conflicts")
    }
    lines = (await found(embedded, f"{METRICS}/reconciliation", client=left.credential))["lines"]
    conflicts = await found(embedded, f"{METRICS}/conflicts", client=left.credential)

    assert {path: status for path, status in refused.items() if status not in (403, 404)} == {}
    assert [len(own[feed]["items"]) for feed in own] == [2, 1, 1]
    assert {line["platform"] for line in lines} == {left.code}
    assert {each["platform"] for each in conflicts["items"]} == {left.code}


async def test_a_platform_reads_its_own_figures_alone(
    embedded: Platform, shops: list[Partner]
) -> None:
    left, right = shops

    assert await volume(embedded, "2026-03", client=left.credential) == 11
    assert await volume(embedded, "2026-03", client=right.credential) == 1_100
    assert await volume(embedded, "2026-03") == 1_111


async def test_an_enterprise_sees_its_own_figures_alone(
    embedded: Platform, shops: list[Partner]
) -> None:
    seller = await a_client(embedded, scopes=["figures:read"], enterprises=[SELLERS[0]])
    asked = {"period": "2026-03", "enterprise": SELLERS[1]}

    all_of_it = await volume(embedded, "2026-03", client=seller)
    by_enterprise = await volume_by(embedded, "enterprise", "2026-03", client=seller)
    other = await embedded.get(f"{METRICS}/volumes", params=asked, client=seller)

    assert all_of_it == 101
    assert by_enterprise == {SELLERS[0]: 101}
    assert other.status_code == 403


async def test_a_park_sees_its_tenants_and_a_city_what_lies_in_it(
    embedded: Platform, shops: list[Partner]
) -> None:
    park = await a_client(embedded, scopes=["figures:read"], parks=["DG-HUMEN"])
    city = await a_client(embedded, scopes=["figures:read"], region="440100")
    of_other = {"period": "2026-03", "park": "GZ-PAZHOU"}

    of_park = await volume(embedded, "2026-03", client=park)
    parks_seen = await volume_by(embedded, "park", "2026-03", client=park)
    of_city = await volume(embedded, "2026-03", client=city)
    refused = await embedded.get(f"{METRICS}/volumes", params=of_other, client=park)
    enterprises = await embedded.get(
        f"{METRICS}/volumes",
        params={"period": "2026-03", "group_by": "enterprise"},
        client=park,
    )

    assert of_park == 1_010
    assert parks_seen == {"DG-HUMEN": 1_010}
    assert of_city == 101
    assert refused.status_code == 403
    assert enterprises.status_code == 403


async def test_scopes_are_needed_and_nobody_reports_without_a_platform(
    embedded: Platform, shops: list[Partner]
) -> None:
    reader = await a_client(embedded, scopes=["figures:read"])
    left, _ = shops
    batch = f"{SUPPLY}/order-events:batch"

    answers = {
        "no token": await embedded.http.post(batch, json=[a_fact("X")]),
        "no scope": await embedded.post(batch, [a_fact("X")], client=reader),
        "no platform": await embedded.post(batch, [a_fact("X")]),
        "no operator": await embedded.post(
            f"{METRICS}/rebuilds", {"reason": "to see"}, client=left.credential
        ),
        "no admin": await embedded.post(
            "/registry/v1/clients",
            {"name": "mine", "scopes": ["registry:admin"]},
            client=left.credential,
        ),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "no token": 401,
        "no scope": 403,
        "no platform": 403,
        "no operator": 403,
        "no admin": 403,
    }
    assert {answer.headers["content-type"] for answer in answers.values()} == {
        "application/problem+json"
    }
