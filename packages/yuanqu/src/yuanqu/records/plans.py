"""`yuanqu plan`: cluster plans, their drafts and their published trees."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, body_of, connect
from yuanqu.printing import Column, console, print_json, say
from yuanqu.records.lists import USUAL_LIMIT, present, show_list, show_record

PATH = "/registry/v1/cluster-plans"
ROLES = ("hq", "second", "district")
COLUMNS = (
    Column("code", "code"),
    Column("name", "name_zh"),
    Column("name in English", "name_en"),
    Column("declared", lambda plan: "+".join(str(plan["declared"][role]) for role in ROLES)),
    Column("valid from", "valid_from"),
    Column("published", "published_version", "right"),
    Column("draft", "has_draft"),
)

app = Commands(help="Cluster plans: declare the shape, draft the tree, publish it.")
Code = Annotated[str, typer.Argument(help="The plan's code, like GZ-1-1-9.")]


@app.command("list")
def list_plans(limit: Limit = USUAL_LIMIT, as_json: AsJson = False) -> None:
    """List cluster plans."""
    show_list(PATH, COLUMNS, title="Cluster plans", limit=limit, as_json=as_json)


@app.command()
def show(code: Code, as_json: AsJson = False) -> None:
    """Show a plan; `tree` shows its clusters."""
    show_record(f"{PATH}/{code}", as_json=as_json)


@app.command()
def create(
    *,
    file: BodyFile = None,
    code: Annotated[str | None, typer.Option()] = None,
    name_zh: Annotated[str | None, typer.Option()] = None,
    name_en: Annotated[str | None, typer.Option()] = None,
    declared: Annotated[
        str | None, typer.Option(help="Nodes by role: hq+second+district, like 1+1+9.")
    ] = None,
    valid_from: Annotated[str | None, typer.Option("--from", help="A date.")] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Begin a plan with the shape it promises."""
    shape = _shape(declared) if declared else None
    body = body_of(
        file, code=code, name_zh=name_zh, name_en=name_en, declared=shape, valid_from=valid_from
    )
    with connect() as api:
        plan = api.post(PATH, body, key=key)
    present(plan, as_json=as_json, said=f"Began plan {plan['code']}.")


@app.command()
def draft(
    *,
    code: Code,
    file: Annotated[Path, typer.Argument(help="The whole tree as JSON: {nodes: […]}.")],
    as_json: AsJson = False,
) -> None:
    """Put the draft of the tree; it replaces the draft before."""
    with connect() as api:
        etag = api.request("GET", f"{PATH}/{code}").headers.get("etag")
        tree = api.put(f"{PATH}/{code}/draft", body_of(file), if_match=etag)
    _present_tree(tree, as_json=as_json)


@app.command()
def publish(
    *,
    code: Code,
    valid_from: Annotated[str | None, typer.Option("--from", help="A date.")] = None,
    as_json: AsJson = False,
) -> None:
    """Publish the draft, if it has the declared shape."""
    with connect() as api:
        tree = api.post(f"{PATH}/{code}:publish", body_of(None, valid_from=valid_from))
    _present_tree(tree, as_json=as_json)


@app.command("tree")
def show_tree(
    *,
    code: Code,
    version: Annotated[str | None, typer.Option(help="A published version, or draft.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the clusters of a plan and how many there are of each role."""
    with connect() as api:
        if version == "draft":
            tree = api.get(f"{PATH}/{code}/draft")
        else:
            tree = api.get(f"{PATH}/{code}/tree", {"version": version})
    _present_tree(tree, as_json=as_json)


def shape_line(nodes: Sequence[Mapping[str, Any]]) -> str:
    """hq 1  second 1  district 9  total 11"""
    counts = Counter(node["role"] for node in nodes)
    return "  ".join([*(f"{role} {counts[role]}" for role in ROLES), f"total {len(nodes)}"])


def _present_tree(tree: Any, *, as_json: bool) -> None:
    if as_json or "nodes" not in tree:
        print_json(tree)
        return
    version = tree["tree_version"]
    heading = f"{tree['plan_code']} " + (f"version {version}" if version else "draft")
    root = Tree(Text(f"{heading}, from {tree['valid_from']}"))
    branches: dict[str | None, Tree] = {None: root}
    waiting = list(tree["nodes"])
    while waiting:
        left = []
        for node in waiting:
            if (parent := branches.get(node["parent_code"])) is None:
                left.append(node)
                continue
            label = f"{node['node_code']}  {node['role']}  {node['name_zh']} · {node['name_en']}"
            branch = parent.add(Text(label))
            branches[node["node_code"]] = branch
            for stay in node["parks"]:
                until = f" until {stay['valid_to']}" if stay["valid_to"] else ""
                branch.add(Text(f"{stay['park_code']} from {stay['valid_from']}{until}"))
        if len(left) == len(waiting):
            break
        waiting = left
    console().print(root)
    say(shape_line(tree["nodes"]))


def _shape(text: str) -> dict[str, int]:
    parts = text.split("+")
    if len(parts) != len(ROLES) or not all(part.strip().isdigit() for part in parts):
        raise typer.BadParameter(f"{text!r} is not a shape like 1+1+9.", param_hint="--declared")
    return dict(zip(ROLES, map(int, parts), strict=True))
