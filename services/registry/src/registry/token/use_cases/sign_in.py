"""Tokens for people: an account and its password."""

from datetime import datetime
from math import ceil

from sqlalchemy import delete

from registry import passwords
from registry.account import rules as account_rules
from registry.account.problems import AccountLocked, CredentialsInvalid
from registry.account.schemas import Credentials
from registry.account.tables import Account, SignInFailure
from registry.token.rules import Holder
from registry.token.schemas import TokenAnswer
from registry.token.use_cases.issue import issue
from service_chassis.bulk import insert_missing
from service_chassis.service import Runtime
from service_chassis.unit_of_work import Actor, UnitOfWork


async def sign_in(
    runtime: Runtime, credentials: Credentials, request_id: str | None
) -> TokenAnswer:
    """A token for a person who knows the password.

    The attempt is counted and committed before the password is judged, outside any transaction:
    attempts sent at once are all counted, and nobody waits for the hash.
    """
    name = credentials.account
    actor = Actor(account_rules.client_id(name), "person")
    async with runtime.database.unit_of_work(actor=actor, request_id=request_id) as uow:
        await _count_attempt(uow, name)
        account = await uow.session.get(Account, name)
    kept = account.password_hash if account and account.status == "active" else None
    right = await passwords.matches(credentials.password.get_secret_value(), kept)
    if account is None or not right:
        raise CredentialsInvalid("The account or the password is wrong.")
    async with runtime.database.unit_of_work(actor=actor, request_id=request_id) as uow:
        await _note_success(uow, name, uow.now)
        return await issue(uow.session, runtime, _holder(account))


async def _count_attempt(uow: UnitOfWork, name: str) -> None:
    await insert_missing(
        uow.session,
        SignInFailure,
        [{"account": name, "attempts": 0, "last_attempt_at": uow.now, "locked_until": None}],
    )
    failure = await uow.session.get(SignInFailure, name, with_for_update=True)
    assert failure is not None  # noqa: S101 - inserted just now
    if failure.locked_until is not None and failure.locked_until > uow.now:
        wait = ceil((failure.locked_until - uow.now).total_seconds())
        raise AccountLocked(f"Try again in {wait} s.", retry_after=wait)
    failure.attempts, failure.locked_until = account_rules.next_attempt(
        failure.attempts, failure.last_attempt_at, failure.locked_until, uow.now
    )
    failure.last_attempt_at = uow.now
    if failure.locked_until is not None:
        uow.record(
            "account.locked", f"account/{name}", after={"until": failure.locked_until.isoformat()}
        )


async def _note_success(uow: UnitOfWork, name: str, now: datetime) -> None:
    await uow.session.execute(delete(SignInFailure).where(SignInFailure.account == name))
    account = await uow.session.get(Account, name, with_for_update=True)
    if account is not None:
        account.last_signed_in_at = now
    uow.record("account.signed_in", f"account/{name}")


def _holder(account: Account) -> Holder:
    return Holder(
        client_id=account_rules.client_id(account.account),
        kind="person",
        scopes=account_rules.scopes_of(account.roles),
        parks=account.parks,
        enterprises=account.enterprises,
        region=account.region,
        roles=account.roles,
    )


async def forget_old_failures(uow: UnitOfWork) -> None:
    """Names that nobody tried for a day."""
    await uow.session.execute(
        delete(SignInFailure).where(
            SignInFailure.last_attempt_at <= uow.now - account_rules.FORGOTTEN_AFTER
        )
    )
