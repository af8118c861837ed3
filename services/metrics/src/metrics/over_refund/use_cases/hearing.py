"""Finding the orders of which more was refunded than paid."""

from collections.abc import Iterable

from metrics.over_refund.tables import RefundCheck
from service_chassis.unit_of_work import UnitOfWork


def look_at(uow: UnitOfWork, keys: Iterable[bytes]) -> None:
    """Have the orders of these facts looked at, after this transaction."""
    if prefixes := sorted({key[:12] for key in keys}):
        uow.session.add(RefundCheck(order_prefixes=b"".join(prefixes)))
