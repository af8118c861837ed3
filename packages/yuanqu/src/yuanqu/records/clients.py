"""`yuanqu client`: machines that may ask for tokens."""

from pathlib import Path
from typing import Annotated, Any

import typer

from yuanqu import credentials, profiles
from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, Reason, body_of, connect
from yuanqu.credentials import Credential
from yuanqu.printing import Column, print_json, say
from yuanqu.records.lists import USUAL_LIMIT, present, show_list, show_record

PATH = "/registry/v1/clients"
COLUMNS = (
    Column("client id", "client_id"),
    Column("name", "name"),
    Column("scopes", "scopes"),
    Column("platform", "platform_code"),
    Column("status", "status"),
    Column("last used", "last_used_at"),
)

app = Commands(help="OAuth2 clients: list, show, create, rotate their secret, revoke.")
Id = Annotated[str, typer.Argument(help="The client id.")]
Save = Annotated[
    str | None,
    typer.Option(help="Keep the secret as this profile (0600) instead of printing it."),
]


@app.command("list")
def list_clients(limit: Limit = USUAL_LIMIT, as_json: AsJson = False) -> None:
    """List clients and when they last asked for a token."""
    show_list(PATH, COLUMNS, title="Clients", limit=limit, as_json=as_json)


@app.command()
def show(client_id: Id, as_json: AsJson = False) -> None:
    """Show a client; its secrets cannot be shown again."""
    show_record(f"{PATH}/{client_id}", as_json=as_json)


@app.command()
def create(
    *,
    file: BodyFile = None,
    name: Annotated[str | None, typer.Option()] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="Like orders:write; repeat for several.")
    ] = None,
    platform: Annotated[str | None, typer.Option(help="The platform it reports for.")] = None,
    park: Annotated[list[str] | None, typer.Option(help="Only these parks.")] = None,
    enterprise: Annotated[list[str] | None, typer.Option(help="Only these enterprises.")] = None,
    region: Annotated[str | None, typer.Option(help="Only this division.")] = None,
    save: Save = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a client; its secret is shown once, or kept as a profile with --save."""
    body = body_of(
        file,
        name=name,
        scopes=scope,
        platform_code=platform,
        parks=park,
        enterprises=enterprise,
        region=region,
    )
    with connect() as api:
        issued = api.post(PATH, body, key=key)
        _present_secret(issued, api.credential.address, save, as_json=as_json)


@app.command()
def rotate(
    *,
    client_id: Id,
    old_valid_hours: Annotated[
        int | None, typer.Option(help="How long the present secret stays valid.")
    ] = None,
    save: Save = None,
    as_json: AsJson = False,
) -> None:
    """Give a client a second secret; two are valid at once."""
    with connect() as api:
        body = body_of(None, old_valid_hours=old_valid_hours)
        issued = api.post(f"{PATH}/{client_id}:rotate-secret", body)
        _present_secret(issued, api.credential.address, save, as_json=as_json)


@app.command()
def revoke(client_id: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Take every access from a client."""
    with connect() as api:
        revoked = api.post(f"{PATH}/{client_id}:revoke", {"reason": reason})
    present(revoked, as_json=as_json, said=f"Client {client_id} is revoked.")


def save_profile(name: str, credential: Credential) -> Path:
    """Keep a credential as a profile of this person."""
    path = profiles.path_of(name)
    credentials.write(path, credential)
    return path


def _present_secret(issued: Any, address: str, save: str | None, *, as_json: bool) -> None:
    client_id, secret = issued["client_id"], issued["client_secret"]
    if save is not None:
        path = save_profile(save, Credential(address, client_id, secret))
        issued = {**issued, "client_secret": f"kept in {path}"}
    if as_json:
        print_json(issued)
        return
    say(f"client id      {client_id}")
    say(f"client secret  {issued['client_secret']}")
    if save is None:
        say("Keep the secret now: nobody can show it again.")
    else:
        say(f"Use it with `yuanqu --profile {save} …`.")
