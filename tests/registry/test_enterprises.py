"""Enterprises: one code each, found by any of their names, merged where they are the same."""

from typing import Any

import pytest

from event_contracts.registry import EnterpriseRecorded, TenancyRecorded
from tests.registry.register import (
    FIRST,
    SECOND,
    Register,
    a_code,
    a_park,
    a_platform,
    a_tenancy,
    an_authorisation,
    an_enterprise,
)


async def found(register: Register, q: str, **kwargs: Any) -> list[str]:
    answer = await register.get("/v1/enterprises", params={"q": q}, **kwargs)
    return [enterprise["uscc"] for enterprise in answer["items"]]


async def test_a_code_is_normalised_and_belongs_to_one_enterprise(register: Register) -> None:
    sent = an_enterprise(" 91441900ma4xdg017f ")

    enterprise = await register.post("/v1/enterprises", sent)
    problem = await register.refused("POST", "/v1/enterprises", an_enterprise())

    assert enterprise["uscc"] == FIRST
    assert (problem["status"], problem["code"]) == (409, "enterprise_exists")
    [told] = await register.announced(EnterpriseRecorded)
    assert (told.uscc, told.status, told.version) == (FIRST, "active", 1)


@pytest.mark.parametrize("uscc", ["91350100M000100Y4Z", "9144190", "91441900MA4XDG017O", ""])
async def test_a_code_must_be_right_to_its_last_character(
    embedded_register: Register, uscc: str
) -> None:
    problem = await embedded_register.refused("POST", "/v1/enterprises", an_enterprise(uscc))

    assert [fault["pointer"] for fault in problem["errors"]] == ["/uscc"]


async def test_chinese_words_of_two_characters_are_found(register: Register) -> None:
    await register.post("/v1/enterprises", an_enterprise(FIRST, name_zh="东莞市虎门服饰有限公司"))
    await register.post("/v1/enterprises", an_enterprise(SECOND, name_zh="广州琶洲科技有限公司"))

    assert await found(register, "服饰") == [FIRST]
    assert await found(register, "琶洲") == [SECOND]
    assert await found(register, "有限") == sorted([FIRST, SECOND])
    assert await found(register, "洲琶") == []
    assert await found(register, "广州 科技") == [SECOND]


async def test_enterprises_are_found_by_english_names_and_aliases(register: Register) -> None:
    await register.post(
        "/v1/enterprises",
        an_enterprise(
            FIRST, name_en="Humen Apparel Co., Ltd.", aliases=["以纯", "Ｙ·ＩＳＨＩＯＮ"]
        ),
    )

    assert await found(register, "apparel") == [FIRST]
    assert await found(register, "以纯") == [FIRST]
    assert await found(register, "yishion") == [FIRST]


async def test_a_changed_name_is_found_and_the_old_one_no_more(register: Register) -> None:
    await register.post("/v1/enterprises", an_enterprise(name_zh="东莞市虎门服饰有限公司"))

    await register.edit("PATCH", f"/v1/enterprises/{FIRST}", {"name_zh": "东莞市长安电子公司"})

    assert await found(register, "长安") == [FIRST]
    assert await found(register, "虎门") == []


async def test_a_search_needs_two_characters(embedded_register: Register) -> None:
    problem = await embedded_register.refused("GET", "/v1/enterprises?q=%E7%90%B6")

    assert problem["code"] == "search_too_short"


async def test_a_percent_sign_is_no_wildcard(embedded_register: Register) -> None:
    await embedded_register.post("/v1/enterprises", an_enterprise(name_zh="虎门百货"))

    assert await found(embedded_register, "虎门%货 百货") == []


