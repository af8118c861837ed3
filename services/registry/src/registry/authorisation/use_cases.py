"""Granting authorisations, alone and by the thousand, and ending them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from reference_data.shanghai import business_date
from registry.authorisation import queries, rules
from registry.authorisation.problems import AuthorisationEnded, AuthorisationExists
from registry.authorisation.schemas import (
    AuthorisationEnd,
    AuthorisationRegistration,
    AuthorisationView,
)
from registry.authorisation.tables import Authorisation
from registry.batches import BatchOutcome, Candidate, made, outcome_of, read_items, refused
from registry.client.problems import PlatformUnknown
from registry.enterprise.problems import EnterpriseMerged, EnterpriseUnknown
from registry.enterprise.queries import known_enterprises
from registry.enterprise.tables import Enterprise
from registry.platform.tables import Platform
from registry.record_scope import OutsideRecordScope, reaches_region
from service_chassis.bulk import insert_into
from service_chassis.columns import new_id
from service_chassis.identity import Principal
from service_chassis.problems import Problem
from service_chassis.unit_of_work import UnitOfWork

Wanted = Candidate[AuthorisationRegistration]


async def grant_authorisation(
    uow: UnitOfWork, caller: Principal, registration: AuthorisationRegistration
) -> Authorisation:
    """Let a platform report for a seller."""
    granted, problems = await _grant(uow, caller, [Candidate(0, registration)])
    if problems:
        raise problems[0]
    return granted[0]


async def grant_batch(
    uow: UnitOfWork, caller: Principal, items: Sequence[dict[str, Any]]
) -> BatchOutcome:
    """Grant what can be granted and say of every item what became of it."""
    candidates, outcomes = read_items(items, AuthorisationRegistration)
    granted, problems = await _grant(uow, caller, candidates)
    outcomes += [made(index, str(one.id)) for index, one in granted.items()]
    outcomes += [
        refused(index, problem, problem.members.get("authorisation_id"))
        for index, problem in problems.items()
    ]
    return outcome_of(outcomes)


async def _grant(
    uow: UnitOfWork, caller: Principal, candidates: Sequence[Wanted]
) -> tuple[dict[int, Authorisation], dict[int, Problem]]:
    """Look up all platforms and sellers at once; the table judges what is new."""
    platforms = {candidate.item.platform_code for candidate in candidates}
    sellers = {candidate.item.seller_uscc for candidate in candidates}
    known = set(
        await uow.session.scalars(select(Platform.code).where(Platform.code.in_(sorted(platforms))))
    )
    enterprises = await known_enterprises(uow.session, sellers)
    problems: dict[int, Problem] = {}
    wanted: dict[queries.Grantee, Wanted] = {}
    repeated: list[Wanted] = []
    for candidate in candidates:
        item = candidate.item
        try:
            if item.platform_code not in known:
                raise PlatformUnknown(f"No platform has the code {item.platform_code}.")
            _check_seller(caller, item.seller_uscc, enterprises.get(item.seller_uscc))
        except Problem as problem:
            problems[candidate.index] = problem
            continue
        if wanted.setdefault(_grantee(item), candidate) is not candidate:
            repeated.append(candidate)

    granted = await _insert(uow, wanted)
    refused_ones = [one for one in wanted.values() if one.index not in granted] + repeated
    if refused_ones:
        there = await queries.active_ids(uow.session, platforms, sellers)
        for candidate in refused_ones:
            problems[candidate.index] = _exists(candidate.item, there)
    for authorisation in granted.values():
        _publish(uow, authorisation, "authorisation.granted", before=None)
    return granted, problems


async def _insert(
    uow: UnitOfWork, wanted: dict[queries.Grantee, Wanted]
) -> dict[int, Authorisation]:
    if not wanted:
        return {}
    indexes: dict[UUID, int] = {}
    rows = []
    # Sorted, so that two batches take the keys in the same order.
    for _key, candidate in sorted(wanted.items()):
        authorisation_id = new_id()
        indexes[authorisation_id] = candidate.index
        rows.append(
            {
                "id": authorisation_id,
                **candidate.item.model_dump(),
                "status": "active",
                "revoked_on": None,
                "version": 1,
                "created_at": uow.now,
                "updated_at": uow.now,
            }
        )
    # The rows beside the statement, not in it: compiling 1,000 rows of values costs 0.4 s.
    statement = (
        insert_into(uow.session, Authorisation).on_conflict_do_nothing().returning(Authorisation)
    )
    return {indexes[one.id]: one for one in await uow.session.scalars(statement, rows)}


async def end_authorisation(
    uow: UnitOfWork, caller: Principal, authorisation_id: UUID, end: AuthorisationEnd
) -> Authorisation:
    """End an authorisation on a date; on or before its first day it never covered anything."""
    authorisation = await queries.show_authorisation(
        uow.session, caller, authorisation_id, lock=True
    )
    if caller.parks is not None:
        raise OutsideRecordScope("A park's token cannot end what its tenants have granted.")
    on = end.on or business_date(uow.now)
    if authorisation.status == "revoked" or (
        authorisation.valid_to is not None and authorisation.valid_to <= on
    ):
        raise AuthorisationEnded(f"It ended on {authorisation.valid_to}; {on} is not before that.")
    before = _document(authorisation)
    authorisation.valid_to = max(on, authorisation.valid_from)
    authorisation.status = "revoked"
    authorisation.revoked_on = on
    authorisation.touch(uow.now)
    _publish(uow, authorisation, "authorisation.ended", before=before, reason=end.reason)
    return authorisation


def _check_seller(caller: Principal, uscc: str, enterprise: Enterprise | None) -> None:
    if caller.platform is not None or caller.parks is not None:
        raise OutsideRecordScope(
            "Sellers authorise; neither a platform nor a park does it for them."
        )
    if caller.enterprises is not None and uscc not in caller.enterprises:
        raise OutsideRecordScope(f"Enterprise {uscc} is not in your record scope.")
    if enterprise is None:
        raise EnterpriseUnknown(f"No enterprise has the credit code {uscc}.")
    if enterprise.status == "merged":
        raise EnterpriseMerged(
            f"Enterprise {uscc} became {enterprise.merged_into}.",
            merged_into=enterprise.merged_into,
        )
    if not reaches_region(caller, enterprise.region_code):
        raise OutsideRecordScope(f"Enterprise {uscc} is not within {caller.region}.")


def _exists(
    item: AuthorisationRegistration, there: dict[queries.Grantee, UUID]
) -> AuthorisationExists:
    found = there.get(_grantee(item))
    return AuthorisationExists(
        f"{item.seller_uscc} authorised {item.platform_code} from {item.valid_from} already.",
        **({"authorisation_id": str(found)} if found else {}),
    )


def _grantee(item: AuthorisationRegistration) -> queries.Grantee:
    return item.platform_code, item.seller_uscc, item.valid_from


def _publish(
    uow: UnitOfWork,
    authorisation: Authorisation,
    action: str,
    *,
    before: Any,
    reason: str | None = None,
) -> None:
    uow.announce(rules.recorded(authorisation))
    uow.record(
        action,
        f"authorisation/{authorisation.id}",
        before=before,
        after=_document(authorisation),
        reason=reason,
    )


def _document(authorisation: Authorisation) -> dict[str, Any]:
    return AuthorisationView.model_validate(authorisation).model_dump(mode="json")
