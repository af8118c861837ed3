"""What livestream-supply says it accepted."""

from collections import Counter
from collections.abc import Sequence

from event_contracts.livestream_supply import ReceiptsAccepted
from metrics.reconciliation.use_cases.noting import Portion, add_accepted
from service_chassis.consumer import Subscription
from service_chassis.unit_of_work import UnitOfWork


async def keep_accepted(uow: UnitOfWork, events: Sequence[ReceiptsAccepted]) -> None:
    """Write down how many facts each message is to hold, told apart from the message itself."""
    accepted: Counter[Portion] = Counter()
    for event in events:
        for chunk in event.chunks:
            for part in chunk.slices:
                accepted[Portion(chunk.event_id, part.platform, part.accepted_on)] += part.rows
    await add_accepted(uow, accepted)


RECEIPTS = Subscription("metrics.receipts", (ReceiptsAccepted,), keep_accepted)
