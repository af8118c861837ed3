"""`yuanqu account`: people, their roles and whose records they see."""

import sys
from typing import Annotated

import typer

from yuanqu.commands import AsJson, Commands, Limit, body_of, connect
from yuanqu.printing import Column, say
from yuanqu.records.lists import USUAL_LIMIT, present, show_list, show_record

PATH = "/registry/v1/accounts"
COLUMNS = (
    Column("account", "account"),
    Column("name", "name"),
    Column("roles", "roles"),
    Column("parks", "parks"),
    Column("region", "region"),
    Column("status", "status"),
    Column("last signed in", "last_signed_in_at"),
)

app = Commands(help="People's accounts: list, show, create, edit, set a password.")
Account = Annotated[str, typer.Argument(help="The name they sign in with.")]
Role = Annotated[list[str] | None, typer.Option("--role", help="Like city or park; repeatable.")]
Park = Annotated[list[str] | None, typer.Option("--park", help="Only these parks.")]
Enterprise = Annotated[list[str] | None, typer.Option("--enterprise", help="Only these.")]
Region = Annotated[str | None, typer.Option(help="Only this division.")]


@app.command("list")
def list_accounts(limit: Limit = USUAL_LIMIT, as_json: AsJson = False) -> None:
    """List people's accounts."""
    show_list(PATH, COLUMNS, title="Accounts", limit=limit, as_json=as_json)


@app.command()
def show(account: Account, as_json: AsJson = False) -> None:
    """Show an account."""
    show_record(f"{PATH}/{account}", as_json=as_json)


@app.command()
def create(
    *,
    account: Account,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Role = None,
    park: Park = None,
    enterprise: Enterprise = None,
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """Make an account; the password is asked for, or read from the standard input."""
    body = body_of(
        None,
        account=account,
        name=name,
        password=_password(),
        roles=role,
        parks=park,
        enterprises=enterprise,
        region=region,
    )
    with connect() as api:
        present(api.post(PATH, body), as_json=as_json, said=f"Made the account {account}.")


@app.command()
def edit(
    *,
    account: Account,
    name: Annotated[str | None, typer.Option()] = None,
    role: Role = None,
    park: Park = None,
    enterprise: Enterprise = None,
    region: Region = None,
    status: Annotated[str | None, typer.Option(help="active or disabled.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change an account; what is not named stays."""
    body = body_of(
        None,
        name=name,
        roles=role,
        parks=park,
        enterprises=enterprise,
        region=region,
        status=status,
    )
    with connect() as api:
        changed = api.change(f"{PATH}/{account}", body)
    present(changed, as_json=as_json, said=f"Changed {account}.")


@app.command("set-password")
def set_password(account: Account) -> None:
    """Give somebody a new password."""
    with connect() as api:
        api.post(f"{PATH}/{account}:set-password", {"password": _password()})
    say(f"{account} has a new password.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
