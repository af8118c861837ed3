"""What the roles allow, when a name is locked out, and what the services hear of an account."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from event_contracts.registry import ClientRecorded
from registry.account.problems import RoleWithoutRecords
from registry.account.schemas import NEEDED_SCOPE
from registry.account.tables import Account
from registry.record_scope import Grant, as_set
from registry.scopes import ALL, Scope

MOST_ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)

_READS: tuple[Scope, ...] = ("registry:read", "figures:read")
SCOPES: dict[str, tuple[Scope, ...]] = {
    "administrator": ALL,
    "operations": (*_READS, "figures:operate", "operations"),
    "city": (*_READS, "registry:write", "figures:enterprises"),
    "park": (*_READS, "registry:write", "figures:enterprises"),
    "base": _READS,
    "desk": _READS,
    "enterprise": (*_READS, "figures:enterprises"),
    "inspector": ("registry:read",),
    "reviewer": _READS,
    "auditor": (*_READS, "figures:enterprises", "orders:read"),
}


def scopes_of(roles: Sequence[str]) -> list[Scope]:
    """Everything the roles allow together, in the order of the scopes."""
    allowed = {scope for role in roles for scope in SCOPES[role]}
    return [scope for scope in ALL if scope in allowed]


def grant_of(roles: Sequence[str], records: dict[str, Any]) -> Grant:
    """What an account with these roles and record scope may do."""
    return Grant(
        scopes=frozenset(scopes_of(roles)),
        parks=as_set(records["parks"]),
        enterprises=as_set(records["enterprises"]),
        region=records["region"],
    )


def check_records(roles: Sequence[str], records: dict[str, Any]) -> None:
    """Refuse a role for a part of the records that names no part."""
    for role, member in NEEDED_SCOPE.items():
        if role in roles and records[member] is None:
            raise RoleWithoutRecords(f"The role {role} needs {member}.")


def client_id(account: str) -> str:
    """The name of a person among the holders of tokens; no machine's begins like this."""
    return f"person:{account}"


def next_attempt(
    attempts: int, last_attempt_at: datetime, locked_until: datetime | None, now: datetime
) -> tuple[int, datetime | None]:
    """Count an attempt before it is judged, so that many at once are counted too."""
    lock_is_over = locked_until is not None and locked_until <= now
    if lock_is_over or last_attempt_at <= now - FORGOTTEN_AFTER:
        attempts = 0
    attempts += 1
    return attempts, now + LOCKED_FOR if attempts >= MOST_ATTEMPTS else None


def recorded(account: Account, snapshot_id: UUID | None = None) -> ClientRecorded:
    """Whether a person's tokens are good, for the other services; they need no more of people."""
    return ClientRecorded(
        version=account.version,
        snapshot_id=snapshot_id,
        client_id=client_id(account.account),
        status="active" if account.status == "active" else "revoked",
        platform_code=None,
    )
