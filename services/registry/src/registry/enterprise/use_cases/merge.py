"""Merging an enterprise into another: one firm that was registered twice."""

from sqlalchemy import select

from registry.enterprise.problems import (
    EnterpriseNotFound,
    MergeRefused,
    MergeTenanciesOverlap,
)
from registry.enterprise.queries import known_enterprises
from registry.enterprise.schemas import Merger
from registry.enterprise.tables import Enterprise
from registry.enterprise.use_cases.writing import check_may_change, document, publish
from registry.tenancy import rules as tenancy_rules
from registry.tenancy.schemas import TenancyView
from registry.tenancy.tables import Tenancy
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork


async def merge_enterprise(
    uow: UnitOfWork, caller: Principal, uscc: str, merger: Merger
) -> Enterprise:
    """Leave a redirect from one enterprise to the other and give its tenancies to it.

    Authorisations stay with the code they name: platforms go on reporting by it, and the figures
    follow the redirect. Those merged into this one before are redirected to its heir, so that a
    redirect never leads to a second one.
    """
    if uscc == merger.into:
        raise MergeRefused(f"{uscc} cannot be merged into itself.")
    both = await known_enterprises(uow.session, {uscc, merger.into}, lock=True)
    for code in (uscc, merger.into):
        if code not in both:
            raise EnterpriseNotFound(f"No enterprise has the credit code {code}.")
    gone, heir = both[uscc], both[merger.into]
    for enterprise in (gone, heir):
        if enterprise.status == "merged":
            raise MergeRefused(
                f"{enterprise.uscc} was merged into {enterprise.merged_into} already."
            )
        await check_may_change(uow, caller, enterprise)

    await _hand_over_tenancies(uow, gone, heir)
    before = document(gone)
    gone.status, gone.merged_into = "merged", heir.uscc
    gone.touch(uow.now)
    publish(uow, gone, "enterprise.merged", before=before, reason=merger.reason)
    earlier = await uow.session.scalars(
        select(Enterprise).where(Enterprise.merged_into == uscc).with_for_update(key_share=True)
    )
    for enterprise in earlier.all():
        before = document(enterprise)
        enterprise.merged_into = heir.uscc
        enterprise.touch(uow.now)
        publish(uow, enterprise, "enterprise.redirected", before=before, reason=merger.reason)
    return gone


async def _hand_over_tenancies(uow: UnitOfWork, gone: Enterprise, heir: Enterprise) -> None:
    tenancies = (
        await uow.session.scalars(
            select(Tenancy)
            .where(Tenancy.enterprise_uscc.in_([gone.uscc, heir.uscc]))
            .order_by(Tenancy.id)
            .with_for_update(key_share=True)
        )
    ).all()
    moving = [tenancy for tenancy in tenancies if tenancy.enterprise_uscc == gone.uscc]
    staying = [tenancy for tenancy in tenancies if tenancy.enterprise_uscc == heir.uscc]
    clashes = [
        str(tenancy.id)
        for tenancy in moving
        if any(tenancy_rules.excludes(tenancy, other) for other in staying)
    ]
    if clashes:
        raise MergeTenanciesOverlap(
            f"{gone.uscc} and {heir.uscc} have tenancies that exclude each other; end them, or "
            "make them not count, before merging.",
            tenancies=clashes,
        )
    for tenancy in moving:
        before = TenancyView.model_validate(tenancy).model_dump(mode="json")
        tenancy.enterprise_uscc = heir.uscc
        tenancy.touch(uow.now)
        uow.announce(tenancy_rules.recorded(tenancy))
        uow.record(
            "tenancy.handed_over",
            f"tenancy/{tenancy.id}",
            before=before,
            after=TenancyView.model_validate(tenancy).model_dump(mode="json"),
            reason=f"{gone.uscc} became {heir.uscc}",
        )
