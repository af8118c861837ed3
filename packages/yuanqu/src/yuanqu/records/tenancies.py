"""`yuanqu tenancy`: which enterprise is in which park, and on its way there."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, Reason, body_of, connect
from yuanqu.printing import Column
from yuanqu.records.lists import USUAL_LIMIT, present, show_list, show_record

PATH = "/registry/v1/tenancies"
COLUMNS = (
    Column("id", "id", whole=True),
    Column("enterprise", "enterprise_uscc"),
    Column("park", "park_code"),
    Column("stage", "stage"),
    Column("counting", "counting"),
    Column("moved in", "moved_in_on"),
    Column("left", "left_on"),
)

app = Commands(help="Tenancies: list, show, create, advance, correct.")
Id = Annotated[str, typer.Argument(help="The tenancy's id.")]


@app.command("list")
def list_tenancies(
    *,
    park: Annotated[str | None, typer.Option()] = None,
    enterprise: Annotated[str | None, typer.Option(help="A credit code.")] = None,
    stage: Annotated[str | None, typer.Option()] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List tenancies."""
    params = {"park": park, "enterprise": enterprise, "stage": stage}
    show_list(PATH, COLUMNS, title="Tenancies", params=params, limit=limit, as_json=as_json)


@app.command()
def show(tenancy_id: Id, as_json: AsJson = False) -> None:
    """Show a tenancy with its steps."""
    show_record(f"{PATH}/{tenancy_id}", as_json=as_json)


@app.command()
def create(
    *,
    file: BodyFile = None,
    enterprise: Annotated[str | None, typer.Option(help="A credit code.")] = None,
    park: Annotated[str | None, typer.Option()] = None,
    counting: Annotated[
        bool | None,
        typer.Option("--counting/--not-counting", help="Whether the park's figures count it."),
    ] = None,
    stage: Annotated[
        str | None, typer.Option(help="lead, considering, planned, signed, moved_in or left.")
    ] = None,
    moved_in_on: Annotated[str | None, typer.Option(help="A date.")] = None,
    left_on: Annotated[str | None, typer.Option(help="The first day no longer there.")] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Begin a tenancy at whatever stage it has."""
    body = body_of(
        file,
        enterprise_uscc=enterprise,
        park_code=park,
        counting=counting,
        stage=stage,
        moved_in_on=moved_in_on,
        left_on=left_on,
    )
    with connect() as api:
        made = api.post(PATH, body, key=key)
    present(made, as_json=as_json, said=f"Began tenancy {made['id']}.")


@app.command()
def advance(
    *,
    tenancy_id: Id,
    stage: Annotated[str, typer.Argument(help="The next one; none is skipped.")],
    on: Annotated[str, typer.Option(help="When it was reached; a date.")],
    note: Annotated[str | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Advance a tenancy to its next stage."""
    with connect() as api:
        body = body_of(None, stage=stage, on=on, note=note)
        present(
            api.post(f"{PATH}/{tenancy_id}:advance", body),
            as_json=as_json,
            said=f"The tenancy is {stage}.",
        )


@app.command()
def correct(
    *,
    tenancy_id: Id,
    reason: Reason,
    counting: Annotated[bool | None, typer.Option("--counting/--not-counting")] = None,
    moved_in_on: Annotated[str | None, typer.Option()] = None,
    left_on: Annotated[str | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Correct the dates of a tenancy, or what counts; figures follow by themselves."""
    body = body_of(None, counting=counting, moved_in_on=moved_in_on, left_on=left_on, reason=reason)
    with connect() as api:
        present(api.change(f"{PATH}/{tenancy_id}", body), as_json=as_json, said="Corrected.")
