"""Every kind of record there is to announce, in order, a chunk at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts import RegistryRecord
from registry.account import rules as account_rules
from registry.account.tables import Account
from registry.authorisation import rules as authorisation_rules
from registry.authorisation.tables import Authorisation
from registry.client import rules as client_rules
from registry.client.tables import Client
from registry.enterprise import rules as enterprise_rules
from registry.enterprise.tables import Enterprise
from registry.park import rules as park_rules
from registry.park.tables import Park
from registry.plan import rules as plan_rules
from registry.plan.tables import ClusterPlan, PlanTree
from registry.platform import rules as platform_rules
from registry.platform.tables import Platform
from registry.snapshot.problems import SnapshotNotFound
from registry.snapshot.tables import Snapshot
from registry.target import rules as target_rules
from registry.target.tables import Target
from registry.tenancy import rules as tenancy_rules
from registry.tenancy.tables import Tenancy
from registry.token import rules as token_rules
from registry.token.tables import SigningKey


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its rows in the order of a key, and the event of a row."""

    statement: Any
    key: Any
    read_key: Callable[[str], Any]
    event: Callable[[Any, UUID], RegistryRecord]


def _alone(
    recorded: Callable[[Any, UUID], RegistryRecord],
) -> Callable[[Any, UUID], RegistryRecord]:
    return lambda row, snapshot_id: recorded(row[0], snapshot_id)


_NEWEST_TREES = select(ClusterPlan, PlanTree).join(
    PlanTree,
    and_(
        PlanTree.plan_code == ClusterPlan.code,
        PlanTree.tree_version == ClusterPlan.published_version,
    ),
)

KINDS: Sequence[Kind] = (
    Kind(select(SigningKey), SigningKey.kid, str, _alone(token_rules.recorded)),
    Kind(select(Client), Client.client_id, str, _alone(client_rules.recorded)),
    Kind(select(Account), Account.account, str, _alone(account_rules.recorded)),
    Kind(select(Platform), Platform.code, str, _alone(platform_rules.recorded)),
    Kind(select(Park), Park.code, str, _alone(park_rules.recorded)),
    Kind(select(Enterprise), Enterprise.uscc, str, _alone(enterprise_rules.recorded)),
    Kind(select(Tenancy), Tenancy.id, UUID, _alone(tenancy_rules.recorded)),
    Kind(select(Authorisation), Authorisation.id, UUID, _alone(authorisation_rules.recorded)),
    Kind(
        _NEWEST_TREES,
        ClusterPlan.code,
        str,
        lambda row, snapshot_id: plan_rules.published(row[0], row[1], snapshot_id),
    ),
    Kind(select(Target), Target.id, UUID, _alone(target_rules.recorded)),
)


async def chunk(
    session: AsyncSession, kind: Kind, after_key: str | None, size: int
) -> tuple[list[Any], str | None]:
    """The next rows of a kind, and the key of the last of them; None when there are no more."""
    statement = kind.statement.add_columns(kind.key.label("place")).order_by(kind.key).limit(size)
    if after_key is not None:
        statement = statement.where(kind.key > kind.read_key(after_key))
    rows = list((await session.execute(statement)).all())
    return rows, str(rows[-1][-1]) if len(rows) == size else None


def snapshots() -> Select[Snapshot]:
    """All snapshots."""
    return select(Snapshot)


async def show_snapshot(session: AsyncSession, snapshot_id: UUID) -> Snapshot:
    """The snapshot, or a problem."""
    if snapshot := await session.get(Snapshot, snapshot_id):
        return snapshot
    raise SnapshotNotFound(f"No snapshot has the id {snapshot_id}.")
