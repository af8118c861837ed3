import logging
from collections.abc import AsyncIterator

import pytest

from service_chassis.problems import Problem, problem_responses
from tests.chassis.http.shop import NameTaken, Shop, StallNotFound

STALL = {"name": "tea", "rent": 100}


async def test_a_problem_tells_its_code_its_title_and_the_request(shop: Shop) -> None:
    answer = await shop.http.post(
        "/v1/stalls",
        json={"name": "taken", "rent": 1},
        headers={**shop.bearer(), "X-Request-ID": "abc-1"},
    )

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/name_taken",
        "code": "name_taken",
        "title": "Another stall has this name",
        "status": 409,
        "detail": "There is a stall called taken.",
        "request_id": "abc-1",
    }


@pytest.mark.parametrize(
    ("accept", "title"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "该地址不存在"),
        ("en-GB,en;q=0.9,zh;q=0.2", "There is nothing at this address"),
        ("en;q=0.3, zh;q=0.4", "该地址不存在"),
        ("zh;q=0, *", "There is nothing at this address"),
        ("zh, en", "该地址不存在"),
        ("de", "There is nothing at this address"),
        ("zh;q=many", "There is nothing at this address"),
    ],
)
async def test_the_title_follows_the_language_of_the_caller(
    shop: Shop, accept: str, title: str
) -> None:
    answer = await shop.http.get("/nowhere", headers={"Accept-Language": accept})

    assert (answer.status_code, answer.json()["title"]) == (404, title)


async def test_a_method_that_is_not_taken_names_those_that_are(shop: Shop) -> None:
    answer = await shop.http.put("/v1/stalls", headers=shop.bearer())

    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET, POST"


async def test_every_fault_of_a_body_has_a_pointer(shop: Shop) -> None:
    answer = await shop.http.post(
        "/v1/stalls", json={"name": "x" * 41, "rent": -1, "a/b": True}, headers=shop.bearer()
    )

    assert answer.status_code == 422
    assert answer.json()["code"] == "request_invalid"
    faults = {(fault["in"], fault["pointer"], fault["code"]) for fault in answer.json()["errors"]}
    assert faults == {
        ("body", "/name", "string_too_long"),
        ("body", "/rent", "greater_than_equal"),
        ("body", "/a~1b", "extra_forbidden"),
    }


async def test_a_faulty_parameter_is_told_from_a_faulty_body(shop: Shop) -> None:
    answer = await shop.http.get("/v1/stalls?page_size=9999", headers=shop.bearer())

    [fault] = answer.json()["errors"]
    assert (fault["in"], fault["pointer"], fault["value"]) == ("query", "/page_size", "9999")


async def test_a_body_that_is_not_json_is_one_problem(shop: Shop) -> None:
    answer = await shop.http.post(
        "/v1/stalls",
        content=b'{"name": ',
        headers={**shop.bearer(), "Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "json_malformed")


@pytest.mark.parametrize("media_type", ["text/csv", "application/xml"])
async def test_another_media_type_is_refused(shop: Shop, media_type: str) -> None:
    answer = await shop.http.post(
        "/v1/stalls", content=b"tea,100", headers={**shop.bearer(), "Content-Type": media_type}
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")
    assert media_type in answer.json()["detail"]


async def test_a_body_past_the_limit_is_refused_however_it_comes(shop: Shop) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 65_536

    headers = {**shop.bearer(), "Content-Type": "application/json"}
    told = await shop.http.post("/v1/stalls", content=b"x" * 1_048_577, headers=headers)
    untold = await shop.http.post("/v1/stalls", content=endless(), headers=headers)

    assert (told.status_code, told.json()["code"]) == (413, "content_too_large")
    assert (untold.status_code, untold.json()["code"]) == (413, "content_too_large")


@pytest.mark.parametrize(
    "body", [b'{"name": "\\ud800", "rent": 1}', b'{"name": 1, "rent": NaN, "\\ud800": 1e999}']
)
async def test_text_that_is_no_text_is_refused_and_not_stumbled_over(
    shop: Shop, body: bytes
) -> None:
    answer = await shop.http.post(
        "/v1/stalls", content=body, headers={**shop.bearer(), "Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_an_unexpected_failure_tells_nothing_of_the_inside(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await shop.http.post(
            "/v1/stalls", json={"name": "broken", "rent": 1}, headers=shop.bearer()
        )

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "secret" in caplog.text
    assert await shop.stalls() == []


async def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("10.0.0.7 refused")

    monkeypatch.setattr(shop.database, "reading", away)

    answer = await shop.http.get("/v1/stalls/by-age")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert "10.0.0.7" not in answer.text


def test_problems_of_one_status_are_documented_together() -> None:
    class StallClosed(Problem):
        status = 409
        code = "stall_closed"
        title_en = "The stall is closed"
        title_zh = "摊位已关闭"

    documented = problem_responses(NameTaken, StallClosed, StallNotFound)

    assert set(documented) == {404, 409}
    examples = documented[409]["content"]["application/problem+json"]["examples"]
    assert set(examples) == {"name_taken", "stall_closed"}


def test_a_code_belongs_to_one_problem_of_a_service() -> None:
    with pytest.raises(ValueError, match="name_taken"):
        type("Other", (Problem,), {"code": "name_taken", "__module__": "tests.elsewhere"})
