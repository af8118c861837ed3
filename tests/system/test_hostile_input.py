"""What nobody should send: never a 500, always a problem that says what to do, nothing stored."""

import gzip
import json
import socket
import time
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import zstandard

from tests.support.interfaces import problem_of
from tests.support.orders import a_fact, sellers
from tests.support.scenario import Partner, admit_over_http
from tests.support.served import Served

BATCH = "/livestream-supply/v1/order-events:batch"
KEY = "Idempotency-Key"
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}
GZIP, ZSTD = JSON | {"Content-Encoding": "gzip"}, JSON | {"Content-Encoding": "zstd"}
MEBIBYTE = 1024 * 1024
GOOD = json.dumps([a_fact("GOOD")]).encode()


def gzip_bomb(mebibytes: int) -> bytes:
    """A small file that would inflate to this much."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(deflater.compress(b" " * MEBIBYTE) for _ in range(mebibytes)) + deflater.flush()


def zstd_bomb(mebibytes: int) -> bytes:
    """The same for zstd, without saying in its head how much it will be."""
    deflater = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return b"".join(deflater.compress(b" " * MEBIBYTE) for _ in range(mebibytes)) + deflater.flush()


@pytest.fixture(scope="module")
def shop(served: Served) -> Partner:
    with served.client() as operator:

        def post(path: str, body: dict[str, Any]) -> Any:
            answer = operator.post(path, json=body)
            assert answer.is_success, answer.text
            return answer.json()

        partner = admit_over_http(post, "mall", sellers(1))
    served.settle()
    return partner


@pytest.fixture
def http(served: Served, shop: Partner) -> Iterator[httpx.Client]:
    """HTTP as a platform that may report."""
    with served.client(shop.credential) as client:
        yield client


WHOLE_BODIES: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "a gzip bomb of 4 GiB": (gzip_bomb(4096), GZIP, 413, "too_large"),
    "a zstd bomb of 4 GiB": (zstd_bomb(4096), ZSTD, 413, "too_large"),
    "a bomb in a bomb": (gzip.compress(gzip_bomb(64)), GZIP, 400, "body_not_json"),
    "half a gzip file": (gzip.compress(GOOD)[:-12], GZIP, 400, "body_not_inflatable"),
    "half a zstd file": (zstandard.compress(GOOD)[:-3], ZSTD, 400, "body_not_inflatable"),
    "no gzip at all": (GOOD, GZIP, 400, "body_not_inflatable"),
    "no zstd at all": (GOOD, ZSTD, 400, "body_not_inflatable"),
    "an encoding unknown": (GOOD, JSON | {"Content-Encoding": "br"}, 415, "media_type"),
    "two encodings": (GOOD, JSON | {"Content-Encoding": "gzip, gzip"}, 415, "media_type"),
    "9 MB plain": (b" " * 9 * MEBIBYTE + GOOD, JSON, 413, "too_large"),
    "10,001 items": (json.dumps([a_fact("N")] * 10_001).encode(), JSON, 413, "too_many_items"),
    "10,001 lines": (b"{}\n" * 10_001, LINES, 413, "too_many_items"),
    "a million commas": (b"[" + b"1," * 1_000_000 + b"1]", JSON, 413, "too_many_items"),
    "arrays 200,000 deep": (b"[" * 200_000 + b"]" * 200_000, JSON, 400, "body_not_json"),
    "an item 5,000 deep": (
        GOOD[:-1] + b"," + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"]",
        JSON,
        400,
        "body_not_json",
    ),
    "NaN": (GOOD.replace(b"10000", b"NaN"), JSON, 400, "body_not_json"),
    "Infinity": (GOOD.replace(b"10000", b"-Infinity"), JSON, 400, "body_not_json"),
    "a comma too many": (GOOD[:-1] + b",]", JSON, 400, "body_not_json"),
    "something after the end": (GOOD + b"[]", JSON, 400, "body_not_json"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, JSON, 400, "body_not_json"),
    "UTF-16": (GOOD.decode().encode("utf-16"), JSON, 400, "body_not_json"),
    "an object": (GOOD[1:-1], JSON, 400, "body_not_json"),
    "a string": (b'"orders"', JSON, 400, "body_not_json"),
    "null": (b"null", JSON, 400, "body_not_json"),
    "nothing": (b"", JSON, 400, "body_not_json"),
    "an empty array": (b"[]", JSON, 422, "batch_empty"),
    "empty lines": (b"\n\n\n", LINES, 422, "batch_empty"),
    "lines that are no JSON": (b"order,amount\n1,2\n", LINES, 400, "body_not_json"),
    "XML": (b"<orders/>", {"Content-Type": "text/xml"}, 415, "media_type"),
    "a form": (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "media_type"),
    "no media type": (GOOD, {}, 415, "media_type"),
    "a broken media type": (GOOD, {"Content-Type": ";;;/"}, 415, "media_type"),
    "a key too long": (
        GOOD,
        JSON | {"Idempotency-Key": "k" * 9_000},
        400,
        "idempotency_key_invalid",
    ),
    "an empty key": (GOOD, JSON | {"Idempotency-Key": ""}, 400, "idempotency_key_invalid"),
}


@pytest.mark.parametrize("name", WHOLE_BODIES)
def test_a_post_that_cannot_be_taken_is_one_problem_and_nothing_is_stored(
    http: httpx.Client, name: str
) -> None:
    body, headers, status, code = WHOLE_BODIES[name]
    before = http.get("/livestream-supply/v1/receipts").json()["next_since"]

    started = time.monotonic()
    answer = http.post(BATCH, content=body, headers=headers)
    took = time.monotonic() - started

    problem = problem_of(answer.status_code, answer.headers, answer.content)
    assert (problem["status"], problem["code"]) == (status, code)
    assert took < 10
    assert http.get("/livestream-supply/v1/receipts").json()["next_since"] == before


def said(member: str, value: bytes) -> bytes:
    """An order whose member is written like this."""
    order = json.dumps(a_fact("ODD") | {member: "VALUE"}).encode()
    return order.replace(b'"VALUE"', value)


ODD_ITEMS: dict[str, tuple[bytes, str | None]] = {
    "a number of 400 digits": (said("amount_minor", b"9" * 400), "amount_out_of_range"),
    "a number of 6,000 digits": (said("amount_minor", b"9" * 6_000), "amount_out_of_range"),
    "past 64 bits": (said("amount_minor", b"18446744073709551616"), "amount_out_of_range"),
    "just past 63 bits": (said("amount_minor", b"9223372036854775808"), "amount_out_of_range"),
    "below zero": (said("amount_minor", b"-1"), "amount_out_of_range"),
    "an exponent": (said("amount_minor", b"1e3"), "amount_not_integer"),
    "an exponent without end": (said("amount_minor", b"1e999"), None),
    "a half": (said("amount_minor", b"0.5"), "amount_not_integer"),
    "true": (said("amount_minor", b"true"), "type_wrong"),
    "a number in a string": (said("amount_minor", b'"100"'), "type_wrong"),
    "no UTF-8": (said("category", b'"\xff\xfe"'), "text_not_utf8"),
    "half a character": (said("category", b'"\xe4\xb8"'), "text_not_utf8"),
    "an overlong slash": (said("category", b'"\xc0\xaf"'), "text_not_utf8"),
    "a lone high surrogate": (said("category", rb'"\ud800"'), "text_not_utf8"),
    "a lone low surrogate": (said("order_no", rb'"\udc00"'), "text_not_utf8"),
    "surrogates in the wrong order": (said("category", rb'"\udc00\ud800"'), "text_not_utf8"),
    "NUL in the order number": (said("order_no", rb'"A\u0000B"'), "text_has_nul"),
    "NUL in the category": (said("category", rb'"\u0000"'), "text_has_nul"),
    "NUL in the session": (said("session_no", rb'"\u0000"'), "text_has_nul"),
    "NUL in a member's name": (said("category", rb'"a","x\u0000y":1,"z":"b"'), "field_unknown"),
    "65 bytes of order number": (said("order_no", b'"' + b"x" * 65 + b'"'), "text_too_long"),
    "22 characters of 3 bytes": (
        said("order_no", ('"' + "单" * 22 + '"').encode()),
        "text_too_long",
    ),
    "a text of a megabyte": (said("category", b'"' + b"x" * MEBIBYTE + b'"'), "item_too_large"),
    "objects 200 deep": (said("category", b'{"a":' * 200 + b"1" + b"}" * 200), "type_wrong"),
    "a year of six digits": (said("occurred_at", b'"999999-01-01T00:00:00Z"'), "moment_invalid"),
    "a moment without an offset": (said("occurred_at", b'"2026-03-01T12:00:00"'), "moment_invalid"),
    "a 31 February": (said("occurred_at", b'"2026-02-31T12:00:00Z"'), "moment_invalid"),
    "a moment of epoch": (said("occurred_at", b"1767225600"), "type_wrong"),
    "a moment that is no text": (said("occurred_at", b"[]"), "type_wrong"),
    "a moment past all offsets": (
        said("occurred_at", b'"2026-03-01T12:00:00+99:99"'),
        "moment_invalid",
    ),
    "an item that is null": (b"null", "type_wrong"),
    "an item that is an array": (b"[]", "type_wrong"),
    "an empty item": (b"{}", "field_missing"),
}


@pytest.mark.parametrize("name", ODD_ITEMS)
def test_an_odd_item_is_rejected_alone_and_its_neighbours_are_taken(
    http: httpx.Client, name: str
) -> None:
    item, code = ODD_ITEMS[name]
    good = json.dumps(a_fact(f"BESIDE {name}"[:64])).encode()
    neighbours = b"[" + b",".join((good, item, good)) + b"]"

    answer = http.post(BATCH, content=neighbours, headers=JSON | {"Prefer": "wait=20"})

    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    assert receipt["summary"]["rejected"] == 1
    assert receipt["summary"]["counted"] + receipt["summary"]["duplicate"] == 2
    (rejected,) = (each for each in receipt["exceptions"] if each["outcome"] == "rejected")
    assert rejected["item"] == 1
    assert all(fault["pointer"].startswith("/1") for fault in rejected["errors"])
    assert code is None or rejected["errors"][0]["code"] == code
    assert len(answer.content) < 20_000


STRANGE_TEXTS = (
    "'; DROP TABLE receipt; --",
    'Robert"); DELETE FROM total WHERE ("1"="1',
    "%00%0a../../etc/passwd",
    "<script>alert(1)</script>",
    "{{7*7}}${jndi:ldap://x}",
    "=HYPERLINK(1)",
    "\\u0000 written out",
    "\u202eright to left\u202c",
    "e\u0301 or \u00e9",
    "🛍️👗 𠮷野家",
    " leading and trailing ",
    "tab\tand\nline",
    "\x7f\x1b[31m",
    "a/b?c#d:e",
)


@pytest.mark.parametrize("text", STRANGE_TEXTS)
def test_strange_but_allowed_texts_are_kept_byte_for_byte(
    http: httpx.Client, served: Served, text: str
) -> None:
    fact = a_fact(text, category=text[:32], session_no=text, region_code=text[:12])

    taken = http.post(BATCH, json=[fact], headers={"Prefer": "wait=20"})
    shown = http.get(f"/metrics/v1/facts/mall/{_quoted(text)}")

    assert taken.status_code == 200, taken.text
    assert taken.json()["summary"]["counted"] == 1
    assert shown.status_code == 200, shown.text
    assert shown.json()["order_no"] == text
    (kept,) = shown.json()["facts"]
    assert kept["dimensions"]["category"] == text[:32]
    assert kept["dimensions"]["session_no"] == text
    assert kept["dimensions"]["region_code"] == text[:12]


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_of_a_member_that_comes_twice_the_last_is_taken_and_shown(http: httpx.Client) -> None:
    order = json.dumps(a_fact("TWICE", amount_minor=1)).encode()
    twice = b"[" + order[:-1] + b', "amount_minor": 2}]'

    answer = http.post(BATCH, content=twice, headers=JSON | {"Prefer": "wait=20"})
    shown = http.get("/metrics/v1/facts/mall/TWICE").json()

    assert answer.json()["summary"]["counted"] == 1
    assert shown["facts"][0]["amount"]["amount_minor"] == 2


ODD_HEADERS: dict[str, dict[str, str]] = {
    "a request id of 10,000": {"X-Request-ID": "x" * 10_000},
    "a request id with blanks": {"X-Request-ID": "a b <c>"},
    "a trace that is none": {"traceparent": "00-zz-zz-zz", "tracestate": "=,=,="},
    "a preference without sense": {"Prefer": "wait=-1, wait=abc, respond-async;;"},
    "a preference without end": {"Prefer": "wait=999999999"},
    "languages without sense": {"Accept-Language": "zh;q=NaN,*;q=9,,;"},
    "nothing acceptable": {"Accept": "image/png"},
    "an unmet condition": {"If-Match": '"never"', "If-None-Match": "*"},
    "another host": {"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    "a range": {"Range": "bytes=0-1"},
}


@pytest.mark.parametrize("name", ODD_HEADERS)
def test_odd_headers_do_no_harm(http: httpx.Client, name: str) -> None:
    order = json.dumps([a_fact(f"HEADER {name}")]).encode()

    answer = http.post(BATCH, content=order, headers=JSON | ODD_HEADERS[name])

    assert answer.status_code in (200, 202), answer.text
    assert "evil.example" not in f"{answer.headers} {answer.text}"
    assert len(answer.headers["X-Request-ID"]) <= 64
    assert "<" not in answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer a.b.c",
        "Bearer " + "A" * 9_000,
        "Basic b3BlcmF0b3I6eA==",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJvcGVyYXRvciJ9.",
        "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6Ilx1MDAwMCJ9.e30.AA",
        "bearer",
        "Negotiate ===",
    ],
)
def test_a_token_that_is_none_is_refused_as_such(served: Served, authorization: str) -> None:
    for path in ("/registry/v1/parks", "/livestream-supply/v1/receipts", "/metrics/v1/measures"):
        answer = httpx.get(f"{served.url}{path}", headers={"Authorization": authorization})

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        problem_of(answer.status_code, answer.headers, answer.content)


POST = b"POST /registry/v1/parks HTTP/1.1\r\nHost: x\r\n"
RAW_REQUESTS = (
    b"GET /registry/v1/parks HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /registry/v1/parks\r\n\r\n",
    POST + b"Content-Length: -5\r\n\r\n",
    POST + b"Content-Length: 99999999999999999999\r\n\r\n",
    POST + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\x00" * 100,
)


@pytest.mark.parametrize("number", range(len(RAW_REQUESTS)))
def test_what_is_no_http_ends_its_own_connection_alone(served: Served, number: int) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=3) as connection:
        connection.sendall(RAW_REQUESTS[number])
        connection.shutdown(socket.SHUT_WR)
        try:
            said_first = connection.recv(4096)
        except (TimeoutError, ConnectionResetError):
            said_first = b""

    assert b" 500 " not in said_first
    assert httpx.get(f"{served.url}/livez").status_code == 200
