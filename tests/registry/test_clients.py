"""Platforms and their clients: credentials that rotate, end and can be watched."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from event_contracts.registry import ClientRecorded, PlatformRecorded
from service_chassis.testing import OPERATOR_SECRET
from tests.registry.register import Register, a_platform


async def asked(register: Register, issued: dict[str, Any], **form: str) -> httpx.Response:
    return await register.platform.http.post(
        "/registry/oauth2/token",
        data={"grant_type": "client_credentials", **form},
        auth=(issued["client_id"], issued["client_secret"]),
    )


async def a_client(register: Register, **members: Any) -> dict[str, Any]:
    sent = {"name": "export", "scopes": ["orders:write", "orders:read"]} | members
    issued: dict[str, Any] = await register.post("/v1/clients", sent)
    return issued


async def test_a_platform_is_admitted_and_suspended(register: Register) -> None:
    await register.post("/v1/platforms", a_platform(reports_every_minutes=60))
    issued = await a_client(register, platform_code="demo-mall")
    assert (await asked(register, issued)).status_code == 200

    await register.edit("PATCH", "/v1/platforms/demo-mall", {"status": "suspended"})

    told = await register.announced(PlatformRecorded)
    assert [one.status for one in told] == ["active", "suspended"]
    assert told[0].reports_every_minutes == 60
    refusal = await asked(register, issued)
    assert (refusal.status_code, refusal.json()["error"]) == (400, "unauthorized_client")


async def test_a_platform_sees_itself_alone(embedded_register: Register) -> None:
    register = embedded_register
    await register.post("/v1/platforms", a_platform("demo-mall"))
    await register.post("/v1/platforms", a_platform("other-mall"))
    token = await register.token_of(scopes=["registry:read"], platform_code="demo-mall")

    listed = await register.get("/v1/platforms", token=token)
    foreign = await register.refused("GET", "/v1/platforms/other-mall", token=token)

    assert [one["code"] for one in listed["items"]] == ["demo-mall"]
    assert foreign["code"] == "outside_record_scope"


async def test_a_secret_is_shown_once_and_kept_nowhere(register: Register) -> None:
    issued = await a_client(register)

    shown = await register.call("GET", f"/v1/clients/{issued['client_id']}")
    audited = await register.call("GET", "/v1/audit-entries")

    assert len(issued["client_secret"]) >= 43
    assert issued["client_secret"] not in shown.text + audited.text
    [told] = [
        one
        for one in await register.announced(ClientRecorded)
        if one.client_id == issued["client_id"]
    ]
    assert issued["client_secret"] not in told.model_dump_json()


async def test_two_secrets_are_valid_while_they_change(register: Register) -> None:
    first = await a_client(register)
    path = f"/v1/clients/{first['client_id']}"
    second = await register.post(f"{path}:rotate-secret")
    assert (await asked(register, first)).status_code == 200
    assert (await asked(register, second)).status_code == 200

    third = await register.post(f"{path}:rotate-secret")

    statuses = [(await asked(register, one)).status_code for one in (first, second, third)]
    assert statuses == [401, 200, 200]
    await register.post(f"{path}:retire-old-secrets")
    assert (await asked(register, second)).status_code == 401
    assert (await asked(register, third)).status_code == 200


async def test_an_old_secret_can_be_given_an_end(register: Register) -> None:
    first = await a_client(register)
    second = await register.post(
        f"/v1/clients/{first['client_id']}:rotate-secret", {"old_valid_hours": 24}
    )

    register.clock.advance(timedelta(hours=24))

    assert (await asked(register, first)).status_code == 401
    assert (await asked(register, second)).status_code == 200


async def test_a_revoked_clients_tokens_are_refused(register: Register) -> None:
    issued = await a_client(register, scopes=["registry:read"])
    token = (await asked(register, issued)).json()["access_token"]
    assert (await register.call("GET", "/v1/parks", token=token)).status_code == 200

    await register.post(f"/v1/clients/{issued['client_id']}:revoke", {"reason": "leaked"})
    await register.platform.settle()

    assert (await asked(register, issued)).json()["error"] == "invalid_client"
    await _until_refused(register, token)
    again = await register.refused("POST", f"/v1/clients/{issued['client_id']}:rotate-secret")
    assert again["code"] == "client_revoked"


async def _until_refused(register: Register, token: str) -> None:
    # The book of keys and revocations in memory is at most a second old.
    register.platform.host.apps["/registry"].state.identity.refresh_seconds = 0.0
    answer = await register.call("GET", "/v1/parks", token=token)
    assert answer.status_code == 401


async def test_the_last_use_is_kept_to_the_minute(register: Register) -> None:
    issued = await a_client(register)
    path = f"/v1/clients/{issued['client_id']}"
    assert (await register.get(path))["last_used_at"] is None
    began = register.clock.now()

    seen = []
    for _ in range(3):
        await asked(register, issued)
        seen.append((await register.get(path))["last_used_at"])
        register.clock.advance(timedelta(seconds=40))

    assert seen[0] == seen[1] == began.isoformat().replace("+00:00", "Z")
    assert seen[2] == (began + timedelta(seconds=80)).isoformat().replace("+00:00", "Z")


async def test_nobody_grants_more_than_they_have(embedded_register: Register) -> None:
    register = embedded_register
    await register.post("/v1/platforms", a_platform("demo-mall"))
    await register.post("/v1/platforms", a_platform("other-mall"))
    token = await register.token_of(
        scopes=["registry:admin", "orders:write"], platform_code="demo-mall"
    )

    async def registering(**members: Any) -> int:
        sent = {"name": "x", "scopes": ["orders:write"], "platform_code": "demo-mall"} | members
        return (await register.call("POST", "/v1/clients", sent, token=token)).status_code

    assert await registering() == 201
    assert await registering(scopes=["operations"]) == 403
    assert await registering(platform_code="other-mall") == 403
    assert await registering(platform_code=None) == 403
    powerful = await a_client(register, scopes=["operations"], platform_code="demo-mall")
    path = f"/v1/clients/{powerful['client_id']}:rotate-secret"
    problem = await register.refused("POST", path, token=token)
    assert problem["code"] == "grant_too_wide"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"platform_code": "unknown"}, "platform_unknown"),
        ({"scopes": ["everything"]}, "request_invalid"),
        ({"scopes": []}, "request_invalid"),
        ({"parks": []}, "request_invalid"),
    ],
)
async def test_a_client_needs_known_scopes_and_records(
    embedded_register: Register, members: dict[str, Any], code: str
) -> None:
    problem = await embedded_register.refused(
        "POST", "/v1/clients", {"name": "x", "scopes": ["orders:read"]} | members
    )

    assert problem["code"] == code


async def test_the_operator_is_there_from_the_start(register: Register) -> None:
    answer = await asked(register, {"client_id": "operator", "client_secret": OPERATOR_SECRET})

    assert set(answer.json()["scope"].split()) >= {"registry:admin", "operations", "orders:write"}


@pytest.mark.parametrize("verb", ["rotate-secret", "retire-old-secrets", "revoke"])
async def test_the_operator_changes_only_with_the_settings(
    embedded_register: Register, verb: str
) -> None:
    problem = await embedded_register.refused(
        "POST", f"/v1/clients/operator:{verb}", {"reason": "a try"} if verb == "revoke" else None
    )

    assert problem["code"] == "client_of_settings"
