"""A group of the test's own that takes everything registry announces."""

from collections.abc import Sequence

from event_contracts import Event
from registry.service import SERVICE
from service_chassis.consumer import Subscription
from service_chassis.unit_of_work import UnitOfWork

WITNESSED: list[Event] = []


async def _take(_uow: UnitOfWork, events: Sequence[Event]) -> None:
    WITNESSED.extend(events)


def witness() -> Subscription:
    """Another service, as far as registry can tell."""
    return Subscription("registry.witness", tuple(SERVICE.publishes), _take)
