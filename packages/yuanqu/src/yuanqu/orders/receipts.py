"""`yuanqu receipts`: what became of what a platform sent."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import typer

from yuanqu.commands import AsJson, Commands, Limit, connect
from yuanqu.orders.outcomes import OUTCOMES, RECEIPTS, outcome_line
from yuanqu.printing import Column, note, print_json, print_table, say
from yuanqu.records.lists import USUAL_LIMIT

BASE = "/livestream-supply/v1"
MOST_ITEMS = 200


def _counted(outcome: str, receipt: Mapping[str, Any]) -> int:
    return int(receipt["summary"][outcome])


LIST_COLUMNS = (
    Column("receipt", "id"),
    Column("platform", "platform"),
    Column("received", "received_at"),
    Column("state", "state"),
    Column("items", "items", "right"),
    *(Column(name, partial(_counted, name), "right") for name in OUTCOMES),
)
ITEM_COLUMNS = (
    Column("item", "item", "right"),
    Column("outcome", "outcome"),
    Column("order", "order_no"),
    Column(
        "what",
        lambda item: item["detail"] or " ".join(error["detail"] for error in item["errors"] or ()),
    ),
    Column("first receipt", "first_receipt_id"),
)
REJECTION_COLUMNS = (
    Column("receipt", "receipt_id"),
    Column("item", "item", "right"),
    Column("order", "order_no"),
    Column("code", lambda each: ", ".join(sorted({error["code"] for error in each["errors"]}))),
    Column("what is wrong", lambda each: " ".join(error["detail"] for error in each["errors"])),
)
CONFLICT_COLUMNS = (
    Column("receipt", "receipt_id"),
    Column("items", "items"),
    Column("outcome", "outcome"),
    Column("first receipt", "first_receipt_id"),
    Column("what", "detail"),
    Column("told", "told_at"),
)

app = Commands(help="Receipts: list, show, rejections, conflicts.")
Platform = Annotated[
    str | None, typer.Option(help="Whose; a platform's own credential needs not say.")
]
Since = Annotated[str | None, typer.Option(help="The cursor of the answer before.")]


@app.command("list")
def list_receipts(
    *,
    platform: Platform = None,
    since: Since = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List receipts in the order in which they came."""
    _list("receipts", LIST_COLUMNS, platform, since, limit, as_json=as_json)


@app.command()
def rejections(
    *,
    platform: Platform = None,
    since: Since = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List rejected items in the order in which they came."""
    _list("rejections", REJECTION_COLUMNS, platform, since, limit, as_json=as_json)


@app.command()
def conflicts(
    *,
    platform: Platform = None,
    since: Since = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List conflicts, and what was decided about them."""
    _list("conflicts", CONFLICT_COLUMNS, platform, since, limit, as_json=as_json)


@app.command()
def show(
    *,
    receipt_id: Annotated[str, typer.Argument(help="The receipt's id.")],
    every: Annotated[bool, typer.Option("--all", help="Counted items too.")] = False,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """Show a receipt and the items that were not simply counted."""
    with connect() as api:
        path = f"{RECEIPTS}/{receipt_id}"
        page = api.get(path, {"page_size": MOST_ITEMS})
        if as_json:
            print_json(page)
            return
        receipt = page
        told: list[dict[str, Any]] = []
        while True:
            told += [
                item for item in page["item_outcomes"] if every or item["outcome"] != "counted"
            ]
            if len(told) >= limit or not page["next_page_token"]:
                break
            page = api.get(path, {"page_size": MOST_ITEMS, "page_token": page["next_page_token"]})
    say(f"Receipt {receipt['id']} of {receipt['platform']}, {receipt['received_at']}")
    if told:
        print_table(None, ITEM_COLUMNS, told[:limit])
    say(f"{receipt['state']}: {outcome_line(receipt['summary'])}")


def _list(
    what: str,
    columns: tuple[Column, ...],
    platform: str | None,
    since: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    size = min(limit, MOST_ITEMS)
    params = {"platform": platform, "since": since, "page_size": size}
    items: list[dict[str, Any]] = []
    with connect() as api:
        if as_json:
            print_json(api.get(f"{BASE}/{what}", params))
            return
        while len(items) < limit:
            answer = api.get(f"{BASE}/{what}", params)
            items += answer["items"]
            params["since"] = since = answer["next_since"]
            if len(answer["items"]) < size:
                break
    print_table(what.capitalize(), columns, items[:limit])
    if items:
        note(f"What comes later: --since {since}")
