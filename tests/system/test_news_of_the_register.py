"""Registry's news travel: authorisations, revocations, and everything again on command."""

import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service_chassis.service import Service
from service_chassis.testing import FrozenClock, Platform, SqliteTemplates, running
from tests.support.figures import volume_by, volumes
from tests.support.orders import a_fact, sellers
from tests.support.scenario import (
    admit,
    found,
    made,
    move_in,
    outcomes,
    publish_plan,
    register_park,
    report,
    told,
)

SELLERS = sellers(3)
PROMISED_SECONDS = 2.0
COPIES = {
    "livestream-supply": ("seller_authorisation", "platform", "authority_news"),
    "metrics": (
        "park",
        "enterprise",
        "tenancy",
        "cluster_plan",
        "platform",
        "target",
        "seller_span",
        "seller_owner",
    ),
}


async def test_a_new_authorisation_is_usable_within_two_seconds(platform: Platform) -> None:
    shop = await admit(platform, "mall", SELLERS[:1])
    await made(
        platform,
        "/registry/v1/enterprises",
        {"uscc": SELLERS[1], "name_zh": "新来的企业", "region_code": "441900"},
    )
    fact = a_fact("FIRST", seller_uscc=SELLERS[1])
    early = await told(platform, shop, [fact])

    await made(
        platform,
        "/registry/v1/authorisations",
        {"platform_code": "mall", "seller_uscc": SELLERS[1], "valid_from": "2026-03-01"},
    )
    granted = time.monotonic()
    rejected = 1
    while rejected:
        answer = await report(platform, shop, [fact])
        took = time.monotonic() - granted
        rejected = answer.json()["rejected"]
        assert took < PROMISED_SECONDS, "not usable yet"
    day_before = fact | {"order_no": "EARLIER", "occurred_at": "2026-02-28T23:59:59+08:00"}
    before = await told(platform, shop, [day_before])

    assert outcomes(early) == ["rejected"]
    (fault,) = early["item_outcomes"][0]["errors"]
    assert fault["code"] == "seller_not_authorised"
    assert "last news from registry: 2026-03-02T02:00:00Z" in fault["detail"]
    assert outcomes(before) == ["rejected"]


async def test_an_ended_authorisation_still_covers_its_earlier_orders(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1])
    listed = await found(embedded, "/registry/v1/authorisations")
    (authorisation,) = listed["items"]

    await made(
        embedded,
        f"/registry/v1/authorisations/{authorisation['id']}:revoke",
        {"on": "2026-03-01"},
    )
    await embedded.settle()
    receipt = await told(
        embedded,
        shop,
        [
            a_fact("BEFORE", occurred_at="2026-02-28T23:59:59+08:00"),
            a_fact("AFTER", occurred_at="2026-03-01T00:00:00+08:00"),
        ],
    )

    assert outcomes(receipt) == ["counted", "rejected"]


async def test_a_revoked_client_is_refused_everywhere_although_its_token_lives(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", SELLERS[:1])
    await told(platform, shop, [a_fact("BEFORE")])
    paths = ("/livestream-supply/v1/receipts", "/metrics/v1/measures")
    good = [(await platform.get(path, client=shop.credential)).status_code for path in paths]

    await made(
        platform,
        f"/registry/v1/clients/{shop.credential[0]}:revoke",
        {"reason": "the secret was leaked"},
    )
    await platform.settle()
    deadline = time.monotonic() + PROMISED_SECONDS
    refused: list[int] = []
    while time.monotonic() < deadline and set(refused) != {401}:
        refused = [(await platform.get(path, client=shop.credential)).status_code for path in paths]
    post = await report(platform, shop, [a_fact("AFTER")])

    assert good == [200, 200]
    assert refused == [401, 401]
    assert post.status_code == 401


async def test_copies_that_were_lost_are_filled_again_by_a_snapshot(platform: Platform) -> None:
    shop = await admit(platform, "mall", SELLERS)
    await register_park(platform, "GZ-PAZHOU", "440105")
    await move_in(platform, SELLERS[0], "GZ-PAZHOU", "2020-01-01")
    await publish_plan(platform, "PLAN", [("HQ", "hq", ["GZ-PAZHOU"])])
    orders = [a_fact(f"S{number}", seller_uscc=code) for number, code in enumerate(SELLERS)]
    await told(platform, shop, orders)
    asked: dict[str, Any] = {"group_by": "park,region:prefecture,enterprise"}
    right = await volumes(platform, "2026-03", **asked)
    nodes = await volume_by(platform, "plan_node", "2026-03", plan="PLAN")

    for service, tables in COPIES.items():
        async with platform.database(service).unit_of_work() as uow:
            for table in tables:
                await uow.session.execute(text(f"DELETE FROM {table}"))  # names of this file
    lost = await volume_by(platform, "park", "2026-03")
    snapshot = await made(platform, "/registry/v1/snapshots", {})
    await platform.sweep("registry", "snapshots")
    await platform.settle()
    shown = await found(platform, f"/registry/v1/snapshots/{snapshot['id']}")
    again = await volumes(platform, "2026-03", **asked)
    nodes_again = await volume_by(platform, "plan_node", "2026-03", plan="PLAN")
    later = await told(platform, shop, [a_fact("LATER")])

    assert lost != {"GZ-PAZHOU": 10_000, "unattributed": 20_000}
    assert shown["status"] == "completed"
    assert again["items"] == right["items"]
    assert nodes_again == nodes
    assert outcomes(later) == ["counted"]


@pytest.mark.parametrize("lost", ["livestream-supply", "metrics"])
async def test_a_service_that_lost_its_database_is_filled_again(
    services: list[Service], sqlite_templates: SqliteTemplates, tmp_path: Path, lost: str
) -> None:
    clock = FrozenClock()
    urls = sqlite_templates.copy_to(tmp_path, services)
    async with running(services, urls, tmp_path, clock=clock) as platform:
        shop = await admit(platform, "mall", SELLERS)
        await register_park(platform, "GZ-PAZHOU", "440105")
        await move_in(platform, SELLERS[0], "GZ-PAZHOU", "2020-01-01")

    empty = tmp_path / "empty"
    empty.mkdir()
    emptied = sqlite_templates.copy_to(empty, services)
    async with running(services, urls | {lost: emptied[lost]}, tmp_path, clock=clock) as platform:
        await made(platform, "/registry/v1/snapshots", {})
        await platform.sweep("registry", "snapshots")
        await platform.settle()
        receipt = await told(platform, shop, [a_fact("A"), a_fact("B", seller_uscc=SELLERS[1])])
        by_park = await volume_by(platform, "park", "2026-03")

    assert outcomes(receipt) == ["counted", "counted"]
    assert by_park == {"GZ-PAZHOU": 10_000, "unattributed": 10_000}
