"""Reading accounts."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.account.problems import AccountNotFound
from registry.account.tables import Account


def accounts(*, status: str | None = None) -> Select[Account]:
    """All accounts, or those of a status."""
    statement = select(Account)
    return statement if status is None else statement.where(Account.status == status)


async def show_account(session: AsyncSession, name: str) -> Account:
    """The account, or a problem."""
    if account := await session.get(Account, name):
        return account
    raise AccountNotFound(f"No account has the name {name}.")
