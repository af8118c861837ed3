"""Parks: who they are, where they stand, and what their status was when."""

import pytest

from event_contracts.registry import ParkRecorded
from tests.registry.register import Register, a_park


async def test_a_registered_park_is_announced(register: Register) -> None:
    answer = await register.call("POST", "/v1/parks", a_park())

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    [told] = await register.announced(ParkRecorded)
    assert (told.code, told.version, told.region_code) == ("GZ-PAZHOU", 1, "440105")


async def test_a_code_is_one_parks_only(register: Register) -> None:
    await register.post("/v1/parks", a_park())

    problem = await register.refused("POST", "/v1/parks", a_park(name_en="Another"))

    assert (problem["status"], problem["code"]) == (409, "park_exists")
    assert len(await register.announced(ParkRecorded)) == 1


async def test_a_problem_speaks_chinese_to_those_who_ask(embedded_register: Register) -> None:
    problem = await embedded_register.refused(
        "GET", "/v1/parks/NOWHERE", headers={"Accept-Language": "zh-CN"}
    )

    assert (problem["code"], problem["title"]) == ("park_not_found", "园区不存在")


async def test_two_people_who_edit_one_park_do_not_undo_each_other(register: Register) -> None:
    await register.post("/v1/parks", a_park())
    first = {"If-Match": '"1"'}

    changed = await register.call(
        "PATCH", "/v1/parks/GZ-PAZHOU", {"name_en": "Pazhou"}, headers=first
    )
    problem = await register.refused(
        "PATCH", "/v1/parks/GZ-PAZHOU", {"name_en": "Pa Zhou"}, headers=first
    )

    assert changed.headers["ETag"] == '"2"'
    assert (problem["status"], problem["code"]) == (412, "version_stale")
    assert [told.name_en for told in await register.announced(ParkRecorded)] == [
        "Pazhou headquarters cluster",
        "Pazhou",
    ]


async def test_a_change_must_say_what_it_changes(embedded_register: Register) -> None:
    await embedded_register.post("/v1/parks", a_park())

    problem = await embedded_register.refused("PATCH", "/v1/parks/GZ-PAZHOU", {"name_en": "Pazhou"})

    assert (problem["status"], problem["code"]) == (428, "precondition_required")


async def test_a_change_that_changes_nothing_is_not_announced(embedded_register: Register) -> None:
    await embedded_register.post("/v1/parks", a_park())

    answer = await embedded_register.edit("PATCH", "/v1/parks/GZ-PAZHOU", {"level": "municipal"})

    assert answer.headers["ETag"] == '"1"'
    assert len(await embedded_register.announced(ParkRecorded)) == 1


async def test_the_history_of_the_status_is_dated(register: Register) -> None:
    await register.post("/v1/parks", a_park(status="planned", status_from="2013-01-01"))
    for status, since in (("operating", "2014-06-01"), ("suspended", "2020-02-01")):
        await register.post(
            "/v1/parks/GZ-PAZHOU:change-status",
            {"status": status, "from": since, "reason": "as decided"},
        )

    park = await register.get("/v1/parks/GZ-PAZHOU")

    assert park["status"] == "suspended"
    assert [(entry["status"], entry["from_on"]) for entry in park["status_history"]] == [
        ("planned", "2013-01-01"),
        ("operating", "2014-06-01"),
        ("suspended", "2020-02-01"),
    ]
    assert (await register.announced(ParkRecorded))[-1].status == "suspended"


@pytest.mark.parametrize(
    ("status", "since", "code"),
    [
        ("planned", "2020-01-01", "park_status_refused"),
        ("closed", "2010-01-01", "park_status_date"),
        ("closed", "2026-03-03", "park_status_date"),
    ],
)
async def test_a_status_follows_the_one_before_it(
    embedded_register: Register, status: str, since: str, code: str
) -> None:
    await embedded_register.post("/v1/parks", a_park())

    problem = await embedded_register.refused(
        "POST",
        "/v1/parks/GZ-PAZHOU:change-status",
        {"status": status, "from": since, "reason": "a try"},
    )

    assert problem["code"] == code


async def test_a_region_must_be_a_division(embedded_register: Register) -> None:
    problem = await embedded_register.refused("POST", "/v1/parks", a_park(region_code="999999"))

    assert problem["code"] == "request_invalid"
    assert [fault["pointer"] for fault in problem["errors"]] == ["/region_code"]


