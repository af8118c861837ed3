"""What most stories begin with: a platform that may report, and sellers that let it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from service_chassis.testing import Platform

SINCE = "2010-01-01"
INSERTED = (200, 201, 207)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner platform and its credential."""

    code: str
    credential: tuple[str, str]


def requests_for_partner(
    code: str, sellers: Sequence[str], region: str = "441900"
) -> list[tuple[str, dict[str, Any]]]:
    """The posts that let a platform report for these sellers."""
    posts: list[tuple[str, dict[str, Any]]] = [
        (
            "/registry/v1/platforms",
            {"code": code, "name_zh": f"平台 {code}", "name_en": f"Platform {code}"},
        )
    ]
    for start in range(0, len(sellers), 500):
        part = sellers[start : start + 500]
        enterprises = [
            {"uscc": uscc, "name_zh": f"示例企业{uscc[8:17]}", "region_code": region}
            for uscc in part
        ]
        authorisations = [
            {"platform_code": code, "seller_uscc": uscc, "valid_from": SINCE} for uscc in part
        ]
        posts += [
            ("/registry/v1/enterprises:batch", {"items": enterprises}),
            ("/registry/v1/authorisations:batch", {"items": authorisations}),
        ]
    return posts


CLIENT_SCOPES = ["orders:write", "orders:read", "figures:read"]


def request_for_client(code: str) -> tuple[str, dict[str, Any]]:
    """The post that gives a platform its credential."""
    return (
        "/registry/v1/clients",
        {"name": f"{code} reporting", "scopes": CLIENT_SCOPES, "platform_code": code},
    )


async def admit(
    platform: Platform, code: str, sellers: Sequence[str], region: str = "441900"
) -> Partner:
    """Register a platform, its client, its sellers and their authorisations; settled."""
    for path, body in requests_for_partner(code, sellers, region):
        answer = await platform.post(path, body)
        assert answer.status_code in INSERTED, answer.text
    path, body = request_for_client(code)
    answer = await platform.post(path, body)
    assert answer.status_code in INSERTED, answer.text
    await platform.settle()
    granted = answer.json()
    return Partner(code, (granted["client_id"], granted["client_secret"]))


def admit_over_http(
    post: Callable[[str, dict[str, Any]], Any], code: str, sellers: Sequence[str]
) -> Partner:
    """The same against processes, without waiting for the news to travel."""
    for path, body in requests_for_partner(code, sellers):
        post(path, body)
    path, body = request_for_client(code)
    granted = post(path, body)
    return Partner(code, (granted["client_id"], granted["client_secret"]))


def probe(seller: str, moment: str) -> dict[str, Any]:
    """A fact that moves no money; while it is rejected the news has not travelled yet."""
    return {
        "order_no": "PROBE",
        "kind": "created",
        "occurred_at": moment,
        "seller_uscc": seller,
        "buyer_type": "individual",
        "channel": "shelf",
        "trade_mode": "B2C",
        "trade_flow": "domestic",
        "goods_kind": "physical",
        "category": "日用品",
        "currency": "CNY",
        "amount_minor": 0,
    }


def wait_for_news(post: Callable[[Any], Any], seller: str, moment: str, seconds: float) -> None:
    """Return when livestream-supply knows that the platform may report for the seller."""
    deadline = time.monotonic() + seconds
    while post([probe(seller, moment)])["rejected"]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the authorisation of {seller} was not known after {seconds} s")
        time.sleep(0.1)


async def report(
    platform: Platform, partner: Partner, facts: Sequence[dict[str, Any]], **kwargs: Any
) -> httpx.Response:
    """Post facts as the partner."""
    send: Callable[..., Awaitable[httpx.Response]] = platform.post
    return await send(
        "/livestream-supply/v1/order-events:batch",
        list(facts),
        client=partner.credential,
        **kwargs,
    )


async def told(
    platform: Platform, partner: Partner, facts: Sequence[dict[str, Any]], **kwargs: Any
) -> dict[str, Any]:
    """Post facts as the partner and read the receipt when everything is settled."""
    answer = await report(platform, partner, facts, **kwargs)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    await platform.settle()
    return await receipt_of(platform, partner, answer.json()["id"])


