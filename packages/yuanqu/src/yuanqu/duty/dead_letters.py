"""`yuanqu dead-letters`: events that a consumer could not take."""

import base64
from typing import Annotated, Any

import typer

from yuanqu import services
from yuanqu.commands import AsJson, Commands, Limit, Reason, connect
from yuanqu.printing import Column, print_json, print_record, print_table, say
from yuanqu.records.lists import USUAL_LIMIT, present

COLUMNS = (
    Column("service", "service"),
    Column("id", "id", whole=True),
    Column("group", "consumer_group"),
    Column("event", "event_type"),
    Column("buried", "buried_at"),
    Column("state", "state"),
    Column("reason", "reason"),
)
LONGEST_BODY = 2_000

app = Commands(help="Dead letters: list, show, replay, discard.")
Service = Annotated[str, typer.Option("--service", help=f"{', '.join(services.NAMES)}.")]
Id = Annotated[str, typer.Argument(help="The dead letter's id.")]


def path_of(service: str) -> str:
    """Where the dead letters of a service are."""
    return f"/{services.known([service])[0]}/v1/dead-letters"


@app.command("list")
def list_dead_letters(
    *,
    service: Annotated[
        str | None, typer.Option("--service", help="Without it, those of all services.")
    ] = None,
    state: Annotated[str, typer.Option(help="buried, replayed or discarded.")] = "buried",
    group: Annotated[str | None, typer.Option(help="A consumer group.")] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List dead letters, the newest first."""
    params = {"state": state, "group": group}
    wanted = services.known([service] if service else services.NAMES)
    with connect() as api:
        if as_json:
            answers = {name: api.get(path_of(name), params) for name in wanted}
            print_json(answers[service] if service else answers)
            return
        found = [
            {"service": name, **letter}
            for name in wanted
            for letter in api.pages(path_of(name), params, limit)
        ]
    if print_table("Dead letters", COLUMNS, found[:limit]) and state == "buried":
        say("Look at one with `show`; when its cause is gone, `replay` it, else `discard` it.")


@app.command()
def show(letter_id: Id, service: Service, as_json: AsJson = False) -> None:
    """Show a dead letter with what came over the wire."""
    with connect() as api:
        letter = api.get(f"{path_of(service)}/{letter_id}")
    if as_json:
        print_json(letter)
    else:
        shown = {name: letter[name] for name in letter if name != "body_base64"}
        print_record(shown | _body(letter))


@app.command()
def replay(letter_id: Id, service: Service, reason: Reason, as_json: AsJson = False) -> None:
    """Send the event to its consumer again."""
    _decide(service, letter_id, "replay", reason, as_json=as_json)


@app.command()
def discard(letter_id: Id, service: Service, reason: Reason, as_json: AsJson = False) -> None:
    """Give the event up; it stays readable."""
    _decide(service, letter_id, "discard", reason, as_json=as_json)


def _decide(service: str, letter_id: str, verb: str, reason: str, *, as_json: bool) -> None:
    with connect() as api:
        decided = api.post(f"{path_of(service)}/{letter_id}:{verb}", {"reason": reason})
    present(decided, as_json=as_json, said=f"The dead letter is {decided['state']}.")


def _body(letter: dict[str, Any]) -> dict[str, Any]:
    raw = base64.b64decode(letter["body_base64"])
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return {"body": f"{len(raw)} bytes: {raw[:60].hex()}… (--json shows them all)"}
    return {"body": text[:LONGEST_BODY]}
