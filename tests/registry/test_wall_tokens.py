"""Wall tokens: months long, for the board alone, and not orphaned when keys are rotated."""

from datetime import timedelta
from typing import Any

import jwt
import pytest

from service_chassis.identity_book import AUDIENCE_OF_WALLS
from tests.registry.register import Register, a_platform

REASON = {"reason": "yearly rotation"}


async def a_wall(register: Register, **members: Any) -> tuple[str, dict[str, Any]]:
    """The path of a wall's client, and a token for it."""
    issued = await register.post(
        "/v1/clients", {"name": "lobby", "scopes": ["board:read"]} | members
    )
    path = f"/v1/clients/{issued['client_id']}"
    return path, await register.post(f"{path}:issue-wall-token")


def read(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def until_when_is_its_key_kept(register: Register, token: str) -> str | None:
    kid = jwt.get_unverified_header(token)["kid"]
    keys = (await register.get("/v1/signing-keys"))["items"]
    [retired_at] = [key["retired_at"] for key in keys if key["kid"] == kid]
    return str(retired_at) if retired_at else None


async def test_a_wall_token_lives_for_ninety_days_and_carries_the_record_scope(
    register: Register,
) -> None:
    _, issued = await a_wall(register, region="440100")

    claims = read(issued["wall_token"])
    assert claims["aud"] == AUDIENCE_OF_WALLS
    assert (claims["scope"], claims["region"]) == ("board:read", "440100")
    assert claims["exp"] - claims["iat"] == 90 * 86_400
    assert issued["expires_at"] == "2026-05-31T02:00:00Z"


async def test_a_wall_token_opens_nothing_as_a_bearer_token(embedded_register: Register) -> None:
    register = embedded_register
    _, issued = await a_wall(register)

    refused = await register.refused("GET", "/v1/parks", token=issued["wall_token"])

    assert (refused["status"], refused["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("days", [0, 367, -1])
async def test_a_wall_lasts_from_a_day_to_a_year(embedded_register: Register, days: int) -> None:
    path, _ = await a_wall(embedded_register)

    refused = await embedded_register.refused("POST", f"{path}:issue-wall-token", {"days": days})

    assert refused["code"] == "request_invalid"


async def test_a_client_that_may_do_more_has_no_wall_token(embedded_register: Register) -> None:
    register = embedded_register
    issued = await register.post(
        "/v1/clients", {"name": "wide", "scopes": ["board:read", "figures:read"]}
    )

    refused = await register.refused("POST", f"/v1/clients/{issued['client_id']}:issue-wall-token")

    assert (refused["status"], refused["code"]) == (422, "not_for_a_wall")


async def test_a_token_too_long_for_a_cookie_is_refused(embedded_register: Register) -> None:
    register = embedded_register
    parks = [f"GZ-PARK-WITH-A-LONG-CODE-{number:04d}" for number in range(120)]
    issued = await register.post(
        "/v1/clients", {"name": "wide", "scopes": ["board:read"], "parks": parks}
    )

    refused = await register.refused("POST", f"/v1/clients/{issued['client_id']}:issue-wall-token")

    assert refused["code"] == "not_for_a_wall"
    assert "region" in refused["detail"]


async def test_a_revoked_client_gets_no_further_token(embedded_register: Register) -> None:
    path, _ = await a_wall(embedded_register)
    await embedded_register.post(f"{path}:revoke", {"reason": "the wall is gone"})

    refused = await embedded_register.refused("POST", f"{path}:issue-wall-token")

    assert refused["code"] == "client_revoked"


async def test_a_suspended_platform_gets_no_wall_token(embedded_register: Register) -> None:
    register = embedded_register
    await register.post("/v1/platforms", a_platform())
    path, _ = await a_wall(register, platform_code="demo-mall")
    await register.edit("PATCH", "/v1/platforms/demo-mall", {"status": "suspended"})

    refused = await register.refused("POST", f"{path}:issue-wall-token")

    assert refused["code"] == "not_for_a_wall"
    assert refused["detail"] == "Platform demo-mall is suspended."


async def test_nobody_hangs_up_more_than_they_may_see(embedded_register: Register) -> None:
    register = embedded_register
    path, _ = await a_wall(register)
    narrow = await register.token_of(scopes=["registry:admin", "board:read"], region="440100")

    refused = await register.refused("POST", f"{path}:issue-wall-token", token=narrow)

    assert refused["code"] == "grant_too_wide"


async def test_a_rotated_key_is_kept_until_its_last_wall_token_expires(register: Register) -> None:
    _, issued = await a_wall(register)

    await register.post("/v1/signing-keys:rotate", REASON)
    await register.post("/v1/signing-keys:rotate", REASON)

    kept = await until_when_is_its_key_kept(register, issued["wall_token"])
    assert kept == "2026-05-31T02:01:00Z"


async def test_a_key_on_its_way_out_is_kept_for_a_wall_token_it_still_signs(
    embedded_register: Register,
) -> None:
    register = embedded_register
    await register.post("/v1/signing-keys:rotate", REASON | {"activates_in_seconds": 3_600})

    _, issued = await a_wall(register)

    kept = await until_when_is_its_key_kept(register, issued["wall_token"])
    assert kept == "2026-05-31T02:01:00Z"


async def test_a_compromised_key_ends_its_wall_tokens_at_once(embedded_register: Register) -> None:
    register = embedded_register
    _, issued = await a_wall(register)
    await register.post("/v1/signing-keys:rotate", REASON)
    register.clock.advance(timedelta(minutes=5))

    await register.post("/v1/signing-keys:rotate", {"at_once": True, "reason": "leaked"})

    kept = await until_when_is_its_key_kept(register, issued["wall_token"])
    assert kept == "2026-03-02T02:05:00Z"


async def test_a_wall_token_is_audited_and_shown_once(embedded_register: Register) -> None:
    register = embedded_register
    _, issued = await a_wall(register)

    entries = await register.get("/v1/audit-entries")

    [told] = [each for each in entries["items"] if each["action"] == "client.wall_token_issued"]
    assert told["after"]["jti"] == read(issued["wall_token"])["jti"]
    assert issued["wall_token"] not in str(entries)