async def test_parks_are_found_by_region_level_and_status(register: Register) -> None:
    await register.post("/v1/parks", a_park("GZ-PAZHOU"))
    await register.post("/v1/parks", a_park("HZ-XIASHA", region_code="330114", level="provincial"))
    await register.post("/v1/parks", a_park("GZ-BAIETAN", region_code="440103", status="planned"))

    async def codes(query: str) -> list[str]:
        return [park["code"] for park in (await register.get(f"/v1/parks?{query}"))["items"]]

    assert await codes("region=440100") == ["GZ-BAIETAN", "GZ-PAZHOU"]
    assert await codes("level=provincial") == ["HZ-XIASHA"]
    assert await codes("status=planned&region=440000") == ["GZ-BAIETAN"]


async def test_pages_follow_each_other_without_a_gap(register: Register) -> None:
    for number in range(5):
        await register.post("/v1/parks", a_park(f"P-{number}"))

    first = await register.get("/v1/parks?page_size=2")
    second = await register.get(f"/v1/parks?page_size=2&page_token={first['next_page_token']}")
    third = await register.get(f"/v1/parks?page_size=2&page_token={second['next_page_token']}")

    seen = [park["code"] for page in (first, second, third) for park in page["items"]]
    assert seen == [f"P-{number}" for number in range(5)]
    assert third["next_page_token"] is None


async def test_a_park_operator_sees_and_edits_only_its_parks(register: Register) -> None:
    await register.post("/v1/parks", a_park("GZ-PAZHOU"))
    await register.post("/v1/parks", a_park("GZ-BAIETAN", region_code="440103"))
    token = await register.token_of(
        scopes=["registry:read", "registry:write"], parks=["GZ-BAIETAN"]
    )

    listed = await register.get("/v1/parks", token=token)
    edited = await register.edit(
        "PATCH", "/v1/parks/GZ-BAIETAN", {"name_en": "Bai'etan"}, token=token
    )
    foreign = await register.refused("GET", "/v1/parks/GZ-PAZHOU", token=token)
    another = await register.refused("POST", "/v1/parks", a_park("GZ-NEW"), token=token)

    assert [park["code"] for park in listed["items"]] == ["GZ-BAIETAN"]
    assert edited.status_code == 200
    assert (foreign["status"], foreign["code"]) == (403, "outside_record_scope")
    assert another["code"] == "outside_record_scope"


async def test_a_bureau_sees_the_parks_of_its_region(register: Register) -> None:
    await register.post("/v1/parks", a_park("GZ-PAZHOU"))
    await register.post("/v1/parks", a_park("HZ-XIASHA", region_code="330114"))
    token = await register.token_of(scopes=["registry:read", "registry:write"], region="440100")

    listed = await register.get("/v1/parks", token=token)
    moved = await register.edit(
        "PATCH", "/v1/parks/GZ-PAZHOU", {"region_code": "330114"}, token=token
    )

    assert [park["code"] for park in listed["items"]] == ["GZ-PAZHOU"]
    assert moved.status_code == 403


async def test_every_change_is_audited(register: Register) -> None:
    await register.post("/v1/parks", a_park())
    await register.edit("PATCH", "/v1/parks/GZ-PAZHOU", {"name_en": "Pazhou"})

    entries = (await register.get("/v1/audit-entries?subject=park/GZ-PAZHOU"))["items"]

    assert {entry["action"] for entry in entries} == {"park.registered", "park.changed"}
    [changed] = [entry for entry in entries if entry["action"] == "park.changed"]
    assert changed["actor"] == "operator"
    assert changed["before"]["name_en"] == "Pazhou headquarters cluster"
    assert changed["after"]["name_en"] == "Pazhou"


async def test_a_registration_sent_again_with_its_key_is_answered_again(register: Register) -> None:
    key = {"Idempotency-Key": "park-1"}

    first = await register.call("POST", "/v1/parks", a_park(), headers=key)
    again = await register.call("POST", "/v1/parks", a_park(), headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert len(await register.announced(ParkRecorded)) == 1


async def test_nobody_gets_in_without_a_scope(embedded_register: Register) -> None:
    token = await embedded_register.token_of(scopes=["registry:read"])

    without_token = await embedded_register.platform.http.get("/registry/v1/parks")
    without_scope = await embedded_register.refused("POST", "/v1/parks", a_park(), token=token)

    assert without_token.status_code == 401
    assert (without_scope["status"], without_scope["code"]) == (403, "scope_missing")
