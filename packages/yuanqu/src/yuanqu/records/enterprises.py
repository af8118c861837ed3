"""`yuanqu enterprise`: enterprises by their social credit code."""

from pathlib import Path
from typing import Annotated

import typer

from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, Reason, body_of, connect
from yuanqu.failures import Failure
from yuanqu.printing import Column, print_json, print_table, say
from yuanqu.records.lists import USUAL_LIMIT, present, show_list, show_record

PATH = "/registry/v1/enterprises"
COLUMNS = (
    Column("credit code", "uscc"),
    Column("name", "name_zh"),
    Column("name in English", "name_en"),
    Column("region", "region_code"),
    Column("status", "status"),
    Column("merged into", "merged_into"),
)
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IMPORT_SECONDS = 300.0

app = Commands(help="Enterprises: list, show, create, edit, check, merge, import.")
Uscc = Annotated[str, typer.Argument(help="The unified social credit code.")]
Alias = Annotated[list[str] | None, typer.Option("--alias", help="Repeat for several.")]


@app.command("list")
def list_enterprises(
    *,
    query: Annotated[str | None, typer.Option("--q", help="Part of a name, or a code.")] = None,
    region: Annotated[str | None, typer.Option(help="A division; those within it too.")] = None,
    status: Annotated[str | None, typer.Option()] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List or search enterprises."""
    params = {"q": query, "region": region, "status": status}
    show_list(PATH, COLUMNS, title="Enterprises", params=params, limit=limit, as_json=as_json)


@app.command()
def show(uscc: Uscc, as_json: AsJson = False) -> None:
    """Show an enterprise."""
    show_record(f"{PATH}/{uscc}", as_json=as_json)


@app.command()
def create(
    *,
    file: BodyFile = None,
    uscc: Annotated[str | None, typer.Option(help="The unified social credit code.")] = None,
    name_zh: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    alias: Alias = None,
    region: Annotated[str | None, typer.Option(help="The code of its division.")] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Register an enterprise."""
    body = body_of(
        file, uscc=uscc, name_zh=name_zh, name_en=name_en, aliases=alias, region_code=region
    )
    with connect() as api:
        made = api.post(PATH, body, key=key)
    present(made, as_json=as_json, said=f"Registered enterprise {made['uscc']}.")


@app.command()
def edit(
    *,
    uscc: Uscc,
    file: BodyFile = None,
    name_zh: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    alias: Alias = None,
    region: Annotated[str | None, typer.Option()] = None,
    status: Annotated[str | None, typer.Option(help="active or archived.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change an enterprise; what is not named stays."""
    body = body_of(
        file, name_zh=name_zh, name_en=name_en, aliases=alias, region_code=region, status=status
    )
    with connect() as api:
        present(api.change(f"{PATH}/{uscc}", body), as_json=as_json, said=f"Changed {uscc}.")


@app.command()
def check(
    *,
    name_zh: Annotated[str, typer.Argument(help="The name somebody is about to register.")],
    uscc: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    alias: Alias = None,
    as_json: AsJson = False,
) -> None:
    """Look for enterprises that may be the same."""
    body = body_of(None, name_zh=name_zh, uscc=uscc, name_en=name_en, aliases=alias)
    with connect() as api:
        answer = api.post(f"{PATH}:check-duplicates", body)
    if as_json:
        print_json(answer)
        return
    columns = (
        Column("likeness", "likeness", "right"),
        Column("why", "reasons"),
        Column("credit code", lambda found: found["enterprise"]["uscc"]),
        Column("name", lambda found: found["enterprise"]["name_zh"]),
    )
    print_table("Likely the same", columns, answer["duplicates"])


@app.command()
def merge(
    *,
    uscc: Uscc,
    into: Annotated[str, typer.Option(help="The code of the one that stays.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Merge an enterprise into another; its code leads there from then on."""
    with connect() as api:
        merged = api.post(f"{PATH}/{uscc}:merge", {"into": into, "reason": reason})
    present(merged, as_json=as_json, said=f"{uscc} is now part of {into}.")


@app.command("import")
def import_file(
    *,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; the first row names the columns.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Register or change enterprises from a file, with a report per row."""
    media_type = MEDIA_TYPES.get(file.suffix.lower())
    if media_type is None:
        raise Failure(f"{file} is neither .csv nor .xlsx")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Failure(f"{file} cannot be read", error.strerror or str(error)) from error
    with connect() as api:
        report = api.request(
            "POST",
            f"{PATH}:import",
            params={"dry_run": "true" if dry_run else "false"},
            content=content,
            headers={"Content-Type": media_type},
            timeout=IMPORT_SECONDS,
        ).json()
    if as_json:
        print_json(report)
        return
    columns = (
        Column("row", "row", "right"),
        Column("credit code", "uscc"),
        Column("outcome", "outcome"),
        Column("what is wrong", lambda row: [fault["detail"] for fault in row["problems"]]),
        Column("what is odd", lambda row: [fault["detail"] for fault in row["warnings"]]),
    )
    told = [row for row in report["rows"] if row["problems"] or row["warnings"]]
    if told:
        print_table("Rows to look at", columns, told)
    outcomes = ("created", "updated", "unchanged", "rejected")
    counts = "  ".join(f"{outcome} {report[outcome]}" for outcome in outcomes)
    say(f"{counts}{'  (dry run, nothing was changed)' if report['dry_run'] else ''}")
