"""Requests that no honest caller sends are answered like any other, on both databases."""

import pytest

from tests.registry.register import (
    FIRST,
    Register,
    a_park,
    a_tenancy,
    an_authorisation,
    an_enterprise,
)

NUL = "%00"


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/parks/{NUL}",
        f"/v1/parks?park_type={NUL}",
        f"/v1/cluster-plans/{NUL}/tree",
        f"/v1/targets?plan={NUL}",
        f"/v1/enterprises/{NUL}",
        f"/v1/enterprises?q=ab{NUL}",
        f"/v1/tenancies?park={NUL}",
        f"/v1/platforms/{NUL}",
        f"/v1/clients/{NUL}",
        f"/v1/authorisations?seller={NUL}",
        f"/v1/accounts/{NUL}",
        f"/v1/divisions/{NUL}",
    ],
)
async def test_nul_is_a_fault_of_the_request(register: Register, path: str) -> None:
    answer = await register.call("GET", path)

    assert answer.status_code in {200, 404, 422}


async def test_nul_in_a_body_is_a_fault_of_its_member(register: Register) -> None:
    parks = await register.refused("POST", "/v1/parks", a_park(name_zh="琶\0洲"))
    tenancies = await register.post(
        "/v1/tenancies:batch", {"items": [a_tenancy("\0"), a_tenancy(park="\0")]}
    )
    sellers = await register.post(
        "/v1/authorisations:batch", {"items": [an_authorisation("\0"), an_authorisation("x" * 41)]}
    )
    names = await register.post(
        "/v1/enterprises:batch",
        {"items": [an_enterprise(name_en="a\0b"), an_enterprise(aliases=["\0"])]},
    )
    session = await register.platform.http.post(
        "/registry/v1/sessions", json={"account": "\0", "password": "x"}
    )
    token = await register.platform.http.post(
        "/registry/oauth2/token", data={"grant_type": "client_credentials"}, auth=("\0", "x")
    )

    assert parks["errors"][0]["pointer"] == "/name_zh"
    for batch in (tenancies, sellers, names):
        assert {item["status"] for item in batch["items"]} == {422}
    assert (session.status_code, token.status_code) == (422, 401)


async def test_a_wildcard_in_a_region_finds_nothing(register: Register) -> None:
    await register.post("/v1/parks", a_park())

    problem = await register.refused("GET", "/v1/parks?region=44%25%25%25%25")

    assert problem["code"] == "request_invalid"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"items": [1]}', b'{"items": {}}'])
async def test_a_body_of_another_shape_is_refused(embedded_register: Register, body: bytes) -> None:
    problem = await embedded_register.refused(
        "POST",
        "/v1/enterprises:batch",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert problem["status"] in {400, 422}


async def test_a_code_in_small_letters_leads_to_the_same_enterprise(
    embedded_register: Register,
) -> None:
    await embedded_register.post("/v1/enterprises", an_enterprise())

    assert (await embedded_register.get(f"/v1/enterprises/{FIRST.lower()}"))["uscc"] == FIRST
