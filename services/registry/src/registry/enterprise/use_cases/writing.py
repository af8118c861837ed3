"""What every change of enterprises shares: the rows, their tokens, who may, and who hears of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from registry.enterprise import rules
from registry.enterprise.schemas import EnterpriseRegistration, EnterpriseView
from registry.enterprise.tables import Enterprise, EnterpriseNameToken
from registry.record_scope import OutsideRecordScope, only, reaches_region
from registry.tenancy.tables import Tenancy
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork


def row_of(uow: UnitOfWork, registration: EnterpriseRegistration) -> dict[str, Any]:
    """The columns of a new enterprise."""
    names = [registration.name_zh, registration.name_en, *registration.aliases]
    return {
        **registration.model_dump(),
        "status": "active",
        "merged_into": None,
        "organisation": rules.organisation(registration.uscc),
        "search_text": rules.search_text(names),
        "version": 1,
        "created_at": uow.now,
        "updated_at": uow.now,
    }


async def put_tokens(uow: UnitOfWork, enterprises: Sequence[Enterprise], *, fresh: bool) -> None:
    """Make these enterprises findable by their present names."""
    codes = [enterprise.uscc for enterprise in enterprises]
    if not codes:
        return
    if not fresh:
        await uow.session.execute(
            delete(EnterpriseNameToken).where(EnterpriseNameToken.uscc.in_(codes))
        )
    rows = [
        {"token": token, "uscc": enterprise.uscc}
        for enterprise in enterprises
        for token in sorted(rules.tokens(enterprise.search_text))
    ]
    if rows:
        await uow.session.execute(insert(EnterpriseNameToken), rows)


def publish(
    uow: UnitOfWork, enterprise: Enterprise, action: str, *, before: Any, reason: str | None = None
) -> None:
    """Tell the other services and the audit trail."""
    uow.announce(rules.recorded(enterprise))
    uow.record(
        action,
        f"enterprise/{enterprise.uscc}",
        before=before,
        after=document(enterprise),
        reason=reason,
    )


def document(enterprise: Enterprise) -> dict[str, Any]:
    """An enterprise as the audit trail keeps it."""
    return EnterpriseView.model_validate(enterprise).model_dump(mode="json")


def check_may_register(caller: Principal, uscc: str, region_code: str) -> None:
    """A platform registers nobody; others only within their region and their own enterprises."""
    if caller.platform is not None:
        raise OutsideRecordScope("A platform's token cannot change enterprises.")
    if caller.enterprises is not None and uscc not in caller.enterprises:
        raise OutsideRecordScope(f"Enterprise {uscc} is not in your record scope.")
    if not reaches_region(caller, region_code):
        raise OutsideRecordScope(f"Division {region_code} is not within {caller.region}.")


async def check_may_change(uow: UnitOfWork, caller: Principal, enterprise: Enterprise) -> None:
    """As registering; a park also needs a tenancy of the enterprise, of whatever stage."""
    check_may_register(caller, enterprise.uscc, enterprise.region_code)
    if caller.parks is None:
        return
    tenancy = await uow.session.scalar(
        select(Tenancy.id)
        .where(Tenancy.enterprise_uscc == enterprise.uscc, only(caller.parks, Tenancy.park_code))
        .limit(1)
    )
    if tenancy is None:
        raise OutsideRecordScope(f"Enterprise {enterprise.uscc} has no tenancy in your parks.")
