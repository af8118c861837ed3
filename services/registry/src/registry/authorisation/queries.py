"""Reading authorisations."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.authorisation.problems import AuthorisationNotFound
from registry.authorisation.tables import Authorisation
from registry.enterprise.tables import Enterprise
from registry.record_scope import OutsideRecordScope, only, within_region
from registry.tenancy.tables import Tenancy
from service_chassis.identity import Principal


def authorisations(
    caller: Principal,
    *,
    platform: str | None = None,
    seller: str | None = None,
    status: str | None = None,
    on: date | None = None,
) -> Select[Authorisation]:
    """The authorisations a caller may see; `on` asks for those that cover a date."""
    statement = select(Authorisation).where(*_seen_by(caller))
    if platform:
        statement = statement.where(Authorisation.platform_code == platform)
    if seller:
        statement = statement.where(Authorisation.seller_uscc == seller)
    if status:
        statement = statement.where(Authorisation.status == status)
    if on:
        statement = statement.where(
            Authorisation.valid_from <= on,
            or_(Authorisation.valid_to.is_(None), Authorisation.valid_to > on),
        )
    return statement


def _seen_by(caller: Principal) -> list[ColumnElement[bool]]:
    """A platform sees its own, a seller its own, a park those of its tenants."""
    clauses = [only(caller.enterprises, Authorisation.seller_uscc)]
    if caller.platform is not None:
        clauses.append(Authorisation.platform_code == caller.platform)
    if caller.parks is not None:
        tenants = select(Tenancy.enterprise_uscc).where(only(caller.parks, Tenancy.park_code))
        clauses.append(Authorisation.seller_uscc.in_(tenants))
    if caller.region is not None:
        local = select(Enterprise.uscc).where(within_region(caller, Enterprise.region_code))
        clauses.append(Authorisation.seller_uscc.in_(local))
    return clauses


async def show_authorisation(
    session: AsyncSession, caller: Principal, authorisation_id: UUID, *, lock: bool = False
) -> Authorisation:
    """The authorisation, if it is the caller's to see."""
    statement = select(Authorisation).where(Authorisation.id == authorisation_id)
    if lock:
        statement = statement.with_for_update()
    authorisation: Authorisation | None = await session.scalar(statement.where(*_seen_by(caller)))
    if authorisation is not None:
        return authorisation
    if await session.get(Authorisation, authorisation_id) is None:
        raise AuthorisationNotFound(f"No authorisation has the id {authorisation_id}.")
    raise OutsideRecordScope(f"Authorisation {authorisation_id} is not in your record scope.")


Grantee = tuple[str, str, date]


async def active_ids(
    session: AsyncSession, platforms: Collection[str], sellers: Collection[str]
) -> dict[Grantee, UUID]:
    """Active authorisations of these sellers for these platforms, by what makes them unique."""
    rows = await session.execute(
        select(
            Authorisation.platform_code,
            Authorisation.seller_uscc,
            Authorisation.valid_from,
            Authorisation.id,
        ).where(
            Authorisation.platform_code.in_(sorted(platforms)),
            Authorisation.seller_uscc.in_(sorted(sellers)),
            Authorisation.status == "active",
        )
    )
    return {(platform, seller, begins): found for platform, seller, begins, found in rows}
