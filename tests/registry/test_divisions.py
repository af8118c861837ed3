"""Divisions: looked up as they were on a date."""

import pytest

from tests.registry.register import Register


async def test_a_division_is_shown_as_it_was_on_a_date(embedded_register: Register) -> None:
    then = await embedded_register.get("/v1/divisions/330103?as_of=2019-01-01")
    problem = await embedded_register.refused("GET", "/v1/divisions/330103?as_of=2022-01-01")

    assert (then["name"], then["parent_code"]) == ("下城区", "330100")
    assert (problem["status"], problem["code"]) == (404, "division_not_found")


async def test_dongguan_has_no_county_above_its_towns(embedded_register: Register) -> None:
    humen = await embedded_register.get("/v1/divisions/441900121/ancestors")

    assert [above["code"] for above in humen["items"]] == ["441900", "440000"]


async def test_the_districts_of_guangzhou_are_eleven_today_and_were_twelve(
    embedded_register: Register,
) -> None:
    today = await embedded_register.get("/v1/divisions?parent=440100")
    then = await embedded_register.get("/v1/divisions?parent=440100&as_of=2013-11-30")

    assert len(today["items"]) == 11
    assert len(then["items"]) == 12


async def test_divisions_come_in_pages(embedded_register: Register) -> None:
    provinces: list[str] = []
    query = "/v1/divisions?level=province&page_size=10"
    page = await embedded_register.get(query)
    while True:
        provinces += [division["code"] for division in page["items"]]
        if page["next_page_token"] is None:
            break
        page = await embedded_register.get(f"{query}&page_token={page['next_page_token']}")

    assert len(provinces) == len(set(provinces)) == 34
    assert provinces == sorted(provinces)


@pytest.mark.parametrize(("q", "code"), [("虎门", "441900121"), ("琶洲", "440105015")])
async def test_divisions_are_found_by_name(embedded_register: Register, q: str, code: str) -> None:
    answer = await embedded_register.get("/v1/divisions", params={"q": q})

    assert code in [division["code"] for division in answer["items"]]


@pytest.mark.parametrize("code", ["999999", "44", "abc", "440105 "])
async def test_what_was_never_a_division_is_not_found(
    embedded_register: Register, code: str
) -> None:
    problem = await embedded_register.refused("GET", f"/v1/divisions/{code}")

    assert problem["code"] == "division_not_found"
