"""What the other services hear of a target."""

from typing import Literal, cast
from uuid import UUID

from event_contracts.registry import TargetSet
from registry.target.tables import Target


def recorded(target: Target, snapshot_id: UUID | None = None) -> TargetSet:
    """The state of a target for the other services."""
    return TargetSet(
        version=target.version,
        snapshot_id=snapshot_id,
        target_id=target.id,
        plan_code=target.plan_code,
        node_code=target.node_code,
        year=target.year,
        measure=target.measure,
        operator=cast("Literal['>', '>=']", target.operator),
        amount_minor=target.amount_minor,
        currency=target.currency,
        status=cast("Literal['active', 'withdrawn']", target.status),
    )
