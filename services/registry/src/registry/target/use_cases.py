"""Setting targets and withdrawing them."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from registry.plan.queries import published_nodes
from registry.record_scope import check_unrestricted
from registry.target import rules
from registry.target.problems import NodeUnknown, TargetExists, TargetNotFound, TargetWithdrawn
from registry.target.schemas import TargetRegistration, TargetView, Withdrawal
from registry.target.tables import Target
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork

WHAT = "Targets of plans"


async def set_target(
    uow: UnitOfWork, caller: Principal, registration: TargetRegistration
) -> Target:
    """Set a target of a published node; the table allows one active target a measure."""
    check_unrestricted(caller, WHAT)
    nodes = await published_nodes(uow.session, registration.plan_code)
    if registration.node_code not in nodes:
        raise NodeUnknown(
            f"The published tree of plan {registration.plan_code} "
            f"has no node {registration.node_code}.",
            nodes=sorted(nodes),
        )
    target = Target(
        **registration.model_dump(),
        status="active",
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(target)
    try:
        await uow.session.flush()
    except IntegrityError as conflict:
        raise TargetExists(
            f"Node {registration.node_code} has an active target for {registration.measure} "
            f"in {registration.year}."
        ) from conflict
    uow.announce(rules.recorded(target))
    after = TargetView.model_validate(target).model_dump(mode="json")
    uow.record("target.set", f"target/{target.id}", after=after)
    return target


async def withdraw_target(
    uow: UnitOfWork, caller: Principal, target_id: UUID, withdrawal: Withdrawal
) -> Target:
    """End a target; it stays readable."""
    check_unrestricted(caller, WHAT)
    target = await uow.session.get(Target, target_id, with_for_update=True)
    if target is None:
        raise TargetNotFound(f"No target has the id {target_id}.")
    if target.status == "withdrawn":
        raise TargetWithdrawn(f"Target {target_id} was withdrawn on {target.updated_at:%Y-%m-%d}.")
    before = TargetView.model_validate(target).model_dump(mode="json")
    target.status = "withdrawn"
    target.touch(uow.now)
    uow.announce(rules.recorded(target))
    uow.record(
        "target.withdrawn",
        f"target/{target_id}",
        before=before,
        after=TargetView.model_validate(target).model_dump(mode="json"),
        reason=withdrawal.reason,
    )
    return target
