"""Cluster plans: drawn up by several people, published only in the declared shape."""

from typing import Any

import pytest

from event_contracts.registry import PlanPublished, TargetSet
from tests.registry.register import Register, a_park

PLAN = {
    "code": "GZ-1+1+9",
    "name_zh": "广州“1+1+9”电子商务集聚区",
    "name_en": "Guangzhou 1+1+9",
    "declared": {"hq": 1, "second": 1, "district": 9},
    "valid_from": "2013-11-01",
}
ADDRESS = "/v1/cluster-plans/GZ-1+1+9"


def a_node(code: str, role: str, **members: Any) -> dict[str, Any]:
    return {
        "node_code": code,
        "parent_code": None if role == "hq" else "HQ",
        "role": role,
        "name_zh": f"节点{code}",
        "name_en": f"Node {code}",
        "parks": [],
    } | members


def nodes(districts: int = 9, **hq: Any) -> list[dict[str, Any]]:
    return [
        a_node("HQ", "hq", **hq),
        a_node("SECOND", "second"),
        *(a_node(f"D{number}", "district") for number in range(1, districts + 1)),
    ]


async def drawn_up(register: Register, tree: list[dict[str, Any]]) -> None:
    await register.post("/v1/parks", a_park())
    await register.post("/v1/cluster-plans", PLAN)
    answer = await register.edit("PUT", f"{ADDRESS}/draft", {"nodes": tree})
    assert answer.status_code == 200, answer.text


async def test_a_plan_is_published_with_its_eleven_nodes(register: Register) -> None:
    stay = {"park_code": "GZ-PAZHOU", "valid_from": "2013-11-01"}
    await drawn_up(register, nodes(parks=[stay]))

    published = await register.post(f"{ADDRESS}:publish")

    assert (published["tree_version"], len(published["nodes"])) == (1, 11)
    assert await register.get(f"{ADDRESS}/tree?version=1") == published
    [told] = await register.announced(PlanPublished)
    assert (told.version, len(told.nodes), told.nodes[0].parks[0].park_code) == (1, 11, "GZ-PAZHOU")


async def test_a_tree_of_another_shape_is_not_published(register: Register) -> None:
    await drawn_up(register, nodes(districts=8))

    problem = await register.refused("POST", f"{ADDRESS}:publish")

    assert (problem["status"], problem["code"]) == (422, "node_count")
    assert problem["declared"]["district"] == 9
    assert problem["present"]["district"] == 8
    assert await register.announced(PlanPublished) == []


async def test_published_trees_stay_as_they_were(register: Register) -> None:
    await drawn_up(register, nodes())
    await register.post(f"{ADDRESS}:publish")
    changed = nodes()
    changed[0]["name_en"] = "Renamed"
    await register.edit("PUT", f"{ADDRESS}/draft", {"nodes": changed})
    await register.post(f"{ADDRESS}:publish", {"valid_from": "2020-01-01"})

    first = await register.get(f"{ADDRESS}/tree?version=1")
    newest = await register.get(f"{ADDRESS}/tree")

    assert first["nodes"][0]["name_en"] == "Node HQ"
    assert (newest["tree_version"], newest["valid_from"]) == (2, "2020-01-01")
    assert newest["nodes"][0]["name_en"] == "Renamed"
    assert [told.version for told in await register.announced(PlanPublished)] == [1, 2]


async def test_two_officers_do_not_overwrite_one_draft(register: Register) -> None:
    await register.post("/v1/cluster-plans", PLAN)
    seen = {"If-Match": '"1"'}

    first = await register.call("PUT", f"{ADDRESS}/draft", {"nodes": nodes()}, headers=seen)
    second = await register.refused(
        "PUT", f"{ADDRESS}/draft", {"nodes": nodes(districts=1)}, headers=seen
    )

    assert first.status_code == 200
    assert second["code"] == "version_stale"


