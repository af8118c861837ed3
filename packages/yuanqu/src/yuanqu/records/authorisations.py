"""`yuanqu authorisation`: which platform may report for which seller, and when."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, Commands, Key, Limit, body_of, connect
from yuanqu.printing import Column
from yuanqu.records.lists import USUAL_LIMIT, present, show_list

PATH = "/registry/v1/authorisations"
COLUMNS = (
    Column("id", "id", whole=True),
    Column("platform", "platform_code"),
    Column("seller", "seller_uscc"),
    Column("from", "valid_from"),
    Column("to", "valid_to"),
    Column("status", "status"),
    Column("revoked", "revoked_on"),
)

app = Commands(help="Seller authorisations: list, create, revoke.")


@app.command("list")
def list_authorisations(
    *,
    platform: Annotated[str | None, typer.Option()] = None,
    seller: Annotated[str | None, typer.Option(help="A credit code.")] = None,
    status: Annotated[str | None, typer.Option(help="active or revoked.")] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List authorisations."""
    params = {"platform": platform, "seller": seller, "status": status}
    show_list(PATH, COLUMNS, title="Authorisations", params=params, limit=limit, as_json=as_json)


@app.command()
def create(
    *,
    platform: Annotated[str, typer.Argument(help="The platform's code.")],
    seller: Annotated[str, typer.Argument(help="The seller's credit code.")],
    valid_from: Annotated[str, typer.Option("--from", help="The first business date covered.")],
    valid_to: Annotated[
        str | None, typer.Option("--to", help="The first date no longer covered.")
    ] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Let a platform report for a seller; usable within two seconds."""
    body = body_of(
        None,
        platform_code=platform,
        seller_uscc=seller,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    with connect() as api:
        made = api.post(PATH, body, key=key)
    present(made, as_json=as_json, said=f"{platform} may report for {seller}.")


@app.command()
def revoke(
    *,
    authorisation_id: Annotated[str, typer.Argument(help="The authorisation's id.")],
    on: Annotated[str | None, typer.Option(help="The first date no longer covered; today.")] = None,
    reason: Annotated[str | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """End an authorisation; orders of earlier dates may still come late."""
    with connect() as api:
        body = body_of(None, on=on, reason=reason)
        ended = api.post(f"{PATH}/{authorisation_id}:revoke", body)
    present(ended, as_json=as_json, said="The authorisation is revoked.")
