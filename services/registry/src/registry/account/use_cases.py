"""Making accounts and changing them."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from registry import passwords
from registry.account import rules
from registry.account.problems import AccountExists, AccountNotFound, CredentialsInvalid
from registry.account.schemas import (
    AccountChange,
    AccountRegistration,
    AccountView,
    PasswordChange,
    PasswordSetting,
)
from registry.account.tables import Account
from registry.record_scope import check_grant
from service_chassis.etags import Precondition
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork

RECORDS = ("parks", "enterprises", "region")


async def register_account(
    uow: UnitOfWork, caller: Principal, registration: AccountRegistration
) -> Account:
    """Make an account; nobody gives more than they have."""
    sent = registration.model_dump(exclude={"password"})
    check_grant(caller, rules.grant_of(registration.roles, sent))
    account = Account(
        **sent,
        password_hash=await passwords.hashed(registration.password.get_secret_value()),
        status="active",
        last_signed_in_at=None,
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(account)
    try:
        await uow.session.flush()
    except IntegrityError as conflict:
        raise AccountExists(f"The name {account.account} is taken.") from conflict
    _publish(uow, account, "account.registered", before=None)
    return account


async def change_account(
    uow: UnitOfWork, caller: Principal, name: str, change: AccountChange, expected: Precondition
) -> Account:
    """Change what was sent; a disabled account's tokens are refused everywhere."""
    account = await _lock(uow, caller, name)
    expected.require(account.version)
    changes = change.model_dump(exclude_unset=True)
    after = {member: changes.get(member, getattr(account, member)) for member in RECORDS}
    roles = changes.get("roles", account.roles)
    rules.check_records(roles, after)
    check_grant(caller, rules.grant_of(roles, after))
    if all(getattr(account, member) == value for member, value in changes.items()):
        return account
    before = _document(account)
    for member, value in changes.items():
        setattr(account, member, value)
    account.touch(uow.now)
    _publish(uow, account, "account.changed", before=before)
    return account


async def set_password(
    uow: UnitOfWork, caller: Principal, name: str, setting: PasswordSetting
) -> Account:
    """Give somebody a new password."""
    account = await _lock(uow, caller, name)
    account.password_hash = await passwords.hashed(setting.password.get_secret_value())
    account.touch(uow.now)
    _publish(uow, account, "account.password_set", before=None)
    return account


async def change_own_password(
    uow: UnitOfWork, caller: Principal, change: PasswordChange
) -> Account:
    """Change one's own password; the present one is the proof that it is oneself."""
    name = caller.client_id.removeprefix(rules.client_id(""))
    account = await uow.session.get(Account, name, with_for_update=True)
    if account is None or rules.client_id(account.account) != caller.client_id:
        raise AccountNotFound("Your token does not belong to an account of registry.")
    if not await passwords.matches(change.present.get_secret_value(), account.password_hash):
        raise CredentialsInvalid("The present password is not right.")
    account.password_hash = await passwords.hashed(change.password.get_secret_value())
    account.touch(uow.now)
    _publish(uow, account, "account.password_changed", before=None)
    return account


async def _lock(uow: UnitOfWork, caller: Principal, name: str) -> Account:
    account = await uow.session.get(Account, name, with_for_update=True)
    if account is None:
        raise AccountNotFound(f"No account has the name {name}.")
    # Whoever sets a password could sign in with it: the account must not be able to do more.
    records = {member: getattr(account, member) for member in RECORDS}
    check_grant(caller, rules.grant_of(account.roles, records))
    return account


def _publish(uow: UnitOfWork, account: Account, action: str, *, before: Any) -> None:
    uow.announce(rules.recorded(account))
    uow.record(action, f"account/{account.account}", before=before, after=_document(account))


def _document(account: Account) -> dict[str, Any]:
    return AccountView.model_validate(account).model_dump(mode="json")
