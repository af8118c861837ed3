"""What the platform says of its facts: figures, reconciliation, and its own announcements."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from event_contracts import Contract, contract_for
from service_chassis.records import Record
from service_chassis.testing import Platform
from tests.support.scenario import Partner, found

VOLUMES = "/metrics/v1/volumes"
OUTCOMES = ("counted", "duplicate", "conflict", "pending", "buried")


async def volumes(platform: Platform, period: str, **asked: Any) -> Any:
    """The answer to a question about volumes; the operator's unless `client` is named."""
    client = {"client": asked.pop("client")} if "client" in asked else {}
    said = {name: str(value).lower() if value is True else value for name, value in asked.items()}
    return await found(platform, VOLUMES, params={"period": period, **said}, **client)


async def volume(
    platform: Platform,
    period: str,
    measure: str = "ECV_PAID",
    currency: str = "CNY",
    **asked: Any,
) -> int:
    """One figure: minor units of a currency, or a count of orders; 0 where there is nothing."""
    answer = await volumes(platform, period, measure=measure, **asked)
    return sum(_number(figure, currency) for item in answer["items"] for figure in item["native"])


async def volume_by(
    platform: Platform, group: str, period: str, measure: str = "ECV_PAID", **asked: Any
) -> dict[str | None, int]:
    """The figures of each group in CNY, by the group's code."""
    answer = await volumes(platform, period, measure=measure, group_by=group, **asked)
    return {
        item["group"][group]["code"]: sum(_number(figure, "CNY") for figure in item["native"])
        for item in answer["items"]
    }


def _number(figure: dict[str, Any], currency: str) -> int:
    if figure["currency"] is None:
        return int(figure["count"])
    return int(figure["amount_minor"]) if figure["currency"] == currency else 0


async def reconciliation(platform: Platform, partner: Partner) -> dict[str, int]:
    """How the facts of a platform reconcile, all acceptance dates together."""
    proof = await found(platform, "/metrics/v1/reconciliation", params={"platform": partner.code})
    names = ("accepted", *OUTCOMES, "difference")
    return {name: sum(line[name] for line in proof["lines"]) for name in names}


@contextmanager
def on_the_bus(
    platform: Platform, change: Callable[[Record], Record] = lambda record: record
) -> Iterator[list[Record]]:
    """Everything that is sent from now on, changed on its way."""
    bus = platform.host.bus
    send = bus.send
    sent: list[Record] = []

    async def watched(records: Sequence[Record]) -> None:
        changed = [change(record) for record in records]
        await send(changed)
        sent.extend(changed)

    bus.send = watched  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        bus.send = send  # type: ignore[method-assign]


def events(sent: Sequence[Record], contract: type[Contract]) -> list[Any]:
    """The events of one kind among what was sent."""
    return [
        contract_for(record.event_type).from_body(record.body)
        for record in sent
        if record.event_type == contract.event_type
    ]