async def receipt_of(platform: Platform, partner: Partner, receipt_id: str) -> dict[str, Any]:
    """A receipt with all its items, as the partner reads it page by page."""
    path = f"/livestream-supply/v1/receipts/{receipt_id}"
    receipt: dict[str, Any] = {}
    items: list[dict[str, Any]] = []
    token: str | None = None
    while not receipt or token:
        asked = {"page_size": 200} | ({"page_token": token} if token else {})
        answer = await platform.get(path, params=asked, client=partner.credential)
        assert answer.status_code == httpx.codes.OK, answer.text
        receipt = answer.json()
        items += receipt.pop("item_outcomes")
        token = receipt.pop("next_page_token")
    return receipt | {"item_outcomes": items}


def outcomes(receipt: dict[str, Any]) -> list[str]:
    """What became of each item, in their order."""
    return [item["outcome"] for item in receipt["item_outcomes"]]


async def made(platform: Platform, path: str, body: dict[str, Any], **kwargs: Any) -> Any:
    """The answer to a post that must succeed."""
    answer = await platform.post(path, body, **kwargs)
    assert answer.is_success, answer.text
    return answer.json()


async def found(platform: Platform, path: str, **kwargs: Any) -> Any:
    """What there is at an address."""
    answer = await platform.get(path, **kwargs)
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.json()


async def register_park(platform: Platform, code: str, region: str, **members: Any) -> None:
    """Register a park that has been operating for long."""
    park = {
        "code": code,
        "name_zh": f"园区 {code}",
        "name_en": f"Park {code}",
        "park_type": "cluster",
        "level": "municipal",
        "status": "operating",
        "status_from": SINCE,
        "region_code": region,
    }
    await made(platform, "/registry/v1/parks", park | members)


async def move_in(
    platform: Platform, seller: str, park: str, moved_in_on: str, left_on: str | None = None
) -> str:
    """Register a counting tenancy and return its id; settled."""
    tenancy = {
        "enterprise_uscc": seller,
        "park_code": park,
        "counting": True,
        "moved_in_on": moved_in_on,
        "left_on": left_on,
    }
    registered = await made(platform, "/registry/v1/tenancies", tenancy)
    await platform.settle()
    return str(registered["id"])


async def edit(
    platform: Platform, path: str, changes: dict[str, Any], method: str = "PATCH"
) -> Any:
    """Change what was read just before; settled."""
    read = await platform.get(path)
    assert read.status_code == httpx.codes.OK, read.text
    match = {"If-Match": read.headers["ETag"]}
    answer = await platform.request(method, path, json=changes, headers=match)
    assert answer.is_success, answer.text
    await platform.settle()
    return answer.json()


async def publish_plan(
    platform: Platform,
    code: str,
    nodes: Sequence[tuple[str, str, Sequence[str]]],
    *,
    since: str = SINCE,
    until: str | None = None,
) -> None:
    """Publish a cluster plan of nodes (code, role, parks), theirs since a date; settled."""
    roles = [role for _, role, _ in nodes]
    plan = {
        "code": code,
        "name_zh": f"规划 {code}",
        "name_en": f"Plan {code}",
        "declared": {role: roles.count(role) for role in ("hq", "second", "district")},
        "valid_from": SINCE,
    }
    draft = [
        {
            "node_code": node,
            "role": role,
            "name_zh": f"集聚区 {node}",
            "name_en": f"Cluster {node}",
            "parks": [
                {"park_code": park, "valid_from": since, "valid_to": until} for park in parks
            ],
        }
        for node, role, parks in nodes
    ]
    path = f"/registry/v1/cluster-plans/{code}"
    await made(platform, "/registry/v1/cluster-plans", plan)
    read = await platform.get(path)
    match = {"If-Match": read.headers["ETag"]}
    drafted = await platform.request("PUT", f"{path}/draft", json={"nodes": draft}, headers=match)
    assert drafted.is_success, drafted.text
    await made(platform, f"{path}:publish", {})
    await platform.settle()
