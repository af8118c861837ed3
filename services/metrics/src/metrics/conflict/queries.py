"""Reading conflicts."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metrics.conflict.problems import ConflictNotFound
from metrics.conflict.schemas import ConflictContents, ConflictView
from metrics.conflict.tables import Conflict
from metrics.fact.queries.store import open_facts
from metrics.fact.rules.access import may_see
from metrics.fact.rules.stored import Place
from metrics.fact.schemas import Content
from metrics.fact.tables import FactKey
from service_chassis.identity import Principal


async def contents(session: AsyncSession, caller: Principal, conflict_id: UUID) -> ConflictContents:
    """A conflict with what both facts say: the one that stands, or stood when it was decided."""
    conflict = await session.get(Conflict, conflict_id)
    if conflict is None:
        raise ConflictNotFound(f"No conflict has the id {conflict_id}.")
    may_see(caller, conflict.platform)
    standing = Place(conflict.standing_batch_id, conflict.standing_row)
    if conflict.state == "open":
        key = await session.get_one(FactKey, conflict.key)
        standing = Place(key.batch_id, key.row)
    newcomer = Place(conflict.batch_id, conflict.row)
    opened = await open_facts(session, [standing, newcomer])
    return ConflictContents(
        **dict(ConflictView.model_validate(conflict)),
        standing=Content.of(opened[standing]),
        newcomer=Content.of(opened[newcomer]),
    )
