"""Tenancies: a pipeline without short cuts, half-open stays, and one that counts on a date."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from event_contracts.registry import TenancyRecorded
from tests.registry.register import (
    FIRST,
    SECOND,
    Register,
    a_code,
    a_park,
    a_tenancy,
    an_enterprise,
)

PARKS = ("GZ-PAZHOU", "GZ-BAIETAN")


async def prepared(register: Register) -> None:
    for park in PARKS:
        await register.post("/v1/parks", a_park(park))
    for uscc in (FIRST, SECOND):
        await register.post("/v1/enterprises", an_enterprise(uscc))


async def test_a_lead_goes_through_every_stage(register: Register) -> None:
    await prepared(register)
    tenancy = await register.post("/v1/tenancies", a_tenancy())
    assert tenancy["stage"] == "lead"

    for stage, on in (
        ("considering", "2026-03-05"),
        ("planned", "2026-03-06"),
        ("signed", "2026-04-01"),
        ("moved_in", "2026-05-01"),
        ("left", "2028-05-01"),
    ):
        tenancy = await register.post(
            f"/v1/tenancies/{tenancy['id']}:advance", {"stage": stage, "on": on}
        )

    assert (tenancy["moved_in_on"], tenancy["left_on"]) == ("2026-05-01", "2028-05-01")
    detail = await register.get(f"/v1/tenancies/{tenancy['id']}")
    assert [step["stage"] for step in detail["steps"]] == [
        "lead",
        "considering",
        "planned",
        "signed",
        "moved_in",
        "left",
    ]
    told = await register.announced(TenancyRecorded)
    assert [one.version for one in told] == [1, 2, 3, 4, 5, 6]
    assert (str(told[-1].moved_in_on), str(told[-1].left_on)) == ("2026-05-01", "2028-05-01")


@pytest.mark.parametrize("stage", ["lead", "planned", "moved_in", "left"])
async def test_no_stage_is_skipped_or_taken_back(embedded_register: Register, stage: str) -> None:
    await prepared(embedded_register)
    tenancy = await embedded_register.post("/v1/tenancies", a_tenancy())

    problem = await embedded_register.refused(
        "POST", f"/v1/tenancies/{tenancy['id']}:advance", {"stage": stage, "on": "2026-03-05"}
    )

    assert (problem["status"], problem["code"]) == (409, "stage_skip")
    assert problem["next_stage"] == "considering"


async def test_a_stage_is_not_reached_before_the_one_before_it(embedded_register: Register) -> None:
    await prepared(embedded_register)
    tenancy = await embedded_register.post("/v1/tenancies", a_tenancy())

    problem = await embedded_register.refused(
        "POST",
        f"/v1/tenancies/{tenancy['id']}:advance",
        {"stage": "considering", "on": "2020-01-01"},
    )

    assert problem["code"] == "tenancy_dates"


async def test_an_enterprise_counts_once_on_a_date(register: Register) -> None:
    await prepared(register)
    await register.post("/v1/tenancies", a_tenancy(moved_in_on="2014-01-01", left_on="2016-01-01"))

    problem = await register.refused(
        "POST",
        "/v1/tenancies",
        a_tenancy(park="GZ-BAIETAN", moved_in_on="2015-12-31"),
    )
    beside = await register.post(
        "/v1/tenancies",
        a_tenancy(park="GZ-BAIETAN", moved_in_on="2014-01-01", counting=False),
    )
    after = await register.post(
        "/v1/tenancies", a_tenancy(park="GZ-PAZHOU", moved_in_on="2016-01-01")
    )

    assert (problem["status"], problem["code"]) == (409, "tenancy_overlaps")
    assert beside["counting"] is False
    assert after["stage"] == "moved_in"


async def test_two_who_register_at_the_same_time_do_not_both_count(register: Register) -> None:
    await prepared(register)

    answers = await asyncio.gather(
        *(
            register.call(
                "POST", "/v1/tenancies", a_tenancy(park=PARKS[n % 2], moved_in_on="2014-01-01")
            )
            for n in range(8)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    listed = await register.get("/v1/tenancies")
    assert len(listed["items"]) == 1


async def test_closed_stays_that_overlap_do_not_both_count_either(register: Register) -> None:
    await prepared(register)
    stays = [("2014-01-01", "2016-01-01"), ("2015-01-01", "2017-01-01")]

    answers = await asyncio.gather(
        *(
            register.call(
                "POST", "/v1/tenancies", a_tenancy(park=park, moved_in_on=came, left_on=left)
            )
            for park, (came, left) in zip(PARKS, stays, strict=True)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_moving_in_beside_another_counting_stay_is_refused(register: Register) -> None:
    await prepared(register)
    await register.post("/v1/tenancies", a_tenancy(moved_in_on="2014-01-01"))
    tenancy = await register.post("/v1/tenancies", a_tenancy(park="GZ-BAIETAN", stage="signed"))

    problem = await register.refused(
        "POST",
        f"/v1/tenancies/{tenancy['id']}:advance",
        {"stage": "moved_in", "on": "2026-04-01"},
    )

    assert problem["code"] == "tenancy_overlaps"


async def test_a_date_recorded_wrongly_is_corrected(register: Register) -> None:
    await prepared(register)
    tenancy = await register.post("/v1/tenancies", a_tenancy(moved_in_on="2014-01-01"))
    path = f"/v1/tenancies/{tenancy['id']}"

    answer = await register.edit(
        "PATCH", path, {"moved_in_on": "2013-12-01", "reason": "the lease began earlier"}
    )
    stale = await register.refused(
        "PATCH",
        path,
        {"counting": False, "reason": "a second officer"},
        headers={"If-Match": '"1"'},
    )

    assert answer.json()["moved_in_on"] == "2013-12-01"
    assert stale["code"] == "version_stale"
    entries = (await register.get(f"/v1/audit-entries?subject=tenancy/{tenancy['id']}"))["items"]
    assert "the lease began earlier" in {entry["reason"] for entry in entries}


async def test_a_correction_keeps_the_rules(embedded_register: Register) -> None:
    register = embedded_register
    await prepared(register)
    await register.post("/v1/tenancies", a_tenancy(moved_in_on="2014-01-01", left_on="2016-01-01"))
    second = await register.post(
        "/v1/tenancies", a_tenancy(park="GZ-BAIETAN", moved_in_on="2016-01-01")
    )
    path = f"/v1/tenancies/{second['id']}"

    overlapping = await register.edit(
        "PATCH", path, {"moved_in_on": "2015-12-31", "reason": "a try"}
    )
    not_over = await register.edit("PATCH", path, {"left_on": "2018-01-01", "reason": "a try"})

    assert overlapping.json()["code"] == "tenancy_overlaps"
    assert not_over.json()["code"] == "tenancy_dates"


async def test_an_enterprise_is_on_one_way_into_a_park(embedded_register: Register) -> None:
    await prepared(embedded_register)
    await embedded_register.post("/v1/tenancies", a_tenancy())

    problem = await embedded_register.refused("POST", "/v1/tenancies", a_tenancy(counting=False))

    assert (problem["status"], problem["code"]) == (409, "tenancy_open")


@pytest.mark.parametrize(
    "members",
    [
        {"stage": "moved_in"},
        {"stage": "lead", "moved_in_on": "2014-01-01"},
        {"stage": "left", "moved_in_on": "2014-01-01"},
        {"moved_in_on": "2014-01-01", "left_on": "2014-01-01"},
        {"left_on": "2014-01-01"},
        {"stage": "rumour"},
    ],
)
async def test_dates_fit_the_stage(embedded_register: Register, members: dict[str, Any]) -> None:
    problem = await embedded_register.refused("POST", "/v1/tenancies", a_tenancy(**members))

    assert problem["code"] == "request_invalid"


async def test_a_batch_is_judged_item_by_item(register: Register) -> None:
    await prepared(register)
    items = [
        a_tenancy(FIRST, moved_in_on="2014-01-01"),
        a_tenancy(FIRST, "GZ-BAIETAN", moved_in_on="2015-01-01"),
        a_tenancy(a_code(1), moved_in_on="2014-01-01"),
        a_tenancy(SECOND, "NOWHERE", moved_in_on="2014-01-01"),
        a_tenancy(SECOND, moved_in_on="2014-01-01", left_on="2013-01-01"),
        a_tenancy(SECOND, moved_in_on="2014-01-01"),
    ]

    answer = await register.call("POST", "/v1/tenancies:batch", {"items": items})

    assert answer.status_code == 207
    outcomes = answer.json()["items"]
    assert [(item["status"], item["code"]) for item in outcomes] == [
        (201, None),
        (409, "tenancy_overlaps"),
        (422, "enterprise_unknown"),
        (422, "park_unknown"),
        (422, "request_invalid"),
        (201, None),
    ]
    assert outcomes[1]["id"] == outcomes[0]["id"]
    assert len(await register.announced(TenancyRecorded)) == 2


async def test_who_was_there_on_a_date(register: Register) -> None:
    await prepared(register)
    await register.post(
        "/v1/tenancies", a_tenancy(FIRST, moved_in_on="2014-01-01", left_on="2016-01-01")
    )
    await register.post("/v1/tenancies", a_tenancy(SECOND, moved_in_on="2016-01-01"))

    async def there(on: str) -> list[str]:
        answer = await register.get(f"/v1/tenancies?park=GZ-PAZHOU&on={on}")
        return [one["enterprise_uscc"] for one in answer["items"]]

    assert await there("2015-12-31") == [FIRST]
    assert await there("2016-01-01") == [SECOND]
    assert await there("2013-12-31") == []


async def test_a_park_operator_leads_only_its_own_pipeline(register: Register) -> None:
    await prepared(register)
    own = await register.post("/v1/tenancies", a_tenancy(FIRST, "GZ-PAZHOU"))
    foreign = await register.post("/v1/tenancies", a_tenancy(SECOND, "GZ-BAIETAN"))
    token = await register.token_of(scopes=["registry:read", "registry:write"], parks=["GZ-PAZHOU"])
    step = {"stage": "considering", "on": "2026-03-05"}

    listed = await register.get("/v1/tenancies", token=token)
    advanced = await register.call("POST", f"/v1/tenancies/{own['id']}:advance", step, token=token)
    refused = await register.refused(
        "POST", f"/v1/tenancies/{foreign['id']}:advance", step, token=token
    )
    hidden = await register.refused("GET", f"/v1/tenancies/{foreign['id']}", token=token)

    assert [one["id"] for one in listed["items"]] == [own["id"]]
    assert advanced.status_code == 200
    assert refused["code"] == hidden["code"] == "outside_record_scope"


async def test_a_platform_sees_no_pipeline(embedded_register: Register) -> None:
    register = embedded_register
    await prepared(register)
    await register.post("/v1/platforms", {"code": "mall", "name_zh": "商城", "name_en": "Mall"})
    await register.post("/v1/tenancies", a_tenancy())
    token = await register.token_of(scopes=["registry:read"], platform_code="mall")

    assert (await register.get("/v1/tenancies", token=token))["items"] == []
