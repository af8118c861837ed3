"""Drawing up cluster plans and publishing them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from registry.park.queries import known_parks
from registry.plan import rules
from registry.plan.problems import NothingToPublish, ParksUnknown, PlanExists, PlanNotFound
from registry.plan.schemas import (
    DeclaredShape,
    Draft,
    Node,
    PlanChange,
    PlanRegistration,
    PlanView,
    Publication,
)
from registry.plan.tables import ClusterPlan, PlanTree
from registry.record_scope import check_unrestricted
from service_chassis.etags import Precondition
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork

WHAT = "Cluster plans"


async def register_plan(
    uow: UnitOfWork, caller: Principal, registration: PlanRegistration
) -> ClusterPlan:
    """Begin a plan; nothing is announced before its first tree is published."""
    check_unrestricted(caller, WHAT)
    plan = ClusterPlan(
        code=registration.code,
        name_zh=registration.name_zh,
        name_en=registration.name_en,
        **_shape(registration.declared.model_dump()),
        valid_from=registration.valid_from,
        draft=None,
        published_version=0,
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(plan)
    try:
        await uow.session.flush()
    except IntegrityError as conflict:
        raise PlanExists(f"The code {plan.code} is already a plan's.") from conflict
    uow.record("plan.registered", f"plan/{plan.code}", after=_document(plan))
    return plan


async def change_plan(
    uow: UnitOfWork, caller: Principal, code: str, change: PlanChange, expected: Precondition
) -> ClusterPlan:
    """Change names or the declared shape; published trees stay as they were published."""
    plan = await _lock(uow, caller, code)
    expected.require(plan.version)
    before = _document(plan)
    changes = change.model_dump(exclude_unset=True)
    changes.update(_shape(changes.pop("declared", {})))
    for name, value in changes.items():
        setattr(plan, name, value)
    plan.touch(uow.now)
    uow.record("plan.changed", f"plan/{code}", before=before, after=_document(plan))
    return plan


async def put_draft(
    uow: UnitOfWork, caller: Principal, code: str, draft: Draft, expected: Precondition
) -> ClusterPlan:
    """Replace the draft; it must be a tree, its shape may still be unfinished."""
    plan = await _lock(uow, caller, code)
    expected.require(plan.version)
    rules.check_tree(draft.nodes)
    rules.check_parks_apart(draft.nodes)
    await _check_parks_known(uow, draft.nodes)
    before = plan.draft
    plan.draft = [node.model_dump(mode="json") for node in draft.nodes]
    plan.touch(uow.now)
    uow.record("plan.draft_put", f"plan/{code}", before=before, after=plan.draft)
    return plan


async def publish(
    uow: UnitOfWork,
    caller: Principal,
    code: str,
    publication: Publication,
    expected: Precondition | None = None,
) -> PlanTree:
    """Make the draft the next tree of the plan, if it has the declared shape."""
    plan = await _lock(uow, caller, code)
    if expected is not None:
        expected.require(plan.version)
    if plan.draft is None:
        raise NothingToPublish(f"Plan {code} has no draft: PUT one first.")
    nodes = [Node.model_validate(node) for node in plan.draft]
    rules.check_shape(DeclaredShape.model_validate(plan.declared), nodes)
    await _check_parks_known(uow, nodes)

    plan.published_version += 1
    tree = PlanTree(
        plan_code=code,
        tree_version=plan.published_version,
        valid_from=publication.valid_from or plan.valid_from,
        nodes=plan.draft,
        published_at=uow.now,
        published_by=uow.actor.subject,
    )
    uow.session.add(tree)
    plan.draft = None
    plan.touch(uow.now)
    uow.announce(rules.published(plan, tree))
    uow.record(
        "plan.published",
        f"plan/{code}",
        after={"tree_version": tree.tree_version, "nodes": tree.nodes},
    )
    return tree


async def _lock(uow: UnitOfWork, caller: Principal, code: str) -> ClusterPlan:
    check_unrestricted(caller, WHAT)
    plan = await uow.session.get(ClusterPlan, code, with_for_update=True)
    if plan is None:
        raise PlanNotFound(f"No cluster plan has the code {code}.")
    return plan


async def _check_parks_known(uow: UnitOfWork, nodes: Sequence[Node]) -> None:
    named = {park.park_code for node in nodes for park in node.parks}
    unknown = sorted(named - (await known_parks(uow.session, named)).keys())
    if unknown:
        raise ParksUnknown(f"These parks are not registered: {', '.join(unknown)}.", parks=unknown)


def _shape(declared: dict[str, int]) -> dict[str, Any]:
    return {f"declared_{role}": count for role, count in declared.items()}


def _document(plan: ClusterPlan) -> dict[str, Any]:
    return PlanView.model_validate(plan).model_dump(mode="json")
