"""Registering enterprises: one, or up to a thousand in few statements."""

from collections.abc import Sequence
from typing import Any

from registry.batches import BatchOutcome, Candidate, ItemOutcome, made, outcome_of, read_items
from registry.batches import refused as refused_item
from registry.enterprise.problems import EnterpriseExists
from registry.enterprise.schemas import EnterpriseRegistration
from registry.enterprise.tables import Enterprise
from registry.enterprise.use_cases.writing import (
    check_may_register,
    publish,
    put_tokens,
    row_of,
)
from registry.record_scope import OutsideRecordScope
from service_chassis.bulk import insert_into
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork


async def register_enterprise(
    uow: UnitOfWork, caller: Principal, registration: EnterpriseRegistration
) -> Enterprise:
    """Register an enterprise once; the table judges whether its code is new."""
    check_may_register(caller, registration.uscc, registration.region_code)
    inserted = await insert_registrations(uow, [registration])
    if not inserted:
        raise exists(registration.uscc)
    return inserted[registration.uscc]


async def register_batch(
    uow: UnitOfWork, caller: Principal, items: Sequence[dict[str, Any]]
) -> BatchOutcome:
    """Register what can be registered and say of every item what became of it."""
    candidates, outcomes = read_items(items, EnterpriseRegistration)
    first: dict[str, Candidate[EnterpriseRegistration]] = {}
    for candidate in candidates:
        registration = candidate.item
        try:
            check_may_register(caller, registration.uscc, registration.region_code)
        except OutsideRecordScope as problem:
            outcomes.append(refused_item(candidate.index, problem))
            continue
        if registration.uscc in first:
            outcomes.append(_refused(candidate.index, registration.uscc))
        else:
            first[registration.uscc] = candidate

    inserted = await insert_registrations(uow, [candidate.item for candidate in first.values()])
    for uscc, candidate in first.items():
        outcomes.append(
            made(candidate.index, uscc) if uscc in inserted else _refused(candidate.index, uscc)
        )
    return outcome_of(outcomes)


async def insert_registrations(
    uow: UnitOfWork, registrations: Sequence[EnterpriseRegistration]
) -> dict[str, Enterprise]:
    """Insert those whose code is new, announce them, and return them by code."""
    if not registrations:
        return {}
    # Sorted, so that two batches take the codes in the same order.
    rows = [row_of(uow, one) for one in sorted(registrations, key=lambda one: one.uscc)]
    # The rows beside the statement, not in it: compiling 1,000 rows of values costs 0.4 s.
    statement = insert_into(uow.session, Enterprise).on_conflict_do_nothing().returning(Enterprise)
    fresh = await uow.session.scalars(statement, rows)
    inserted = {enterprise.uscc: enterprise for enterprise in fresh}
    await put_tokens(uow, list(inserted.values()), fresh=True)
    for enterprise in inserted.values():
        publish(uow, enterprise, "enterprise.registered", before=None)
    return inserted


def exists(uscc: str) -> EnterpriseExists:
    """The problem of a code that is taken."""
    return EnterpriseExists(f"{uscc} is registered already.", uscc=uscc)


def _refused(index: int, uscc: str) -> ItemOutcome:
    return refused_item(index, exists(uscc), uscc)