async def test_a_batch_tells_of_every_item_what_became_of_it(register: Register) -> None:
    await register.post("/v1/enterprises", an_enterprise(a_code(1)))
    items = [
        an_enterprise(a_code(1)),
        an_enterprise(a_code(2)),
        an_enterprise("123"),
        an_enterprise(a_code(2), name_zh="另一个名字"),
        an_enterprise(a_code(3), colour="red"),
    ]

    answer = await register.call("POST", "/v1/enterprises:batch", {"items": items})

    assert answer.status_code == 207
    body = answer.json()
    assert [(item["status"], item["code"]) for item in body["items"]] == [
        (409, "enterprise_exists"),
        (201, None),
        (422, "request_invalid"),
        (409, "enterprise_exists"),
        (422, "request_invalid"),
    ]
    assert body["items"][2]["errors"][0]["pointer"] == "/items/2/uscc"
    assert (body["accepted"], body["rejected"]) == (1, 4)
    announced = [told.uscc for told in await register.announced(EnterpriseRecorded)]
    assert sorted(announced) == [a_code(1), a_code(2)]


async def test_a_thousand_enterprises_are_registered_at_once(register: Register) -> None:
    items = [an_enterprise(a_code(number), name_zh=f"第{number}号商行") for number in range(1_000)]

    body = await register.post("/v1/enterprises:batch", {"items": items})

    assert (body["accepted"], body["rejected"]) == (1_000, 0)
    assert len(await register.announced(EnterpriseRecorded)) == 1_000
    assert await found(register, "第997号") == [a_code(997)]


async def test_a_batch_has_its_limit(embedded_register: Register) -> None:
    items = [an_enterprise(a_code(number)) for number in range(1_001)]

    problem = await embedded_register.refused("POST", "/v1/enterprises:batch", {"items": items})

    assert problem["code"] == "request_invalid"


async def test_likely_duplicates_are_named_before_one_is_made(register: Register) -> None:
    await register.post("/v1/enterprises", an_enterprise(FIRST, name_zh="东莞市虎门服饰有限公司"))
    await register.post("/v1/enterprises", an_enterprise(SECOND, name_zh="广州琶洲科技有限公司"))

    similar = await register.post(
        "/v1/enterprises:check-duplicates", {"name_zh": "虎门服饰（东莞）有限公司"}
    )
    same = await register.post(
        "/v1/enterprises:check-duplicates", {"uscc": SECOND, "name_zh": "琶洲科技"}
    )
    nobody = await register.post("/v1/enterprises:check-duplicates", {"name_zh": "厦门茶叶"})

    assert [one["enterprise"]["uscc"] for one in similar["duplicates"]] == [FIRST]
    assert similar["duplicates"][0]["reasons"] == ["similar_name"]
    assert "same_code" in same["duplicates"][0]["reasons"]
    assert nobody["duplicates"] == []


async def test_a_merged_enterprise_leads_to_the_one_it_became(register: Register) -> None:
    await register.post("/v1/parks", a_park())
    await register.post("/v1/enterprises", an_enterprise(FIRST))
    await register.post("/v1/enterprises", an_enterprise(SECOND, name_zh="另一个名字"))
    await register.post("/v1/tenancies", a_tenancy(FIRST, moved_in_on="2014-01-01"))

    await register.post(
        f"/v1/enterprises/{FIRST}:merge", {"into": SECOND, "reason": "one firm, two codes"}
    )

    redirect = await register.call("GET", f"/v1/enterprises/{FIRST}")
    assert (redirect.status_code, redirect.headers["Location"]) == (308, SECOND)
    followed = await register.call("GET", f"/v1/enterprises/{FIRST}", follow_redirects=True)
    assert followed.json()["uscc"] == SECOND
    itself = await register.get(f"/v1/enterprises/{FIRST}?redirect=false")
    assert (itself["status"], itself["merged_into"]) == ("merged", SECOND)
    told = [one for one in await register.announced(EnterpriseRecorded) if one.uscc == FIRST]
    assert (told[-1].status, told[-1].merged_into) == ("merged", SECOND)
    moved = (await register.announced(TenancyRecorded))[-1]
    assert (moved.enterprise_uscc, moved.version) == (SECOND, 2)


async def test_a_redirect_never_leads_to_another(register: Register) -> None:
    for number in range(3):
        await register.post("/v1/enterprises", an_enterprise(a_code(number)))

    for gone, heir in ((0, 1), (1, 2)):
        await register.post(
            f"/v1/enterprises/{a_code(gone)}:merge", {"into": a_code(heir), "reason": "the same"}
        )

    first = await register.get(f"/v1/enterprises/{a_code(0)}?redirect=false")
    assert first["merged_into"] == a_code(2)
    told = [one for one in await register.announced(EnterpriseRecorded) if one.uscc == a_code(0)]
    assert [one.merged_into for one in told] == [None, a_code(1), a_code(2)]


