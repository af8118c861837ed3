"""Authorisations: which platform may report for which seller, and on which dates."""

from typing import Any

import pytest

from event_contracts.registry import AuthorisationRecorded
from tests.registry.register import (
    FIRST,
    SECOND,
    Register,
    a_code,
    a_platform,
    an_authorisation,
    an_enterprise,
)


async def prepared(register: Register) -> None:
    await register.post("/v1/platforms", a_platform())
    for uscc in (FIRST, SECOND):
        await register.post("/v1/enterprises", an_enterprise(uscc))


async def test_a_granted_authorisation_is_announced(register: Register) -> None:
    await prepared(register)

    granted = await register.post("/v1/authorisations", an_authorisation())

    [told] = await register.announced(AuthorisationRecorded)
    assert str(told.authorisation_id) == granted["id"]
    assert (told.platform_code, told.seller_uscc, told.status) == ("demo-mall", FIRST, "active")
    assert (str(told.valid_from), told.valid_to) == ("2013-01-01", None)


async def test_the_same_is_not_granted_twice(register: Register) -> None:
    await prepared(register)
    granted = await register.post("/v1/authorisations", an_authorisation())

    problem = await register.refused("POST", "/v1/authorisations", an_authorisation())

    assert (problem["status"], problem["code"]) == (409, "authorisation_exists")
    assert problem["authorisation_id"] == granted["id"]


async def test_one_that_ends_still_covers_the_dates_before(register: Register) -> None:
    await prepared(register)
    granted = await register.post("/v1/authorisations", an_authorisation())

    ended = await register.post(f"/v1/authorisations/{granted['id']}:revoke")

    assert (ended["status"], ended["valid_to"]) == ("revoked", "2026-03-02")
    told = (await register.announced(AuthorisationRecorded))[-1]
    assert (told.status, str(told.valid_to), told.version) == ("active", "2026-03-02", 2)
    again = await register.refused("POST", f"/v1/authorisations/{granted['id']}:revoke")
    assert again["code"] == "authorisation_ended"


async def test_one_revoked_from_its_first_day_covers_nothing(register: Register) -> None:
    await prepared(register)
    granted = await register.post("/v1/authorisations", an_authorisation())

    await register.post(
        f"/v1/authorisations/{granted['id']}:revoke",
        {"on": "2013-01-01", "reason": "granted by mistake"},
    )

    assert (await register.announced(AuthorisationRecorded))[-1].status == "revoked"
    assert (await register.post("/v1/authorisations", an_authorisation()))["status"] == "active"


async def test_a_batch_is_judged_item_by_item(register: Register) -> None:
    await prepared(register)
    existing = await register.post("/v1/authorisations", an_authorisation())
    items: list[dict[str, Any]] = [
        an_authorisation(SECOND),
        an_authorisation(FIRST),
        an_authorisation(a_code(1)),
        an_authorisation(SECOND, platform_code="unknown"),
        an_authorisation(SECOND, valid_to="2013-01-01"),
        an_authorisation(SECOND),
    ]

    answer = await register.call("POST", "/v1/authorisations:batch", {"items": items})

    assert answer.status_code == 207
    outcomes = answer.json()["items"]
    assert [(item["status"], item["code"]) for item in outcomes] == [
        (201, None),
        (409, "authorisation_exists"),
        (422, "enterprise_unknown"),
        (422, "platform_unknown"),
        (422, "request_invalid"),
        (409, "authorisation_exists"),
    ]
    assert outcomes[1]["id"] == existing["id"]
    assert outcomes[5]["id"] == outcomes[0]["id"]


async def test_a_thousand_sellers_authorise_at_once(register: Register) -> None:
    await register.post("/v1/platforms", a_platform())
    sellers = [a_code(number) for number in range(1_000)]
    enterprises = [an_enterprise(uscc) for uscc in sellers]
    await register.post("/v1/enterprises:batch", {"items": enterprises})

    items = [an_authorisation(uscc) for uscc in sellers]
    body = await register.post("/v1/authorisations:batch", {"items": items})
    again = await register.post("/v1/authorisations:batch", {"items": items})

    assert (body["accepted"], again["rejected"]) == (1_000, 1_000)
    assert len(await register.announced(AuthorisationRecorded)) == 1_000


async def test_a_platform_sees_its_own_and_grants_nothing_to_itself(register: Register) -> None:
    await prepared(register)
    await register.post("/v1/platforms", a_platform("other-mall"))
    own = await register.post("/v1/authorisations", an_authorisation())
    foreign = await register.post(
        "/v1/authorisations", an_authorisation(platform_code="other-mall")
    )
    token = await register.token_of(
        scopes=["registry:read", "registry:write"], platform_code="demo-mall"
    )

    listed = await register.get("/v1/authorisations", token=token)
    hidden = await register.refused("GET", f"/v1/authorisations/{foreign['id']}", token=token)
    grabbed = await register.refused(
        "POST", "/v1/authorisations", an_authorisation(SECOND), token=token
    )

    assert [one["id"] for one in listed["items"]] == [own["id"]]
    assert hidden["code"] == grabbed["code"] == "outside_record_scope"


@pytest.mark.parametrize(
    ("query", "expected"),
    [("on=2012-12-31", 0), ("on=2013-01-01", 1), ("seller=" + SECOND, 0), ("status=active", 1)],
)
async def test_authorisations_are_found_by_date_seller_and_status(
    embedded_register: Register, query: str, expected: int
) -> None:
    await prepared(embedded_register)
    await embedded_register.post("/v1/authorisations", an_authorisation())

    found = await embedded_register.get(f"/v1/authorisations?{query}")

    assert len(found["items"]) == expected
