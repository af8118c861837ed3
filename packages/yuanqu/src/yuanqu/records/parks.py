"""`yuanqu park`: parks and the history of their status."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, Reason, body_of, connect
from yuanqu.printing import Column
from yuanqu.records.lists import USUAL_LIMIT, present, show_list, show_record

PATH = "/registry/v1/parks"
COLUMNS = (
    Column("code", "code"),
    Column("name", "name_zh"),
    Column("name in English", "name_en"),
    Column("type", "park_type"),
    Column("level", "level"),
    Column("status", "status"),
    Column("region", "region_code"),
    Column("verticals", lambda park: len(park["verticals"]), "right"),
)

app = Commands(help="Parks: list, show, create, edit, change their status.")
Code = Annotated[str, typer.Argument(help="The park's code, like GZ-PAZHOU.")]
Vertical = Annotated[list[str] | None, typer.Option("--vertical", help="Repeat for several.")]


@app.command("list")
def list_parks(
    *,
    region: Annotated[str | None, typer.Option(help="A division; those within it too.")] = None,
    level: Annotated[str | None, typer.Option()] = None,
    status: Annotated[str | None, typer.Option()] = None,
    park_type: Annotated[str | None, typer.Option("--type")] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List parks."""
    params = {"region": region, "level": level, "status": status, "park_type": park_type}
    show_list(PATH, COLUMNS, title="Parks", params=params, limit=limit, as_json=as_json)


@app.command()
def show(code: Code, as_json: AsJson = False) -> None:
    """Show a park with the history of its status."""
    show_record(f"{PATH}/{code}", as_json=as_json)


@app.command()
def create(
    *,
    file: BodyFile = None,
    code: Annotated[str | None, typer.Option(help="Like GZ-PAZHOU.")] = None,
    name_zh: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    park_type: Annotated[str | None, typer.Option("--type", help="Like livestream_base.")] = None,
    level: Annotated[
        str | None, typer.Option(help="national_base, provincial, municipal or local.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="The code of its division.")] = None,
    status: Annotated[str | None, typer.Option(help="planned, operating, …")] = None,
    status_from: Annotated[str | None, typer.Option(help="Since when; a date.")] = None,
    vertical: Vertical = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Register a park."""
    body = body_of(
        file,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        park_type=park_type,
        level=level,
        region_code=region,
        status=status,
        status_from=status_from,
        verticals=vertical,
    )
    with connect() as api:
        park = api.post(PATH, body, key=key)
    present(park, as_json=as_json, said=f"Registered park {park['code']}.")


@app.command()
def edit(
    *,
    code: Code,
    file: BodyFile = None,
    name_zh: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    park_type: Annotated[str | None, typer.Option("--type")] = None,
    level: Annotated[str | None, typer.Option()] = None,
    region: Annotated[str | None, typer.Option()] = None,
    vertical: Vertical = None,
    as_json: AsJson = False,
) -> None:
    """Change a park; what is not named stays."""
    body = body_of(
        file,
        name_zh=name_zh,
        name_en=name_en,
        park_type=park_type,
        level=level,
        region_code=region,
        verticals=vertical,
    )
    with connect() as api:
        present(api.change(f"{PATH}/{code}", body), as_json=as_json, said=f"Changed park {code}.")


@app.command()
def status(
    *,
    code: Code,
    new_status: Annotated[str, typer.Argument(help="operating, suspended or closed.")],
    reason: Reason,
    since: Annotated[str | None, typer.Option("--from", help="Its first day; today.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a park another status."""
    body = body_of(None, status=new_status, reason=reason) | ({"from": since} if since else {})
    with connect() as api:
        park = api.post(f"{PATH}/{code}:change-status", body)
    present(park, as_json=as_json, said=f"Park {code} is {new_status}.")
