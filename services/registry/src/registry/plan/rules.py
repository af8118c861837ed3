"""What makes a tree of clusters whole, and what the other services hear of it."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

from event_contracts.registry import PlannedNode, PlanPublished
from registry.periods import overlap
from registry.plan.problems import NodeCount, ParkInTwoNodes, TreeBroken
from registry.plan.schemas import DeclaredShape, Node
from registry.plan.tables import ClusterPlan, PlanTree

ROLES = ("hq", "second", "district")


def check_tree(nodes: Sequence[Node]) -> None:
    """Refuse nodes that are no tree: a name twice, a parent missing, a circle."""
    repeated = [code for code, n in Counter(node.node_code for node in nodes).items() if n > 1]
    if repeated:
        raise TreeBroken(f"Node {repeated[0]} comes twice.", nodes=repeated)
    parents = {node.node_code: node.parent_code for node in nodes}
    for node in nodes:
        if node.parent_code is not None and node.parent_code not in parents:
            raise TreeBroken(
                f"Node {node.node_code} names the parent {node.parent_code}, which is not a node.",
                nodes=[node.node_code],
            )
        ancestor, steps = node.parent_code, 0
        while ancestor is not None:
            if ancestor == node.node_code or steps > len(parents):
                raise TreeBroken(
                    f"Node {node.node_code} is its own ancestor.", nodes=[node.node_code]
                )
            ancestor, steps = parents[ancestor], steps + 1


def check_parks_apart(nodes: Sequence[Node]) -> None:
    """Refuse a park in two nodes, or twice in one, on the same date."""
    stays: dict[str, list[tuple[str, Any]]] = {}
    for node in nodes:
        for stay in node.parks:
            stays.setdefault(stay.park_code, []).append((node.node_code, stay))
    for park_code, of_park in stays.items():
        for (one, first), (other, second) in combinations(of_park, 2):
            if overlap(first.valid_from, first.valid_to, second.valid_from, second.valid_to):
                raise ParkInTwoNodes(
                    f"Park {park_code} belongs to {one} and to {other} "
                    f"on {max(first.valid_from, second.valid_from)}.",
                    park_code=park_code,
                    nodes=[one, other],
                )


def check_shape(declared: DeclaredShape, nodes: Sequence[Node]) -> None:
    """Refuse a tree that does not have the nodes the plan declares."""
    present: Counter[str] = Counter(node.role for node in nodes)
    promised = declared.model_dump()
    wrong = [role for role in ROLES if present[role] != promised[role]]
    if wrong:
        faults = ", ".join(f"{present[role]} instead of {promised[role]} {role}" for role in wrong)
        raise NodeCount(
            f"The plan declares {declared.nodes} nodes and the draft has {len(nodes)}: {faults}.",
            declared=promised,
            present={role: present[role] for role in ROLES},
        )


def published(plan: ClusterPlan, tree: PlanTree, snapshot_id: UUID | None = None) -> PlanPublished:
    """A published tree for the other services."""
    return PlanPublished(
        version=tree.tree_version,
        snapshot_id=snapshot_id,
        plan_code=plan.code,
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        valid_from=tree.valid_from,
        nodes=[PlannedNode.model_validate(node) for node in tree.nodes],
    )
