"""`yuanqu reconcile`: prove that nothing accepted is lost."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, connect
from yuanqu.printing import Column, print_json, print_table, say

PATH = "/metrics/v1/reconciliation"
COLUMNS = (
    Column("accepted on", "accepted_on"),
    Column("platform", "platform"),
    *(
        Column(name, name, "right")
        for name in ("accepted", "counted", "duplicate", "conflict", "pending", "buried")
    ),
    Column("difference", "difference", "right"),
    Column("overdue", "overdue", "right"),
)


def reconcile(
    *,
    since: Annotated[str | None, typer.Option(help="The first acceptance date.")] = None,
    until: Annotated[str | None, typer.Option(help="The last acceptance date.")] = None,
    platform: Annotated[str | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Compare what was accepted with what became of it; ends with 1 where they differ."""
    with connect() as api:
        answer = api.get(PATH, {"since": since, "until": until, "platform": platform})
    if as_json:
        print_json(answer)
    else:
        title = f"Accepted {answer['since']} to {answer['until']}, as of {answer['as_of']}"
        print_table(title, COLUMNS, answer["lines"])
        say(f"difference {answer['difference']:,}  overdue {answer['overdue']:,}")
        if answer["difference"]:
            say("Do not publish. Compare facts and totals with `yuanqu rebuild --compare-only`.")
        elif answer["overdue"]:
            say("Facts are late: `yuanqu doctor` looks at the pipeline.")
        else:
            say("accepted = counted + duplicate + conflict + pending + buried")
    if answer["difference"]:
        raise typer.Exit(1)
