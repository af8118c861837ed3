"""What every interface owes its callers, and its description taken apart."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SERVICES = ("registry", "livestream-supply", "metrics")
INNARDS = ("Traceback", "sqlalchemy", "psycopg", "sqlite3", "site-packages", '.py"')
SENTENCE = 10


def problem_of(status: int, headers: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """The problem document of a refusal: what it is, what to do, nothing of our insides."""
    media_type = headers["content-type"]
    if isinstance(media_type, list):
        media_type = media_type[0]
    assert media_type == "application/problem+json", body[:500]
    problem: dict[str, Any] = json.loads(body)
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["title"]
    assert len(problem["detail"]) > SENTENCE, problem
    assert problem["request_id"]
    shown = json.dumps(problem)
    assert not any(word in shown for word in INNARDS), problem
    return problem


@dataclass(frozen=True)
class Operation:
    """One operation of a service's OpenAPI document."""

    service: str
    method: str
    path: str
    said: Mapping[str, Any]
    schemas: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} /{self.service}{self.path}"

    @property
    def collection(self) -> str:
        """The noun of the path: `targets` of `/v1/targets/{target_id}:withdraw`."""
        return self.path.removeprefix("/v1/").partition("/")[0].partition(":")[0]

    @property
    def verb(self) -> str:
        """The custom verb of the path, if it has one."""
        return self.path.rpartition(":")[2] if ":" in self.path else ""

    def parameters(self, place: str) -> list[Mapping[str, Any]]:
        """Those in the path, the query or the headers."""
        return [each for each in self.said.get("parameters", ()) if each["in"] == place]

    def bodies(self) -> Iterator[tuple[str, Any]]:
        """Media type and value of every documented example of the body."""
        content = self.said.get("requestBody", {}).get("content", {})
        for media_type, described in content.items():
            for example in described.get("examples", {}).values():
                yield media_type, example["value"]
            if "example" in described:
                yield media_type, described["example"]
            schema = _resolved(described.get("schema", {}), self.schemas)
            if "example" in schema:
                yield media_type, schema["example"]


def operations(service: str, document: Mapping[str, Any]) -> list[Operation]:
    """Every operation that a document describes."""
    schemas = document["components"]["schemas"]
    return [
        Operation(service, method.upper(), path, said, schemas)
        for path, of_path in document["paths"].items()
        for method, said in of_path.items()
    ]


def example_of(parameter: Mapping[str, Any]) -> Any:
    """A documented value of a parameter; None where there is none."""
    examples = [
        parameter.get("example"),
        *parameter["schema"].get("examples", ()),
        *(each["value"] for each in parameter.get("examples", {}).values()),
    ]
    return next((example for example in examples if example is not None), None)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    names = [schema, *schema.get("anyOf", ()), *schema.get("allOf", ())]
    named = next((each["$ref"] for each in names if "$ref" in each), None)
    found: Mapping[str, Any] = schemas[named.rpartition("/")[2]] if named else schema
    return found
