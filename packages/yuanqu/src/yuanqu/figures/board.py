"""`yuanqu board`: a link that shows the figures in a browser, and nothing else."""

from contextlib import suppress
from typing import Annotated
from urllib.parse import quote

import typer

from yuanqu.commands import AsJson, as_address, connect
from yuanqu.failures import Failure
from yuanqu.printing import print_json, say, shanghai

CLIENTS = "/registry/v1/clients"
SCOPE = "board:read"


def board(
    *,
    region: Annotated[str | None, typer.Option(help="Only this division.")] = None,
    park: Annotated[list[str] | None, typer.Option(help="Only these parks.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only this partner platform.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long the link is good.")] = 90,
    name: Annotated[str, typer.Option(help="Where it hangs; the list of clients shows it.")] = (
        "Board"
    ),
    address: Annotated[
        str | None,
        typer.Option(help="Where the screen finds the server, if not where this command does."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a link that opens the board in a browser; read-only, for a wall or a phone."""
    told = None if address is None else as_address(address)
    registration = {
        "name": name,
        "scopes": [SCOPE],
        "region": region,
        "parks": park or None,
        "platform_code": platform,
    }
    with connect() as api:
        client_id = api.post(CLIENTS, registration)["client_id"]
        try:
            issued = api.post(f"{CLIENTS}/{client_id}:issue-wall-token", {"days": days})
        except Failure:
            # Nobody has its secret or its token, and nobody will look for it.
            with suppress(Failure):
                api.post(f"{CLIENTS}/{client_id}:revoke", {"reason": "it got no wall token"})
            raise
        found = told or api.credential.address.rstrip("/")
    link = f"{found}/board#credential={quote(issued['wall_token'])}"
    if as_json:
        print_json({**issued, "link": link})
        return
    typer.echo(link)  # whole: a terminal would fold it into a link that opens nothing
    say()
    say(f"It shows the figures of {_whose(region, park, platform)}, and can do nothing else.")
    say(f"It is good until {shanghai(issued['expires_at'])} for whoever has it: keep it safe.")
    say(f"End it sooner: yuanqu client revoke {client_id} --reason …")


def _whose(region: str | None, park: list[str] | None, platform: str | None) -> str:
    parts = [f"platform {platform}"] if platform else []
    parts += [f"region {region}"] if region else []
    parts += [f"park {', '.join(park)}"] if park else []
    return " within ".join(parts) or "all parks"