async def test_nothing_is_published_twice(embedded_register: Register) -> None:
    await drawn_up(embedded_register, nodes())
    await embedded_register.post(f"{ADDRESS}:publish")

    problem = await embedded_register.refused("POST", f"{ADDRESS}:publish")

    assert problem["code"] == "nothing_to_publish"


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ([a_node("HQ", "hq"), a_node("HQ", "second")], "tree_broken"),
        ([a_node("A", "district", parent_code="NONE")], "tree_broken"),
        (
            [
                a_node("A", "district", parent_code="B"),
                a_node("B", "district", parent_code="A"),
            ],
            "tree_broken",
        ),
        (
            [a_node("A", "hq", parks=[{"park_code": "UNKNOWN", "valid_from": "2013-01-01"}])],
            "parks_unknown",
        ),
        (
            [
                a_node("HQ", "hq", parks=[{"park_code": "GZ-PAZHOU", "valid_from": "2013-01-01"}]),
                a_node(
                    "A", "district", parks=[{"park_code": "GZ-PAZHOU", "valid_from": "2015-01-01"}]
                ),
            ],
            "park_in_two_nodes",
        ),
    ],
)
async def test_a_draft_is_a_tree_of_known_parks(
    embedded_register: Register, tree: list[dict[str, Any]], code: str
) -> None:
    await embedded_register.post("/v1/parks", a_park())
    await embedded_register.post("/v1/cluster-plans", PLAN)

    answer = await embedded_register.edit("PUT", f"{ADDRESS}/draft", {"nodes": tree})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_park_may_move_from_one_node_to_another(embedded_register: Register) -> None:
    until_2015 = {
        "park_code": "GZ-PAZHOU",
        "valid_from": "2013-01-01",
        "valid_to": "2015-01-01",
    }
    since = {"park_code": "GZ-PAZHOU", "valid_from": "2015-01-01"}

    await drawn_up(
        embedded_register,
        [a_node("HQ", "hq", parks=[until_2015]), a_node("A", "district", parks=[since])],
    )


async def test_a_park_operator_does_not_draw_plans(embedded_register: Register) -> None:
    token = await embedded_register.token_of(
        scopes=["registry:read", "registry:write"], parks=["GZ-PAZHOU"]
    )

    problem = await embedded_register.refused("POST", "/v1/cluster-plans", PLAN, token=token)

    assert problem["code"] == "outside_record_scope"


A_TARGET = {
    "plan_code": "GZ-1+1+9",
    "node_code": "HQ",
    "year": 2020,
    "measure": "ECV_PAID",
    "operator": ">",
    "amount_minor": 10_000_000_000_000,
    "currency": "CNY",
}


async def test_a_target_is_set_once_and_may_be_replaced(register: Register) -> None:
    await drawn_up(register, nodes())
    await register.post(f"{ADDRESS}:publish")

    target = await register.post("/v1/targets", A_TARGET)
    problem = await register.refused("POST", "/v1/targets", A_TARGET)
    await register.post(f"/v1/targets/{target['id']}:withdraw", {"reason": "set too low"})
    replaced = await register.post("/v1/targets", A_TARGET | {"operator": ">="})

    assert (problem["status"], problem["code"]) == (409, "target_exists")
    told = [(one.operator, one.status) for one in await register.announced(TargetSet)]
    # Each target's news keeps its order; that of two targets may overtake each other.
    assert [status for operator, status in told if operator == ">"] == ["active", "withdrawn"]
    assert [status for operator, status in told if operator == ">="] == ["active"]
    listed = await register.get("/v1/targets?plan=GZ-1%2B1%2B9&status=active")
    assert [one["id"] for one in listed["items"]] == [replaced["id"]]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"node_code": "NOWHERE"}, "node_unknown"),
        ({"plan_code": "NO-PLAN"}, "plan_not_found"),
        ({"currency": "XYZ"}, "request_invalid"),
        ({"amount_minor": 1.5}, "request_invalid"),
        ({"amount_minor": 2**53}, "request_invalid"),
        ({"measure": "ORDERS_PAID"}, "request_invalid"),
    ],
)
async def test_a_target_needs_a_node_a_measure_and_an_amount(
    embedded_register: Register, members: dict[str, Any], code: str
) -> None:
    await drawn_up(embedded_register, nodes())
    await embedded_register.post(f"{ADDRESS}:publish")

    problem = await embedded_register.refused("POST", "/v1/targets", A_TARGET | members)

    assert problem["code"] == code
