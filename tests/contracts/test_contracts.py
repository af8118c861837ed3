"""What left the house is kept: golden files of every version, schemas that only grow."""

import base64
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from event_contracts import Contract, Event, UnknownContract, contract_for
from event_contracts.compatibility import breaking_changes
from event_contracts.facts import PAID, VOIDED, Correction, Dimensions, content_hash, fact_key
from event_contracts.livestream_supply import OrdersRecorded
from event_contracts.orders_recorded import NO_DIMENSIONS, Slice

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"
RELEASED = Path(__file__).parent / "released"


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = load_generator()
CONTRACTS: list[type[Contract]] = GENERATOR.product_contracts()
JSON_CONTRACTS = [each for each in CONTRACTS if issubclass(each, Event)]


@pytest.mark.parametrize("contract", JSON_CONTRACTS, ids=lambda each: each.event_type)
def test_a_contract_still_reads_every_golden_file(contract: type[Event]) -> None:
    paths = sorted(GOLDEN.glob(f"{contract.event_type}*.json"))

    assert paths, f"write {GOLDEN.name}/{contract.event_type}.json: a body as it is on the wire"
    for path in paths:
        golden = json.loads(path.read_text())
        read = contract.from_body(path.read_bytes())
        assert json.loads(read.to_body()) == golden
        assert read.partition_key()


def test_a_micro_batch_still_reads_the_bytes_of_version_1() -> None:
    body = base64.b64decode((GOLDEN / "livestream_supply.orders_recorded.v1.b64").read_text())

    batch = OrdersRecorded.from_body(body)

    assert batch.slices == [
        Slice(UUID(int=7), "tmall", "2026-03-02", 0, 1, 0),
        Slice(UUID(int=8), "douyin", "2026-03-02", 1, 1, 4),
    ]
    assert batch.dimensions == [DIMENSIONS]
    assert batch.dimension.tolist() == [0, NO_DIMENSIONS]
    assert batch.kind.tolist() == [PAID, VOIDED]
    assert batch.occurred_ms.tolist() == [1_772_416_800_123, 1_772_416_900_000]
    assert batch.amount_minor.tolist() == [19_900, 0]
    assert batch.order_no == ["T-0001", "订单-7"]
    assert batch.refs == {}
    assert batch.corrections == {1: Correction(PAID, None, 0, "entered twice")}


DIMENSIONS = Dimensions(
    "91441900MA4XDG017F", "individual", "livestream", "B2C", "domestic", None, "physical",
    "服装鞋帽针纺织品", "CNY", "card", "S-1", "441900",
)  # fmt: skip


def test_the_key_and_the_hash_of_a_fact_never_change() -> None:
    identity = ("tmall", "T-0001", PAID, "")

    assert fact_key(*identity).hex() == "db2c0000353db67b5e868145160b998a"
    assert content_hash(identity, 1_772_416_800_123, 19_900, DIMENSIONS, None) == (
        -8417847400440546962
    )


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.event_type)
def test_a_schema_only_grows(contract: type[Contract]) -> None:
    released = RELEASED / f"{contract.event_type}.json"
    if not released.exists():
        pytest.fail(f"copy the schema of {contract.event_type} to {RELEASED.name}/ at its release")

    assert breaking_changes(json.loads(released.read_text()), contract.schema_document()) == []


OLD: dict[str, Any] = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "kind": {"enum": ["a", "b"]}},
    "required": ["code"],
}


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ({**OLD, "properties": {"kind": {"enum": ["a", "b"]}}}, "/: code is gone"),
        (
            {**OLD, "properties": {**OLD["properties"], "code": {"type": "integer"}}},
            "/code: type 'string' became 'integer'",
        ),
        ({**OLD, "required": ["code", "kind"]}, "/: kind is required now"),
        (
            {**OLD, "properties": {**OLD["properties"], "kind": {"enum": ["a"]}}},
            "/kind: no longer allows ['b']",
        ),
    ],
)
def test_a_change_that_is_not_additive_is_named(new: dict[str, object], fault: str) -> None:
    assert breaking_changes(OLD, new) == [fault]


def test_an_optional_field_may_be_added() -> None:
    new = {**OLD, "properties": {**OLD["properties"], "note": {"type": "string"}}}

    assert breaking_changes(OLD, new) == []


def test_two_contracts_cannot_claim_one_type() -> None:
    with pytest.raises(TypeError, match="claimed by two contracts"):
        type("Impostor", (Event,), {"event_type": "metrics.facts_judged.v1", "topic": "x"})


def test_a_type_that_no_contract_describes_is_said_so() -> None:
    with pytest.raises(UnknownContract, match=r"metrics\.nothing\.v9"):
        contract_for("metrics.nothing.v9")


def test_the_generated_documents_are_current() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in GENERATOR.documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run `make contracts`"


def example_batch() -> OrdersRecorded:
    return OrdersRecorded(
        slices=[
            Slice(UUID(int=7), "tmall", "2026-03-02", 0, 1, 0),
            Slice(UUID(int=8), "douyin", "2026-03-02", 1, 1, 4),
        ],
        dimensions=[DIMENSIONS],
        dimension=np.array([0, NO_DIMENSIONS], dtype=np.uint16),
        kind=np.array([PAID, VOIDED], dtype=np.uint8),
        occurred_ms=np.array([1_772_416_800_123, 1_772_416_900_000]),
        amount_minor=np.array([19_900, 0]),
        order_no=["T-0001", "订单-7"],
        corrections={1: Correction(PAID, None, 0, "entered twice")},
    )


def test_a_micro_batch_survives_the_wire() -> None:
    sent = example_batch()

    came = OrdersRecorded.from_body(sent.to_body())

    assert came.to_body() == sent.to_body()


@pytest.mark.parametrize("body", [b"", b"{}", b"\x28\xb5\x2f\xfd", b"0" * 100])
def test_bytes_that_are_no_micro_batch_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="micro-batch"):
        OrdersRecorded.from_body(body)
