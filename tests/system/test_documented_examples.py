"""Every example of the documentation, sent as it is written there."""

from collections.abc import Iterable
from typing import Any

import httpx

from service_chassis.testing import Platform
from tests.support.interfaces import SERVICES, Operation, example_of, operations
from tests.support.scenario import found, made

# Nothing of an example can bring these about: they have scenarios of their own.
NEEDS_TROUBLE = {"dead-letters", "conflicts"}
# No secret is written in a documentation.
NEEDS_A_SECRET = "/oauth2/token"
LAST = {"merge": 1, "withdraw": 2, "rotate-secret": 3, "revoke": 4}
ANOTHER_ENTERPRISE = {
    "uscc": "91441900MA5HUM3N2E",
    "name_zh": "另一家示例企业",
    "region_code": "441900",
}
# The example of a client reports orders, and a wall may do no such thing.
A_WALL = {"name": "Lobby", "scopes": ["board:read"]}
ONE_NODE = {"declared": {"hq": 1, "second": 0, "district": 0}}


class Reader:
    """Does what the documentation says, from the first operation to the last."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.made: dict[str, str] = {}
        """Noun → the id of the last record that an example made."""
        self.reporter: tuple[str, str] = ("", "")
        self.person = ""
        self.wall = ""

    async def follow(self, operation: Operation) -> list[httpx.Response]:
        """The answers to the examples of an operation; to the bare request if it takes no body."""
        sent = [self._content(*body) for body in operation.bodies()] or [{}]
        return [await self._send(operation, content) for content in sent]

    async def _send(self, operation: Operation, content: dict[str, Any]) -> httpx.Response:
        path = f"/{operation.service}{self._path(operation)}"
        query = {
            each["name"]: example
            for each in operation.parameters("query")
            if (example := example_of(each)) is not None
        }
        headers = dict(content.pop("headers", {}))
        if operation.verb == "publish":
            # The example of a draft shows one node of the eleven.
            await self._change(path.removesuffix(":publish"), ONE_NODE)
        if any(each["name"].lower() == "if-match" for each in operation.parameters("header")):
            read = await self.platform.get(path.removesuffix("/draft").partition(":")[0])
            headers.setdefault("If-Match", read.headers.get("ETag", '"1"'))
        if operation.verb == "change-password":
            headers["Authorization"] = f"Bearer {self.person}"
        reports = "orders:write" in str(operation.said.get("security"))
        client = {"client": self.reporter} if reports else {}
        answer = await self.platform.request(
            operation.method, path, params=query, headers=headers, **client, **content
        )
        self._remember(operation, answer)
        return answer

    async def _change(self, path: str, changes: dict[str, Any]) -> None:
        read = await self.platform.get(path)
        await self.platform.request(
            "PATCH", path, json=changes, headers={"If-Match": read.headers.get("ETag", "")}
        )

    def _path(self, operation: Operation) -> str:
        path = operation.path
        if operation.verb == "issue-wall-token":
            return path.replace("{client_id}", self.wall)
        for parameter in operation.parameters("path"):
            value = example_of(parameter) or self.made.get(operation.collection, "unknown")
            path = path.replace(f"{{{parameter['name']}}}", str(value))
        return path

    def _content(self, media_type: str, value: Any) -> dict[str, Any]:
        if media_type == "application/json":
            return {"json": value}
        if media_type == "application/x-www-form-urlencoded":
            return {"data": value}
        return {"content": value, "headers": {"Content-Type": media_type}}

    def _remember(self, operation: Operation, answer: httpx.Response) -> None:
        if not answer.is_success:
            return
        if location := answer.headers.get("Location"):
            *_, noun, made_id = location.split("/")
            self.made[noun] = made_id
        elif operation.method == "POST" and answer.content and "id" in answer.json():
            self.made[operation.collection] = answer.json()["id"]
        if operation.collection == "clients" and not operation.verb and operation.method == "POST":
            granted = answer.json()
            self.reporter = granted["client_id"], granted["client_secret"]
        if operation.collection == "sessions":
            self.person = answer.json()["access_token"]


def in_order(described: Iterable[Operation]) -> list[Operation]:
    """What makes records before what changes them."""
    methods = ("POST", "PUT", "GET", "PATCH")

    def place(operation: Operation) -> tuple[bool, int]:
        makes = operation.method == "POST" and "{" not in operation.path
        # A password is changed after somebody has signed in with the first.
        return not makes or operation.verb == "change-password", methods.index(operation.method)

    return sorted(described, key=place)


def works(operation: Operation, answer: httpx.Response) -> bool:
    """Whether the answer is what a reader hoped for: of orders, that none was rejected."""
    return answer.is_success and not (
        operation.collection == "order-events" and answer.json()["rejected"]
    )


async def refusals(reader: Reader, described: Iterable[Operation]) -> dict[str, str]:
    """What does not work however often it is tried; some examples need what later ones make."""
    left = in_order(described)
    while True:
        refused: dict[str, str] = {}
        for operation in left:
            answers = await reader.follow(operation)
            await reader.platform.settle()
            if not all(works(operation, answer) for answer in answers):
                refused[str(operation)] = "\n".join(answer.text for answer in answers)
        still = [operation for operation in left if str(operation) in refused]
        if len(still) in (0, len(left)):
            return refused
        left = still


async def test_every_documented_example_works(embedded: Platform) -> None:
    described: list[Operation] = []
    for service in SERVICES:
        document = await found(embedded, f"/{service}/openapi.json")
        described += operations(service, document)
    await made(embedded, "/registry/v1/enterprises", ANOTHER_ENTERPRISE)
    reader = Reader(embedded)
    reader.wall = (await made(embedded, "/registry/v1/clients", A_WALL))["client_id"]
    refused: dict[str, str] = {}

    for ends in range(max(LAST.values()) + 1):
        refused |= await refusals(
            reader,
            [
                operation
                for operation in described
                if LAST.get(operation.verb, 0) == ends
                and operation.collection not in NEEDS_TROUBLE
                and operation.path != NEEDS_A_SECRET
            ],
        )

    assert not refused, "\n\n".join(f"{asked}\n{told}" for asked, told in refused.items())