@pytest.mark.parametrize("into", [FIRST, a_code(9)])
async def test_an_enterprise_is_merged_into_another_that_is_there(
    embedded_register: Register, into: str
) -> None:
    await embedded_register.post("/v1/enterprises", an_enterprise(FIRST))

    problem = await embedded_register.refused(
        "POST", f"/v1/enterprises/{FIRST}:merge", {"into": into, "reason": "a try"}
    )

    assert problem["code"] in {"merge_refused", "enterprise_not_found"}


async def test_a_merged_enterprise_changes_no_more(embedded_register: Register) -> None:
    await embedded_register.post("/v1/enterprises", an_enterprise(FIRST))
    await embedded_register.post("/v1/enterprises", an_enterprise(SECOND))
    await embedded_register.post(
        f"/v1/enterprises/{FIRST}:merge", {"into": SECOND, "reason": "the same"}
    )

    changed = await embedded_register.refused(
        "PATCH", f"/v1/enterprises/{FIRST}", {"name_zh": "新名字"}, headers={"If-Match": "*"}
    )
    merged_again = await embedded_register.refused(
        "POST", f"/v1/enterprises/{SECOND}:merge", {"into": FIRST, "reason": "back"}
    )

    assert changed["code"] == "enterprise_merged"
    assert merged_again["code"] == "merge_refused"


async def test_counting_tenancies_that_overlap_stop_a_merger(register: Register) -> None:
    await register.post("/v1/parks", a_park("GZ-PAZHOU"))
    await register.post("/v1/parks", a_park("GZ-BAIETAN"))
    await register.post("/v1/enterprises", an_enterprise(FIRST))
    await register.post("/v1/enterprises", an_enterprise(SECOND))
    await register.post("/v1/tenancies", a_tenancy(FIRST, moved_in_on="2014-01-01"))
    await register.post("/v1/tenancies", a_tenancy(SECOND, "GZ-BAIETAN", moved_in_on="2015-01-01"))

    problem = await register.refused(
        "POST", f"/v1/enterprises/{FIRST}:merge", {"into": SECOND, "reason": "the same"}
    )

    assert (problem["status"], problem["code"]) == (409, "merge_tenancies_overlap")
    assert (await register.get(f"/v1/enterprises/{FIRST}"))["status"] == "active"


async def test_a_park_edits_only_enterprises_on_their_way_into_it(register: Register) -> None:
    await register.post("/v1/parks", a_park())
    await register.post("/v1/enterprises", an_enterprise(FIRST))
    await register.post("/v1/enterprises", an_enterprise(SECOND))
    await register.post("/v1/tenancies", a_tenancy(FIRST))
    token = await register.token_of(scopes=["registry:read", "registry:write"], parks=["GZ-PAZHOU"])
    change = {"name_en": "A name"}

    own = await register.edit("PATCH", f"/v1/enterprises/{FIRST}", change, token=token)
    foreign = await register.edit("PATCH", f"/v1/enterprises/{SECOND}", change, token=token)

    assert own.status_code == 200
    assert (foreign.status_code, foreign.json()["code"]) == (403, "outside_record_scope")


async def test_a_platform_sees_the_sellers_that_authorised_it(register: Register) -> None:
    await register.post("/v1/platforms", a_platform())
    await register.post("/v1/enterprises", an_enterprise(FIRST))
    await register.post("/v1/enterprises", an_enterprise(SECOND))
    await register.post("/v1/authorisations", an_authorisation(FIRST))
    token = await register.token_of(scopes=["registry:read"], platform_code="demo-mall")

    listed = await register.get("/v1/enterprises", token=token)
    foreign = await register.refused("GET", f"/v1/enterprises/{SECOND}", token=token)

    assert [one["uscc"] for one in listed["items"]] == [FIRST]
    assert foreign["code"] == "outside_record_scope"
