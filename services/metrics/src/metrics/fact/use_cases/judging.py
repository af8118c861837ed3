"""Judging facts: the unique key in the database says which are new."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from metrics.fact.rules.columns import Columns, order_by_key
from metrics.fact.tables import FactKey
from metrics.fact.use_cases.outcomes import CONFLICT, COUNTED, DUPLICATE
from metrics.total.rules.grains import Int64s
from service_chassis.bulk import insert_new, read_rows
from service_chassis.unit_of_work import UnitOfWork

FACT_KEYS = FactKey.metadata.tables[FactKey.__tablename__]

# Whether the last transaction on a database met no repeats: the way that is cheaper when all keys
# are new costs twice as much at the first repeat, and repeats come in swarms.
_CLEAN: WeakKeyDictionary[object, bool] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of every fact, and where the fact lies that stands under its key."""

    outcome: Int64s
    standing_batch: Int64s
    standing_row: Int64s


async def judge(uow: UnitOfWork, facts: Columns) -> Judged:
    """Claim the keys of all facts at once; of equal keys in hand the one that came first claims."""
    order = order_by_key(facts.key)
    key = facts.key[order]
    claims = np.concatenate(([True], key[1:] != key[:-1]))
    claim_of = np.cumsum(claims) - 1
    claimants = order[claims]

    engine = uow.session.sync_session.get_bind()
    new = await insert_new(
        uow.session,
        FACT_KEYS,
        "key",
        {
            "content": facts.content[claimants],
            "batch_id": facts.batch_id[claimants],
            "row": facts.row[claimants].astype(np.int16),
            "key": facts.key[claimants],
        },
        expect_new=_CLEAN.get(engine, True),
    )
    _CLEAN[engine] = bool(new.all())

    content = facts.content[claimants].copy()
    batch_id = facts.batch_id[claimants].copy()
    row = facts.row[claimants].copy()
    known = np.flatnonzero(~new)
    if len(known):
        keys = [value.tobytes() for value in facts.key[claimants[known]]]
        found = await read_rows(uow.session, FACT_KEYS, "key", keys, ("content", "batch_id", "row"))
        # Both are in the order of the keys, and every key is there.
        standing = np.array([tuple(each) for each in found], np.int64).reshape(-1, 3)
        content[known], batch_id[known], row[known] = standing.T

    same = facts.content[order] == content[claim_of]
    counted = claims & new[claim_of]
    outcome = np.empty(len(facts), np.int64)
    outcome[order] = np.where(counted, COUNTED, np.where(same, DUPLICATE, CONFLICT))
    standing_batch = np.empty(len(facts), np.int64)
    standing_batch[order] = batch_id[claim_of]
    standing_row = np.empty(len(facts), np.int64)
    standing_row[order] = row[claim_of]
    return Judged(outcome, standing_batch, standing_row)
