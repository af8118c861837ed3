"""`yuanqu facts`: every fact of an order, what corrected it and where it counted."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text
from rich.tree import Tree

from yuanqu.commands import AsJson, connect
from yuanqu.money import exact
from yuanqu.printing import console, print_json, shanghai

PATH = "/metrics/v1/facts"


def facts(
    platform: Annotated[str, typer.Argument(help="The platform's code.")],
    order_no: Annotated[str, typer.Argument(help="The order's number, exactly.")],
    as_json: AsJson = False,
) -> None:
    """Show where an order counted: its facts, their corrections, park, region and month."""
    with connect() as api:
        found = api.get(path_of(platform, order_no))
    if as_json:
        print_json(found)
        return
    root = Tree(Text(f"{found['platform']} {found['order_no']}", style="bold"))
    for fact in found["facts"]:
        branch = root.add(Text(f"{fact['state']}: {_content(fact)}"))
        branch.add(Text(_came(fact)))
        for correction in fact["corrections"]:
            below = branch.add(Text(f"{correction['state']}: {_content(correction)}"))
            below.add(Text(_came(correction)))
        if counted := fact["counted_as"]:
            branch.add(Text(_counted(counted), style="green"))
    for waiting in found["waiting"]:
        root.add(Text(f"waits for what it corrects: {_content(waiting)}"))
    for aside in found["conflicts"]:
        text = f"conflict {aside['conflict_id']} ({aside['state']}): {_content(aside['content'])}"
        root.add(Text(text, style="red"))
    console().print(root)


def path_of(platform: str, order_no: str) -> str:
    """Where the facts of an order are."""
    return f"{PATH}/{quote(platform, safe='')}/{quote(order_no, safe='')}"


def _content(content: Mapping[str, Any]) -> str:
    parts = [content["kind"]]
    if content["ref"]:
        parts.append(content["ref"])
    if content["revision"] is not None:
        parts.append(f"revision {content['revision']}")
    if amount := content["amount"]:
        parts.append(f"{exact(amount['amount_minor'], amount['currency'])} {amount['currency']}")
    parts.append(f"at {shanghai(content['occurred_at'])}")
    if content["reason"]:
        parts.append(f"because: {content['reason']}")
    return " ".join(parts)


def _came(content: Mapping[str, Any]) -> str:
    return (
        f"came with receipt {content['receipt_id']}, row {content['receipt_row']}, "
        f"on {content['accepted_on']}"
    )


def _counted(counted: Mapping[str, Any]) -> str:
    amount, place = counted["amount"], counted["attribution"]
    park = f"park {place['park_code']}" if place["park_code"] else "no park"
    region = f"region {place['region_code']}" if place["region_code"] else "unattributed"
    seller = place["enterprise_uscc"] or counted["dimensions"]["seller_uscc"]
    return (
        f"counts {exact(amount['amount_minor'], amount['currency'])} {amount['currency']} "
        f"on {counted['business_date']}: {park}, {region}, enterprise {seller}"
    )
