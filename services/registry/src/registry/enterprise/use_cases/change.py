"""Changing an enterprise that is there."""

from typing import Any

from registry.enterprise import rules
from registry.enterprise.problems import EnterpriseMerged, EnterpriseNotFound
from registry.enterprise.schemas import EnterpriseChange
from registry.enterprise.tables import Enterprise
from registry.enterprise.use_cases.writing import (
    check_may_change,
    check_may_register,
    document,
    publish,
    put_tokens,
)
from service_chassis.etags import Precondition
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork


async def change_enterprise(
    uow: UnitOfWork,
    caller: Principal,
    uscc: str,
    change: EnterpriseChange,
    expected: Precondition,
) -> Enterprise:
    """Change what was sent; its credit code is what it is."""
    enterprise = await lock_enterprise(uow, uscc)
    await check_may_change(uow, caller, enterprise)
    expected.require(enterprise.version)
    changes = change.model_dump(exclude_unset=True)
    check_may_register(caller, uscc, changes.get("region_code", enterprise.region_code))
    await apply_changes(uow, enterprise, changes)
    return enterprise


async def apply_changes(uow: UnitOfWork, enterprise: Enterprise, changes: dict[str, Any]) -> bool:
    """Change a locked enterprise, or leave it when nothing differs; says which."""
    changes = {name: value for name, value in changes.items() if getattr(enterprise, name) != value}
    if not changes:
        return False
    before = document(enterprise)
    for name, value in changes.items():
        setattr(enterprise, name, value)
    if changes.keys() & {"name_zh", "name_en", "aliases"}:
        names = [enterprise.name_zh, enterprise.name_en, *enterprise.aliases]
        enterprise.search_text = rules.search_text(names)
        await put_tokens(uow, [enterprise], fresh=False)
    enterprise.touch(uow.now)
    publish(uow, enterprise, "enterprise.changed", before=before)
    return True


async def lock_enterprise(uow: UnitOfWork, uscc: str) -> Enterprise:
    """The enterprise, held until the transaction ends; a merged one changes no more."""
    enterprise = await uow.session.get(Enterprise, uscc, with_for_update={"key_share": True})
    if enterprise is None:
        raise EnterpriseNotFound(f"No enterprise has the credit code {uscc}.")
    if enterprise.status == "merged":
        raise EnterpriseMerged(
            f"Enterprise {uscc} became {enterprise.merged_into}.",
            merged_into=enterprise.merged_into,
        )
    return enterprise
