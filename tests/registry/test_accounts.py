"""People: roles, records, passwords, and a door that closes after five wrong ones."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from event_contracts.registry import ClientRecorded
from tests.registry.register import Register, a_park

PASSWORD = "a long password of hers"


def an_account(account: str = "li.na", **members: Any) -> dict[str, Any]:
    return {
        "account": account,
        "name": "李娜",
        "password": PASSWORD,
        "roles": ["park"],
        "parks": ["GZ-PAZHOU"],
    } | members


async def sign_in(
    register: Register, account: str = "li.na", password: str = PASSWORD
) -> httpx.Response:
    return await register.platform.http.post(
        "/registry/v1/sessions", json={"account": account, "password": password}
    )


async def test_a_person_signs_in_with_the_scopes_of_her_roles(register: Register) -> None:
    await register.post("/v1/parks", a_park("GZ-PAZHOU"))
    await register.post("/v1/parks", a_park("GZ-BAIETAN"))
    await register.post("/v1/accounts", an_account())

    answer = await sign_in(register)

    token = answer.json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["kind"], claims["parks"]) == (
        "person:li.na",
        "person",
        ["GZ-PAZHOU"],
    )
    assert "registry:write" in claims["scope"].split()
    listed = await register.get("/v1/parks", token=token)
    assert [park["code"] for park in listed["items"]] == ["GZ-PAZHOU"]
    refused = await register.refused("GET", "/v1/accounts", token=token)
    assert refused["code"] == "scope_missing"


async def test_the_hash_is_argon2id_and_nothing_shows_it(register: Register) -> None:
    from registry.account.tables import Account  # noqa: PLC0415

    answer = await register.call("POST", "/v1/accounts", an_account())

    async with register.platform.database("registry").reading() as session:
        kept = await session.get(Account, "li.na")
    assert kept is not None
    assert kept.password_hash.startswith("$argon2id$")
    audited = await register.call("GET", "/v1/audit-entries")
    assert "argon2" not in answer.text + audited.text
    assert PASSWORD not in answer.text + audited.text


async def test_a_wrong_password_and_an_unknown_account_look_the_same(
    embedded_register: Register,
) -> None:
    await embedded_register.post("/v1/accounts", an_account())

    wrong = await sign_in(embedded_register, password="not her password")
    nobody = await sign_in(embedded_register, account="nobody")

    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json()["code"] == "credentials_invalid"
    assert {**wrong.json(), "request_id": ""} == {**nobody.json(), "request_id": ""}


async def test_five_wrong_passwords_lock_the_door_for_a_while(register: Register) -> None:
    await register.post("/v1/accounts", an_account())
    for _ in range(5):
        assert (await sign_in(register, password="not her password")).status_code == 401

    locked = await sign_in(register)
    register.clock.advance(timedelta(minutes=15))
    later = await sign_in(register)

    assert (locked.status_code, locked.json()["code"]) == (429, "account_locked")
    assert locked.headers["Retry-After"] == "900"
    assert later.status_code == 200


async def test_attempts_sent_at_once_are_all_counted(register: Register) -> None:
    await register.post("/v1/accounts", an_account())

    answers = await asyncio.gather(
        *(sign_in(register, password=f"a guess, number {n}") for n in range(9))
    )

    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 4}


async def test_a_right_password_forgets_the_wrong_ones(embedded_register: Register) -> None:
    await embedded_register.post("/v1/accounts", an_account())
    for _ in range(2):
        for _ in range(4):
            await sign_in(embedded_register, password="not her password")
        assert (await sign_in(embedded_register)).status_code == 200


async def test_a_name_without_an_account_is_locked_like_any_other(
    embedded_register: Register,
) -> None:
    answers = [await sign_in(embedded_register, account="nobody") for _ in range(6)]

    assert answers[-1].status_code == 429


async def test_a_disabled_account_is_out_at_once(register: Register) -> None:
    await register.post("/v1/accounts", an_account())
    token = (await sign_in(register)).json()["access_token"]

    await register.edit("PATCH", "/v1/accounts/li.na", {"status": "disabled"})

    await register.platform.settle()
    register.platform.host.apps["/registry"].state.identity.refresh_seconds = 0.0
    assert (await sign_in(register)).status_code == 401
    assert (await register.call("GET", "/v1/parks", token=token)).status_code == 401
    told = [
        one for one in await register.announced(ClientRecorded) if one.client_id == "person:li.na"
    ]
    assert [one.status for one in told] == ["active", "revoked"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"password": "short"}, "request_invalid"),
        ({"roles": ["emperor"]}, "request_invalid"),
        ({"parks": None}, "request_invalid"),
        ({"roles": ["city"]}, "request_invalid"),
        ({"account": "Li Na"}, "request_invalid"),
    ],
)
async def test_an_account_needs_a_password_roles_and_their_records(
    embedded_register: Register, members: dict[str, Any], code: str
) -> None:
    problem = await embedded_register.refused("POST", "/v1/accounts", an_account(**members))

    assert problem["code"] == code
    assert "a long password" not in str(problem)


async def test_a_short_password_is_refused_in_words(embedded_register: Register) -> None:
    problem = await embedded_register.refused("POST", "/v1/accounts", an_account(password="short"))

    [fault] = problem["errors"]
    assert fault["pointer"] == "/password"
    assert fault["detail"] == "a password has 12 to 200 characters, not 5"


async def test_a_role_does_not_lose_its_records(embedded_register: Register) -> None:
    await embedded_register.post("/v1/accounts", an_account())

    answer = await embedded_register.edit("PATCH", "/v1/accounts/li.na", {"parks": None})

    assert (answer.status_code, answer.json()["code"]) == (422, "role_without_records")


async def test_people_change_their_own_password(register: Register) -> None:
    await register.post("/v1/accounts", an_account())
    token = (await sign_in(register)).json()["access_token"]
    path = "/v1/accounts:change-password"

    wrong = await register.refused(
        "POST", path, {"present": "not it", "password": "a new long one"}, token=token
    )
    done = await register.call(
        "POST", path, {"present": PASSWORD, "password": "a new long one"}, token=token
    )

    assert wrong["code"] == "credentials_invalid"
    assert done.status_code == 204
    assert (await sign_in(register)).status_code == 401
    assert (await sign_in(register, password="a new long one")).status_code == 200


async def test_an_administrator_gives_a_new_password(embedded_register: Register) -> None:
    await embedded_register.post("/v1/accounts", an_account())

    answer = await embedded_register.call(
        "POST", "/v1/accounts/li.na:set-password", {"password": "another long password"}
    )

    assert answer.status_code == 204
    assert (await sign_in(embedded_register, password="another long password")).status_code == 200
