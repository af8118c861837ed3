"""The client of the API: tokens by themselves, problems as failures that help."""

from collections.abc import Callable

import httpx
import pytest

from yuanqu.api import Api
from yuanqu.credentials import Credential
from yuanqu.failures import Failure, Refused, Unreachable

CREDENTIAL = Credential("http://yuanqu.test", "cl-1", "a+secret/with=signs")
Handler = Callable[[httpx.Request], httpx.Response]


def _api(handler: Handler) -> Api:
    return Api(CREDENTIAL, transport=httpx.MockTransport(handler))


def _token(request: httpx.Request) -> httpx.Response | None:
    if request.url.path == "/registry/oauth2/token":
        return httpx.Response(200, json={"access_token": "t1", "expires_in": 900})
    return None


def test_one_token_serves_many_requests() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return _token(request) or httpx.Response(200, json={"ok": True})

    with _api(answer) as api:
        assert api.get("/a") == {"ok": True}
        assert api.get("/b") == {"ok": True}

    assert asked == ["/registry/oauth2/token", "/a", "/b"]


def test_a_token_that_is_no_longer_good_is_replaced_once() -> None:
    tokens = iter(["t1", "t2", "t3"])

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/registry/oauth2/token":
            return httpx.Response(200, json={"access_token": next(tokens), "expires_in": 900})
        good = request.headers["authorization"] == "Bearer t2"
        return httpx.Response(200 if good else 401, json={"ok": good})

    with _api(answer) as api:
        assert api.get("/a") == {"ok": True}


def test_a_problem_document_becomes_a_failure_with_its_faults() -> None:
    document = {
        "type": "/problems/request_invalid",
        "code": "request_invalid",
        "title": "The request does not have the required form",
        "status": 422,
        "detail": "1 fault, see errors.",
        "errors": [{"in": "body", "pointer": "/code", "code": "x", "detail": "Bad", "value": "q"}],
    }

    with (
        _api(lambda request: _token(request) or httpx.Response(422, json=document)) as api,
        pytest.raises(Refused) as refused,
    ):
        api.post("/a", {})

    assert refused.value.title == document["title"]
    assert refused.value.faults == ("/code: Bad (it is 'q')",)
    assert refused.value.next_step


def test_a_wrong_secret_says_where_it_came_from() -> None:
    with (
        _api(lambda _request: httpx.Response(401, json={"error": "invalid_client"})) as api,
        pytest.raises(Refused) as refused,
    ):
        api.get("/a")

    assert "profile show" in refused.value.next_step


def test_silence_says_how_to_start_the_server() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    with _api(answer) as api, pytest.raises(Unreachable) as silent:
        api.get("/a")

    assert "yuanqu run" in silent.value.next_step


def test_an_answer_that_is_not_ours_is_named_so() -> None:
    with (
        _api(lambda request: _token(request) or httpx.Response(200, html="<p>hi</p>")) as api,
        pytest.raises(Failure, match="did not answer with JSON"),
    ):
        api.get("/a")


def test_pages_follow_their_tokens_up_to_the_limit() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if token := _token(request):
            return token
        first = int(request.url.params.get("page_token", 0))
        size = int(request.url.params["page_size"])
        items = [{"n": n} for n in range(first, first + size)]
        return httpx.Response(200, json={"items": items, "next_page_token": str(first + size)})

    with _api(answer) as api:
        assert [item["n"] for item in api.pages("/a", most=450)] == list(range(450))


def test_the_secret_is_encoded_before_it_is_basic() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        expected = httpx.BasicAuth("cl-1", "a%2Bsecret%2Fwith%3Dsigns")
        sent = next(expected.auth_flow(httpx.Request("GET", "http://x")))
        assert request.headers["authorization"] == sent.headers["authorization"]
        return httpx.Response(200, json={"access_token": "t", "expires_in": 900})

    with _api(answer) as api:
        assert api.sign_in() == "t"
