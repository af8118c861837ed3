"""What most stories begin with: a platform that may report, and sellers that let it."""

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
