"""People's accounts over HTTP. No Idempotency-Key here: bodies hold passwords."""

from typing import Annotated

from fastapi import APIRouter, Path, Response, status

from registry.account import queries, use_cases
from registry.account.problems import (
    AccountExists,
    AccountNotFound,
    CredentialsInvalid,
    RoleWithoutRecords,
)
from registry.account.schemas import (
    AccountChange,
    AccountRegistration,
    AccountStatus,
    AccountView,
    PasswordChange,
    PasswordSetting,
)
from registry.account.tables import Account
from registry.answers import tag
from registry.codes import NO_NUL
from registry.record_scope import GrantTooWide
from service_chassis.dependencies import Reading, Writing
from service_chassis.etags import IfMatch, PreconditionRequired, VersionStale
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import authenticated, requires
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/accounts", tags=["accounts"])
ADMIN = [requires("registry:admin")]
Name = Annotated[str, Path(max_length=60, pattern=NO_NUL, examples=["li.na"])]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=AccountView,
    dependencies=ADMIN,
    responses=problem_responses(AccountExists, GrantTooWide),
)
async def register_account(
    registration: AccountRegistration, uow: Writing, caller: Caller, response: Response
) -> Account:
    """Make an account for a person, with roles and the records they are for."""
    account = await use_cases.register_account(uow, caller, registration)
    tag(response, account.version, f"accounts/{account.account}")
    return account


@router.get(
    "",
    dependencies=ADMIN,
    responses=problem_responses(PageTokenInvalid),
)
async def list_accounts(
    session: Reading, page: PageParameters, status: AccountStatus | None = None
) -> Page[AccountView]:
    """List accounts by name."""
    return await paged(
        session, queries.accounts(status=status), [Account.account], page, AccountView
    )


@router.post(
    ":change-password",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[authenticated()],
    responses=problem_responses(CredentialsInvalid, AccountNotFound),
)
async def change_own_password(change: PasswordChange, uow: Writing, caller: Caller) -> None:
    """Change your own password."""
    await use_cases.change_own_password(uow, caller, change)


@router.get(
    "/{account}",
    response_model=AccountView,
    dependencies=ADMIN,
    responses=problem_responses(AccountNotFound),
)
async def show_account(account: Name, session: Reading, response: Response) -> Account:
    """Show an account."""
    found = await queries.show_account(session, account)
    tag(response, found.version)
    return found


@router.patch(
    "/{account}",
    response_model=AccountView,
    dependencies=ADMIN,
    responses=problem_responses(
        AccountNotFound, RoleWithoutRecords, GrantTooWide, VersionStale, PreconditionRequired
    ),
)
async def change_account(
    *,
    account: Name,
    change: AccountChange,
    uow: Writing,
    caller: Caller,
    expected: IfMatch,
    response: Response,
) -> Account:
    """Change or disable an account; send the ETag you read as If-Match."""
    changed = await use_cases.change_account(uow, caller, account, change, expected)
    tag(response, changed.version)
    return changed


@router.post(
    "/{account}:set-password",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=ADMIN,
    responses=problem_responses(AccountNotFound, GrantTooWide),
)
async def set_password(
    account: Name, setting: PasswordSetting, uow: Writing, caller: Caller
) -> None:
    """Give somebody a new password."""
    await use_cases.set_password(uow, caller, account, setting)
