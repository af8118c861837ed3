"""Whose records a caller may see and change: its own platform, parks, enterprises or region.

Every restriction a token carries must hold. What it does not mention is not restricted.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, true

from service_chassis.identity import Principal
from service_chassis.problems import Problem

PROVINCE_LENGTH = 2
PREFECTURE_LENGTH = 4


class OutsideRecordScope(Problem):
    """The token is restricted to the records of one platform, park, enterprise or region."""

    status = 403
    code = "outside_record_scope"
    title_en = "This record is not one of yours"
    title_zh = "该记录不在您的数据范围内"


def region_prefix(region: str) -> str:
    """The leading digits that every division within this one shares."""
    if len(region) != len("440000"):
        return region
    if region.endswith("0000"):
        return region[:PROVINCE_LENGTH]
    if region.endswith("00"):
        return region[:PREFECTURE_LENGTH]
    return region


def reaches_region(caller: Principal, region_code: str) -> bool:
    """Whether the division lies within the caller's region."""
    return caller.region is None or region_code.startswith(region_prefix(caller.region))


def reaches_park(caller: Principal, code: str, region_code: str) -> bool:
    """Whether the park is one of the caller's."""
    return (caller.parks is None or code in caller.parks) and reaches_region(caller, region_code)


def is_unrestricted(caller: Principal) -> bool:
    """Whether the token carries no record scope at all."""
    restrictions = (caller.platform, caller.parks, caller.enterprises, caller.region)
    return all(restriction is None for restriction in restrictions)


def check_unrestricted(caller: Principal, what: str) -> None:
    """Some records belong to nobody's part alone."""
    if not is_unrestricted(caller):
        raise OutsideRecordScope(f"{what} belong to the whole platform; your token covers a part.")


def check_park(caller: Principal, code: str, region_code: str) -> None:
    """Refuse a park that is not the caller's."""
    if not reaches_park(caller, code, region_code):
        raise OutsideRecordScope(f"Park {code} is not in your record scope.")


def check_platform(caller: Principal, code: str) -> None:
    """Refuse a platform that is not the caller's."""
    if caller.platform is not None and caller.platform != code:
        raise OutsideRecordScope(f"Your token is for platform {caller.platform}, not {code}.")


def within_region(caller: Principal, column: Any) -> ColumnElement[bool]:
    """The rows whose division the caller's region holds."""
    if caller.region is None:
        return true()
    clause: ColumnElement[bool] = column.startswith(region_prefix(caller.region), autoescape=True)
    return clause


def only(allowed: frozenset[str] | None, column: Any) -> ColumnElement[bool]:
    """The rows whose column is one of the allowed; None allows all, an empty set nothing."""
    if allowed is None:
        return true()
    clause: ColumnElement[bool] = column.in_(sorted(allowed)) if allowed else false()
    return clause


class GrantTooWide(Problem):
    """Nobody can give more than they have: neither scopes nor records."""

    status = 403
    code = "grant_too_wide"
    title_en = "You cannot grant more than you have"
    title_zh = "不能授予超出自身的权限"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client or an account may do, and with whose records; None is no restriction."""

    scopes: frozenset[str]
    platform: str | None = None
    parks: frozenset[str] | None = None
    enterprises: frozenset[str] | None = None
    region: str | None = None


def check_grant(caller: Principal, grant: Grant) -> None:
    """Refuse to give away scopes or records that the caller does not have."""
    excess = sorted(grant.scopes - caller.scopes)
    if excess:
        raise GrantTooWide(f"Your token does not have {', '.join(excess)}.", scopes=excess)
    within = (
        caller.platform in (None, grant.platform),
        _is_part(grant.parks, caller.parks),
        _is_part(grant.enterprises, caller.enterprises),
        caller.region is None
        or (grant.region is not None and grant.region.startswith(region_prefix(caller.region))),
    )
    if not all(within):
        raise GrantTooWide("The records of this grant are not all within your own record scope.")


def _is_part(given: frozenset[str] | None, held: frozenset[str] | None) -> bool:
    return held is None or (given is not None and given <= held)


def as_set(values: list[str] | None) -> frozenset[str] | None:
    """A restriction as it is stored; None stays no restriction."""
    return None if values is None else frozenset(values)
