"""`yuanqu target`: what a cluster is to reach in a year, and how far it has come."""

from typing import Annotated, Any

import typer

from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, Reason, body_of, connect
from yuanqu.figures.tables import freshness_lines, rate_lines
from yuanqu.money import exact, truncated_percent
from yuanqu.printing import Column, print_json, say, shanghai
from yuanqu.records.lists import USUAL_LIMIT, present, show_list

PATH = "/registry/v1/targets"
ATTAINMENT = "/metrics/v1/targets"


def amount_line(target: Any) -> str:
    """> 100,000,000,000.00 CNY"""
    amount = exact(target["amount_minor"], target["currency"])
    return f"{target['operator']} {amount} {target['currency']}"


COLUMNS = (
    Column("id", "id", whole=True),
    Column("plan", "plan_code"),
    Column("node", "node_code"),
    Column("year", "year", "right"),
    Column("measure", "measure"),
    Column("amount", amount_line, "right"),
    Column("status", "status"),
)

app = Commands(help="Targets: list, show how far they are, create, withdraw.")
Id = Annotated[str, typer.Argument(help="The target's id.")]


@app.command("list")
def list_targets(
    *,
    plan: Annotated[str | None, typer.Option()] = None,
    node: Annotated[str | None, typer.Option()] = None,
    year: Annotated[int | None, typer.Option()] = None,
    status: Annotated[str | None, typer.Option(help="active or withdrawn.")] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List targets."""
    params = {"plan": plan, "node": node, "year": year, "status": status}
    show_list(PATH, COLUMNS, title="Targets", params=params, limit=limit, as_json=as_json)


@app.command()
def show(target_id: Id, as_json: AsJson = False) -> None:
    """Show how far a target is, to the fen."""
    with connect() as api:
        answer = api.get(f"{ATTAINMENT}/{target_id}/attainment")
    if as_json:
        print_json(answer)
        return
    say(attainment_line(answer), style="bold")
    if answer["missing_minor"]:
        say(f"missing {exact(answer['missing_minor'], answer['currency'])} {answer['currency']}")
    if answer["crossed_at"]:
        say(f"crossed {shanghai(answer['crossed_at'])}")
    for amount in answer["unconverted"]:
        shown = exact(amount["amount_minor"], amount["currency"])
        say(f"not in it for want of a rate: {shown} {amount['currency']}")
    for line in (*rate_lines(answer), *freshness_lines(answer["freshness"])):
        say(line, style="dim")


def attainment_line(answer: Any) -> str:
    """PAZHOU 2019 ECV_PAID: 100,000,000,000.00 CNY, 100.0 % NOT MET (> 100,000,000,000.00 CNY)"""
    target, currency = answer["target"], answer["currency"]
    share = truncated_percent(answer["total_minor"], target["amount_minor"])
    met = "MET" if answer["attained"] else "NOT MET"
    return (
        f"{target['node_code']} {target['year']} {target['measure']}: "
        f"{exact(answer['total_minor'], currency)} {currency}, {share} {met} "
        f"({amount_line(target)})"
    )


@app.command()
def create(
    *,
    file: BodyFile = None,
    plan: Annotated[str | None, typer.Option()] = None,
    node: Annotated[str | None, typer.Option()] = None,
    year: Annotated[int | None, typer.Option()] = None,
    measure: Annotated[str | None, typer.Option(help="Like ECV_PAID.")] = None,
    operator: Annotated[str | None, typer.Option(help="'>' or '>='.")] = None,
    amount_minor: Annotated[int | None, typer.Option(help="In minor units (fen).")] = None,
    currency: Annotated[str | None, typer.Option()] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Set a target for a cluster."""
    body = body_of(
        file,
        plan_code=plan,
        node_code=node,
        year=year,
        measure=measure,
        operator=operator,
        amount_minor=amount_minor,
        currency=currency,
    )
    with connect() as api:
        made = api.post(PATH, body, key=key)
    present(made, as_json=as_json, said=f"Set target {made['id']}.")


@app.command()
def withdraw(target_id: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Withdraw a target."""
    with connect() as api:
        withdrawn = api.post(f"{PATH}/{target_id}:withdraw", {"reason": reason})
    present(withdrawn, as_json=as_json, said="The target is withdrawn.")
