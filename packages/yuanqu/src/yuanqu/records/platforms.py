"""`yuanqu platform`: partner platforms that report orders."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, body_of, connect
from yuanqu.printing import Column
from yuanqu.records.lists import USUAL_LIMIT, present, show_list, show_record

PATH = "/registry/v1/platforms"
COLUMNS = (
    Column("code", "code"),
    Column("name", "name_zh"),
    Column("name in English", "name_en"),
    Column("status", "status"),
    Column("reports every", "reports_every_minutes", "right"),
)

app = Commands(help="Partner platforms: list, show, create, edit.")
Code = Annotated[str, typer.Argument(help="The platform's code, like demo-mall.")]
Minutes = Annotated[int | None, typer.Option(help="How often news is expected, in minutes.")]


@app.command("list")
def list_platforms(limit: Limit = USUAL_LIMIT, as_json: AsJson = False) -> None:
    """List partner platforms."""
    show_list(PATH, COLUMNS, title="Platforms", limit=limit, as_json=as_json)


@app.command()
def show(code: Code, as_json: AsJson = False) -> None:
    """Show a platform."""
    show_record(f"{PATH}/{code}", as_json=as_json)


@app.command()
def create(
    *,
    file: BodyFile = None,
    code: Annotated[str | None, typer.Option()] = None,
    name_zh: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    reports_every: Minutes = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Admit a platform; `yuanqu client create --platform` then gives it a credential."""
    body = body_of(
        file, code=code, name_zh=name_zh, name_en=name_en, reports_every_minutes=reports_every
    )
    with connect() as api:
        made = api.post(PATH, body, key=key)
    present(made, as_json=as_json, said=f"Admitted platform {made['code']}.")


@app.command()
def edit(
    *,
    code: Code,
    name_zh: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    status: Annotated[str | None, typer.Option(help="active or suspended.")] = None,
    reports_every: Minutes = None,
    as_json: AsJson = False,
) -> None:
    """Change a platform, or suspend it."""
    body = body_of(
        None,
        name_zh=name_zh,
        name_en=name_en,
        status=status,
        reports_every_minutes=reports_every,
    )
    with connect() as api:
        present(api.change(f"{PATH}/{code}", body), as_json=as_json, said=f"Changed {code}.")
