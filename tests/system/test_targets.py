"""A target is crossed at one fen, once; a correction uncrosses it, once."""

from typing import Any

from event_contracts.metrics import TargetCrossed
from service_chassis.testing import Platform
from tests.support.figures import events, on_the_bus
from tests.support.orders import a_fact, a_void, sellers
from tests.support.scenario import (
    admit,
    found,
    made,
    move_in,
    publish_plan,
    register_park,
    told,
)

SELLER = sellers(1)[0]
TARGET = 100_000_000_000 * 100
"""More than 100 billion yuan a year, in fen."""


async def pazhou(platform: Platform, operator: str) -> str:
    """The headquarters cluster of the Guangzhou plan with its target of 2026; the target's id."""
    await register_park(platform, "GZ-PAZHOU", "440105")
    await move_in(platform, SELLER, "GZ-PAZHOU", "2020-01-01")
    nodes = [("PAZHOU", "hq", ["GZ-PAZHOU"]), ("BAIETAN", "second", [])]
    nodes += [(f"D{number}", "district", []) for number in range(1, 10)]
    await publish_plan(platform, "GZ-1-1-9", nodes)
    target = {
        "plan_code": "GZ-1-1-9",
        "node_code": "PAZHOU",
        "year": 2026,
        "measure": "ECV_PAID",
        "operator": operator,
        "amount_minor": TARGET,
        "currency": "CNY",
    }
    return str((await made(platform, "/registry/v1/targets", target))["id"])


async def attainment(platform: Platform, target: str) -> Any:
    """How a target stands once everything is evaluated."""
    await platform.settle()
    await platform.sweep("metrics", "targets")
    await platform.settle()
    return await found(platform, f"/metrics/v1/targets/{target}/attainment")


async def test_a_strict_target_is_crossed_at_one_fen_and_uncrossed_by_a_void(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", [SELLER])
    target = await pazhou(platform, ">")
    exactly = [
        a_fact("HALF-1", amount_minor=TARGET // 2),
        a_fact("HALF-2", amount_minor=TARGET // 2),
    ]
    fen = a_fact("ONE-FEN", amount_minor=1)

    with on_the_bus(platform) as sent:
        await told(platform, shop, exactly)
        at_the_target = await attainment(platform, target)
        await told(platform, shop, [fen])
        over = await attainment(platform, target)
        await told(platform, shop, [fen, *exactly])
        still_over = await attainment(platform, target)
        await told(platform, shop, [a_void(exactly[0])])
        fallen = await attainment(platform, target)
        crossings = events(sent, TargetCrossed)
    audited = await found(
        platform, "/metrics/v1/audit-entries", params={"subject": f"target/{target}"}
    )

    assert at_the_target["attained"] is False
    assert at_the_target["ratio"] == "1.000000"
    assert at_the_target["missing_minor"] == 1
    assert over["attained"] is still_over["attained"] is True
    assert over["total_minor"] == still_over["total_minor"] == TARGET + 1
    assert fallen["attained"] is False
    assert fallen["total_minor"] == TARGET // 2 + 1
    assert [(each.attained, each.total_minor) for each in crossings] == [
        (True, TARGET + 1),
        (False, TARGET // 2 + 1),
    ]
    assert {str(each.target_id) for each in crossings} == {target}
    assert len(audited["items"]) == 2


async def test_an_inclusive_target_is_met_by_the_amount_itself(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", [SELLER])
    target = await pazhou(embedded, ">=")

    await told(embedded, shop, [a_fact("BUT-ONE", amount_minor=TARGET - 1)])
    below = await attainment(embedded, target)
    await told(embedded, shop, [a_fact("ONE-FEN", amount_minor=1)])
    met = await attainment(embedded, target)

    assert below["attained"] is False
    assert below["ratio"] == "1.000000"
    assert met["attained"] is True
    assert met["missing_minor"] == 0


async def test_a_late_tenancy_alone_can_cross_a_target(embedded: Platform) -> None:
    other = sellers(2)[1]
    shop = await admit(embedded, "mall", [SELLER, other])
    target = await pazhou(embedded, ">=")
    await told(embedded, shop, [a_fact("ELSEWHERE", seller_uscc=other, amount_minor=TARGET)])
    before = await attainment(embedded, target)

    with on_the_bus(embedded) as sent:
        await move_in(embedded, other, "GZ-PAZHOU", "2026-01-01")
        after = await attainment(embedded, target)

    assert before["total_minor"] == 0
    assert after["attained"] is True
    assert [each.attained for each in events(sent, TargetCrossed)] == [True]


async def test_eleven_nodes_are_published_and_ten_are_not(embedded: Platform) -> None:
    await admit(embedded, "mall", [SELLER])
    await pazhou(embedded, ">")
    tree = await found(embedded, "/registry/v1/cluster-plans/GZ-1-1-9/tree")
    roles = [node["role"] for node in tree["nodes"]]

    ten = tree["nodes"][:-1]
    read = await embedded.get("/registry/v1/cluster-plans/GZ-1-1-9")
    await embedded.request(
        "PUT",
        "/registry/v1/cluster-plans/GZ-1-1-9/draft",
        json={"nodes": ten},
        headers={"If-Match": read.headers["ETag"]},
    )
    refused = await embedded.post("/registry/v1/cluster-plans/GZ-1-1-9:publish", {})

    assert {role: roles.count(role) for role in roles} == {"hq": 1, "second": 1, "district": 9}
    assert refused.status_code == 422
    assert refused.json()["code"] == "node_count"
