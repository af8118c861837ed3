"""`yuanqu division`: the country's divisions, as of any date."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, Commands, Limit, connect
from yuanqu.printing import Column, print_json, print_table
from yuanqu.records.lists import USUAL_LIMIT, present, show_list

PATH = "/registry/v1/divisions"
COLUMNS = (
    Column("code", "code"),
    Column("name", "name"),
    Column("level", "level"),
    Column("from", "valid_from"),
    Column("to", "valid_to"),
    Column("dated by", "dated_by"),
)

app = Commands(help="Divisions: list, show, ancestors; as of a date.")
Code = Annotated[str, typer.Argument(help="Six digits, nine for towns.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A date; without it, today.")]


@app.command("list")
def list_divisions(
    *,
    parent: Annotated[str | None, typer.Option(help="Those directly in this one.")] = None,
    level: Annotated[
        str | None, typer.Option(help="province, prefecture, county or township.")
    ] = None,
    as_of: AsOf = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List divisions."""
    params = {"parent": parent, "level": level, "as_of": as_of}
    show_list(PATH, COLUMNS, title="Divisions", params=params, limit=limit, as_json=as_json)


@app.command()
def show(code: Code, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Show a division."""
    with connect() as api:
        present(api.get(f"{PATH}/{code}", {"as_of": as_of}), as_json=as_json)


@app.command()
def ancestors(code: Code, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Show what a division lies in, the nearest first."""
    with connect() as api:
        answer = api.get(f"{PATH}/{code}/ancestors", {"as_of": as_of})
    if as_json:
        print_json(answer)
    else:
        print_table(f"{code} lies in", COLUMNS, answer["items"])
