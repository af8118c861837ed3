"""Registering tenancies, leading them through the pipeline, correcting them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from reference_data.shanghai import business_date
from registry.batches import BatchOutcome, Candidate, made, outcome_of, read_items, refused
from registry.enterprise.problems import EnterpriseMerged, EnterpriseUnknown
from registry.enterprise.queries import known_enterprises
from registry.enterprise.tables import Enterprise
from registry.park.queries import known_parks
from registry.record_scope import OutsideRecordScope, check_park
from registry.tenancy import queries, rules
from registry.tenancy.problems import ParkUnknown, TenancyDates, TenancyNotFound
from registry.tenancy.schemas import Advance, TenancyChange, TenancyRegistration, TenancyView
from registry.tenancy.tables import Tenancy, TenancyStep
from service_chassis.columns import new_id
from service_chassis.etags import Precondition
from service_chassis.identity import Principal
from service_chassis.problems import Problem
from service_chassis.unit_of_work import UnitOfWork


async def register_tenancy(
    uow: UnitOfWork, caller: Principal, registration: TenancyRegistration
) -> Tenancy:
    """Register a tenancy at the stage where it stands."""
    registered, problems = await _register(uow, caller, [Candidate(0, registration)])
    if problems:
        raise problems[0]
    return registered[0]


async def register_batch(
    uow: UnitOfWork, caller: Principal, items: Sequence[dict[str, Any]]
) -> BatchOutcome:
    """Register what can be registered, earlier items first, and say what became of each."""
    candidates, outcomes = read_items(items, TenancyRegistration)
    registered, problems = await _register(uow, caller, candidates)
    outcomes += [made(index, str(tenancy.id)) for index, tenancy in registered.items()]
    outcomes += [
        refused(index, problem, problem.members.get("tenancy_id"))
        for index, problem in problems.items()
    ]
    return outcome_of(outcomes)


async def _register(
    uow: UnitOfWork, caller: Principal, candidates: Sequence[Candidate[TenancyRegistration]]
) -> tuple[dict[int, Tenancy], dict[int, Problem]]:
    """One lock on all enterprises, one look at all their tenancies, then decide in memory."""
    usccs = {candidate.item.enterprise_uscc for candidate in candidates}
    enterprises = await known_enterprises(uow.session, usccs, lock=True)
    parks = await known_parks(uow.session, {each.item.park_code for each in candidates})
    theirs = await queries.tenancies_of(uow.session, enterprises)
    registered: dict[int, Tenancy] = {}
    problems: dict[int, Problem] = {}
    for candidate in candidates:
        wanted = candidate.item
        try:
            _check_enterprise(enterprises.get(wanted.enterprise_uscc), wanted.enterprise_uscc)
            if wanted.park_code not in parks:
                raise ParkUnknown(f"No park has the code {wanted.park_code}.")
            _check_scope(caller, wanted.enterprise_uscc, wanted.park_code, parks)
            if problem := rules.clash(wanted, theirs[wanted.enterprise_uscc]):
                raise problem
        except Problem as problem:
            problems[candidate.index] = problem
            continue
        tenancy = _begin(uow, wanted)
        theirs[wanted.enterprise_uscc].append(tenancy)
        registered[candidate.index] = tenancy
    # Tenancies before the steps that refer to them.
    uow.session.add_all(registered.values())
    await uow.session.flush()
    for tenancy in registered.values():
        reached = tenancy.left_on or tenancy.moved_in_on or business_date(uow.now)
        _step(uow, tenancy, reached, None)
        _publish(uow, tenancy, "tenancy.registered", before=None)
    return registered, problems


async def advance_tenancy(
    uow: UnitOfWork, caller: Principal, tenancy_id: UUID, advance: Advance
) -> Tenancy:
    """Take a tenancy to the next stage of the pipeline, and no further."""
    tenancy, others = await _lock(uow, caller, tenancy_id)
    rules.check_step(tenancy.stage, advance.stage)
    rules.check_reached(advance.on, await queries.latest_step(uow.session, tenancy_id))
    before = _document(tenancy)
    tenancy.stage = advance.stage
    if advance.stage == "moved_in":
        tenancy.moved_in_on = advance.on
    elif advance.stage == "left":
        tenancy.left_on = advance.on
    _check_against(tenancy, others)
    tenancy.touch(uow.now)
    _step(uow, tenancy, advance.on, advance.note)
    _publish(uow, tenancy, "tenancy.advanced", before=before, reason=advance.note)
    return tenancy


async def correct_tenancy(
    uow: UnitOfWork,
    caller: Principal,
    tenancy_id: UUID,
    change: TenancyChange,
    expected: Precondition,
) -> Tenancy:
    """Correct dates that were recorded wrongly, or which tenancy counts."""
    tenancy, others = await _lock(uow, caller, tenancy_id)
    expected.require(tenancy.version)
    changes = change.model_dump(exclude_unset=True, exclude={"reason"})
    for name in ("moved_in_on", "left_on"):
        if name in changes and getattr(tenancy, name) is None:
            raise TenancyDates(
                f"The tenancy is at {tenancy.stage} and has no {name}: advance it instead."
            )
    if all(getattr(tenancy, name) == value for name, value in changes.items()):
        return tenancy
    before = _document(tenancy)
    for name, value in changes.items():
        setattr(tenancy, name, value)
    _check_against(tenancy, others)
    tenancy.touch(uow.now)
    _publish(uow, tenancy, "tenancy.corrected", before=before, reason=change.reason)
    return tenancy


async def _lock(
    uow: UnitOfWork, caller: Principal, tenancy_id: UUID
) -> tuple[Tenancy, list[Tenancy]]:
    """The tenancy and the enterprise's others, while the enterprise is held.

    The enterprise's row is what concurrent writers of its tenancies meet at.
    """
    tenancy = await uow.session.get(Tenancy, tenancy_id)
    if tenancy is None:
        raise TenancyNotFound(f"No tenancy has the id {tenancy_id}.")
    uscc = tenancy.enterprise_uscc
    await known_enterprises(uow.session, {uscc}, lock=True)
    all_of_them = (await queries.tenancies_of(uow.session, {uscc}))[uscc]
    if tenancy not in all_of_them:
        # The enterprise was merged into another between the two reads.
        await uow.session.refresh(tenancy)
        return await _lock(uow, caller, tenancy_id)
    parks = await known_parks(uow.session, {tenancy.park_code})
    _check_scope(caller, uscc, tenancy.park_code, parks)
    return tenancy, [other for other in all_of_them if other is not tenancy]


def _check_against(tenancy: Tenancy, others: Sequence[Tenancy]) -> None:
    rules.check_dates(tenancy.moved_in_on, tenancy.left_on)
    if problem := rules.clash(tenancy, others):
        raise problem


def _check_enterprise(enterprise: Enterprise | None, uscc: str) -> None:
    if enterprise is None:
        raise EnterpriseUnknown(f"No enterprise has the credit code {uscc}.")
    if enterprise.status == "merged":
        raise EnterpriseMerged(
            f"Enterprise {uscc} became {enterprise.merged_into}.",
            merged_into=enterprise.merged_into,
        )


def _check_scope(caller: Principal, uscc: str, park_code: str, parks: dict[str, str]) -> None:
    if caller.platform is not None:
        raise OutsideRecordScope("A platform's token cannot change tenancies.")
    if caller.enterprises is not None and uscc not in caller.enterprises:
        raise OutsideRecordScope(f"Enterprise {uscc} is not in your record scope.")
    check_park(caller, park_code, parks[park_code])


def _begin(uow: UnitOfWork, wanted: TenancyRegistration) -> Tenancy:
    return Tenancy(
        id=new_id(),
        **wanted.model_dump(),
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )


def _step(uow: UnitOfWork, tenancy: Tenancy, on: date, note: str | None) -> None:
    uow.session.add(
        TenancyStep(
            tenancy_id=tenancy.id, stage=tenancy.stage, on=on, note=note, recorded_at=uow.now
        )
    )


def _publish(
    uow: UnitOfWork, tenancy: Tenancy, action: str, *, before: Any, reason: str | None = None
) -> None:
    uow.announce(rules.recorded(tenancy))
    uow.record(
        action,
        f"tenancy/{tenancy.id}",
        before=before,
        after=_document(tenancy),
        reason=reason,
    )


def _document(tenancy: Tenancy) -> dict[str, Any]:
    return TenancyView.model_validate(tenancy).model_dump(mode="json")
