"""`yuanqu conflicts`: facts that came again with other content."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from yuanqu.commands import AsJson, Commands, Limit, Reason, connect
from yuanqu.money import exact
from yuanqu.printing import Column, print_json, print_table, say
from yuanqu.records.lists import USUAL_LIMIT, present, show_list

PATH = "/metrics/v1/conflicts"
COLUMNS = (
    Column("id", "id", whole=True),
    Column("platform", "platform"),
    Column("order", "order_no"),
    Column("fact", lambda conflict: f"{conflict['kind']} {conflict['ref']}".strip()),
    Column("state", "state"),
    Column("detected", "detected_at"),
    Column("receipt", "receipt_id"),
    Column("first receipt", "first_receipt_id"),
)

app = Commands(help="Conflicts: list, show, resolve.")
Id = Annotated[str, typer.Argument(help="The conflict's id.")]


class Decision(StrEnum):
    """Which fact stands."""

    KEEP = "keep"
    REPLACE = "replace"


@app.command("list")
def list_conflicts(
    *,
    state: Annotated[str, typer.Option(help="open, kept, replaced or all.")] = "open",
    platform: Annotated[str | None, typer.Option()] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List conflicts, the newest first."""
    params = {"state": None if state == "all" else state, "platform": platform}
    show_list(PATH, COLUMNS, title="Conflicts", params=params, limit=limit, as_json=as_json)


@app.command()
def show(conflict_id: Id, as_json: AsJson = False) -> None:
    """Show what both facts say, side by side."""
    with connect() as api:
        found = api.get(f"{PATH}/{conflict_id}")
    if as_json:
        print_json(found)
        return
    standing, newcomer = _flat(found["standing"]), _flat(found["newcomer"])
    rows = [
        {
            "member": name,
            "standing": standing.get(name),
            "newcomer": newcomer.get(name),
            "differs": "≠" if standing.get(name) != newcomer.get(name) else "",
        }
        for name in {**standing, **newcomer}
    ]
    columns = (
        Column("", "differs"),
        Column("", "member"),
        Column("stands", "standing"),
        Column("came later", "newcomer"),
    )
    title = f"{found['platform']} {found['order_no']}: {found['state']}"
    print_table(title, columns, rows)
    if found["state"] == "open":
        say(f"Decide: `yuanqu conflicts resolve {found['id']} keep|replace --reason …`")


def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a fact without the nesting; the amount with its currency."""
    amount = content["amount"] or {}
    shown = {"amount": f"{exact(**amount)} {amount['currency']}"} if amount else {}
    rest = {name: value for name, value in content.items() if name not in {"amount", "dimensions"}}
    return shown | (content["dimensions"] or {}) | rest


@app.command()
def resolve(
    conflict_id: Id,
    decision: Annotated[Decision, typer.Argument(help="keep what stands, or replace it.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Decide which fact stands; figures follow at once."""
    with connect() as api:
        body = {"decision": decision.value, "reason": reason}
        decided = api.post(f"{PATH}/{conflict_id}:resolve", body)
    present(decided, as_json=as_json, said=f"The conflict is {decided['state']}.")
