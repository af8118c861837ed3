"""Values that no column can hold, in every place that takes a text or a number.

Never a 500, and always named: `value_unusable` is what the last resort says.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

from service_chassis.testing import Platform
from tests.support.interfaces import SERVICES, Operation, example_of, operations, problem_of
from tests.support.orders import a_fact, sellers
from tests.support.scenario import admit, found, outcomes, told

TEXTS = ("a\0b", "\ud800", "'; DROP TABLE park; --", "x" * 5_000, "🛍" * 64, "\n")
NUMBERS = (2**63, -(2**63) - 1, 10**40, -1)
QUOTED = (
    "%00",
    "0001-01-01",
    "9999-12-31T23:59:59-14:00",
    "%ED%A0%80",
    "%FF",
    "%27%3B--",
    "x" * 3_000,
    "%F0%9F%9B%8D",
    "9" * 40,
)
# It would end the tokens of the test itself.
LEFT_OUT = {"/v1/signing-keys:rotate"}


def spoiled(document: Any) -> Iterator[Any]:
    """The document with one of its texts or numbers replaced, for each of them."""
    for path, value in _leaves(document, ()):
        for bad in TEXTS if isinstance(value, str) else NUMBERS:
            changed = copy.deepcopy(document)
            place = changed
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = bad
            yield changed


def _leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, (*path, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, (*path, number))
    elif path and isinstance(value, str | int) and not isinstance(value, bool):
        yield path, value


def requests(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and content of every spoiled request of an operation."""
    usual = {
        each["name"]: str(example_of(each) or "GZ-PAZHOU") for each in operation.parameters("path")
    }
    for parameter in operation.parameters("path"):
        for bad in QUOTED:
            yield operation.path.format(**usual | {parameter["name"]: bad}), {}
    path = operation.path.format(**usual)
    required = "&".join(
        f"{each['name']}={example_of(each) or 'x'}"
        for each in operation.parameters("query")
        if each.get("required")
    )
    for parameter in operation.parameters("query"):
        for bad in QUOTED:
            yield f"{path}?{required}&{parameter['name']}={bad}", {}
    for media_type, example in operation.bodies():
        if media_type == "application/json":
            for document in spoiled(example):
                yield path, {"content": json.dumps(document).encode()}


async def test_no_value_anywhere_breaks_an_operation(platform: Platform) -> None:
    await admit(platform, "demo-mall", sellers(1))
    broken: list[str] = []
    asked = 0

    for service in SERVICES:
        document = await found(platform, f"/{service}/openapi.json")
        for operation in operations(service, document):
            if operation.path in LEFT_OUT:
                continue
            for address, content in requests(operation):
                headers = {"Content-Type": "application/json", "If-Match": '"1"'}
                answer = await platform.request(
                    operation.method, f"/{service}{address}", headers=headers, **content
                )
                asked += 1
                if answer.status_code >= 500 or "value_unusable" in answer.text:
                    sent = content.get("content", b"")[:300]
                    broken.append(f"{operation} {address[:200]} {sent!r}: {answer.text}")
                elif answer.status_code >= 400 and "oauth2" not in operation.path:
                    problem_of(answer.status_code, answer.headers, answer.content)

    assert asked > 1_000
    assert not broken, "\n".join(broken)


async def test_the_longest_texts_allowed_are_kept_whole(platform: Platform) -> None:
    shop = await admit(platform, "m" * 32, sellers(1))
    longest = a_fact(
        "𠮷" * 16,
        "refunded",
        ref="🛍" * 64,
        category="長" * 32,
        session_no="🛍" * 64,
        region_code="9" * 12,
        amount_minor=10**13,
    )
    void = {
        "order_no": longest["order_no"],
        "kind": "voided",
        "corrects": {"kind": "refunded", "ref": longest["ref"]},
        "reason": "由" * 200,
        "occurred_at": longest["occurred_at"],
    }

    first = await told(platform, shop, [longest])
    second = await told(platform, shop, [void])
    shown = await found(platform, f"/metrics/v1/facts/{shop.code}/{longest['order_no']}")

    assert outcomes(first) == outcomes(second) == ["counted"]
    (fact,) = shown["facts"]
    assert fact["ref"] == longest["ref"]
    assert fact["dimensions"]["category"] == longest["category"]
    assert fact["dimensions"]["session_no"] == longest["session_no"]
    assert fact["corrections"][0]["reason"] == void["reason"]
    assert fact["state"] == "void"
