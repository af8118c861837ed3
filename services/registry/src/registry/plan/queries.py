"""Reading cluster plans and their trees."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.plan.problems import PlanNotFound, TreeNotFound
from registry.plan.schemas import Node, TreeView
from registry.plan.tables import ClusterPlan, PlanTree


def plans() -> Select[ClusterPlan]:
    """All plans."""
    return select(ClusterPlan)


async def plan_of(session: AsyncSession, code: str) -> ClusterPlan:
    """The plan, or a problem."""
    if plan := await session.get(ClusterPlan, code):
        return plan
    raise PlanNotFound(f"No cluster plan has the code {code}.")


async def show_tree(session: AsyncSession, code: str, version: int | None) -> TreeView:
    """A published tree: the one asked for, or the newest."""
    plan = await plan_of(session, code)
    wanted = plan.published_version if version is None else version
    tree = await session.get(PlanTree, (code, wanted))
    if tree is None:
        raise TreeNotFound(
            f"Plan {code} has {plan.published_version} published trees; there is no {wanted}."
            if plan.published_version
            else f"Nothing of plan {code} was published yet."
        )
    return tree_view(tree)


def tree_view(tree: PlanTree) -> TreeView:
    """A published tree as callers see it."""
    return TreeView(
        plan_code=tree.plan_code,
        tree_version=tree.tree_version,
        valid_from=tree.valid_from,
        published_at=tree.published_at,
        published_by=tree.published_by,
        nodes=[Node.model_validate(node) for node in tree.nodes],
    )


async def show_draft(session: AsyncSession, code: str) -> tuple[TreeView, int]:
    """The draft and the plan's version, which is what a change of it must name."""
    plan = await plan_of(session, code)
    if plan.draft is None:
        raise TreeNotFound(f"Plan {code} has no draft.")
    tree = TreeView(
        plan_code=code,
        tree_version=None,
        valid_from=plan.valid_from,
        published_at=None,
        published_by=None,
        nodes=[Node.model_validate(node) for node in plan.draft],
    )
    return tree, plan.version


async def published_nodes(session: AsyncSession, code: str) -> frozenset[str]:
    """The nodes of the newest published tree."""
    plan = await plan_of(session, code)
    tree = await session.get(PlanTree, (code, plan.published_version))
    return frozenset(str(node["node_code"]) for node in tree.nodes) if tree else frozenset()
