"""What cannot be read is buried alone, seen in the proof, and replayed or given up by a person."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from event_contracts.livestream_supply import OrdersRecorded
from service_chassis.buses.kafka import KafkaBus
from service_chassis.records import Record
from service_chassis.testing import Platform
from tests.support.figures import on_the_bus, reconciliation, volume
from tests.support.orders import a_fact, sellers
from tests.support.scenario import admit, found, made, told

LETTERS = "/metrics/v1/dead-letters"
SELLERS = sellers(1)


def corrupting(number: int) -> Callable[[Record], Record]:
    """Damage the n-th message of facts on its way."""
    seen = 0

    def change(record: Record) -> Record:
        nonlocal seen
        if record.event_type != OrdersRecorded.event_type:
            return record
        seen += 1
        return replace(record, body=record.body[:-9]) if seen == number else record

    return change


async def test_a_corrupted_message_is_buried_alone_and_shows_in_the_proof(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", SELLERS)
    with on_the_bus(platform, corrupting(2)):
        for number in range(3):
            await told(platform, shop, [a_fact(f"P{number}", amount_minor=10**number)])
    listed = await found(platform, LETTERS)
    (letter,) = listed["items"]
    shown = await found(platform, f"{LETTERS}/{letter['id']}")
    proof = await reconciliation(platform, shop)

    replayed = await made(platform, f"{LETTERS}/{letter['id']}:replay", {"reason": "try again"})
    await platform.settle()
    buried_again = (await found(platform, LETTERS))["items"]
    twice = await platform.post(f"{LETTERS}/{letter['id']}:replay", {"reason": "once more"})
    await made(
        platform, f"{LETTERS}/{buried_again[0]['id']}:discard", {"reason": "sent again by hand"}
    )
    after = await reconciliation(platform, shop)

    assert letter["event_type"] == OrdersRecorded.event_type
    assert letter["consumer_group"].startswith("metrics.")
    assert shown["body_base64"]
    assert await volume(platform, "2026-03") == 1 + 100
    assert proof == {
        "accepted": 3,
        "counted": 2,
        "duplicate": 0,
        "conflict": 0,
        "pending": 0,
        "buried": 1,
        "difference": 0,
    }
    assert replayed["state"] == "replayed"
    assert [each["event_id"] for each in buried_again] == [letter["event_id"]]
    assert twice.status_code == 409
    assert (await found(platform, LETTERS))["items"] == []
    assert after == proof


async def test_a_message_of_a_stranger_is_buried_whatever_is_in_it(
    distributed: Platform,
) -> None:
    shop = await admit(distributed, "mall", SELLERS)
    bus = distributed.host.bus
    assert isinstance(bus, KafkaBus)
    topic = bus.prefix + OrdersRecorded.topic
    too_early = ("ce_time", b"0001-01-01T00:00:00+14:00")
    foreign = [("ce_id", str(uuid4()).encode()), ("ce_type", OrdersRecorded.event_type.encode())]
    producer = AIOKafkaProducer(bootstrap_servers=bus.servers)
    await producer.start()
    try:
        for key, headers in (
            (b"\0" * 300, [("trace\0", b"\0\xff"), ("empty", None)]),
            (None, [*foreign, too_early]),
        ):
            await producer.send_and_wait(topic, b"\0", key=key, headers=headers)
    finally:
        await producer.stop()
    await told(distributed, shop, [a_fact("P1", amount_minor=1)])

    letters = (await found(distributed, LETTERS))["items"]
    assert [letter["event_type"] for letter in letters] == ["unreadable", "unreadable"]
    assert await volume(distributed, "2026-03") == 1


async def test_a_letter_whose_reader_was_mended_is_counted_when_replayed(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await admit(platform, "mall", SELLERS)

    def refuse(_body: bytes) -> OrdersRecorded:
        raise ValueError("a reader that is broken")

    with monkeypatch.context() as broken:
        broken.setattr(OrdersRecorded, "from_body", refuse)
        receipt = await told(platform, shop, [a_fact("LOST", amount_minor=5)])
    before = await reconciliation(platform, shop)
    (letter,) = (await found(platform, LETTERS))["items"]

    await made(platform, f"{LETTERS}/{letter['id']}:replay", {"reason": "the reader is mended"})
    await platform.settle()

    assert (before["counted"], before["buried"], before["difference"]) == (0, 1, 0)
    assert await volume(platform, "2026-03") == 5
    after = await reconciliation(platform, shop)
    assert (after["counted"], after["buried"], after["difference"]) == (1, 0, 0)
    shown = await found(
        platform, f"/livestream-supply/v1/receipts/{receipt['id']}", client=shop.credential
    )
    assert shown["summary"]["counted"] == 1
