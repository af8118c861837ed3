"""`yuanqu rebuild`: compute the totals again from the stored facts and compare."""

import time
from typing import Annotated, Any

import typer

from yuanqu.api import Api
from yuanqu.commands import AsJson, Reason, connect
from yuanqu.printing import print_json, print_record, say

PATH = "/metrics/v1/rebuilds"
POLL_SECONDS = 0.5


def rebuild(
    *,
    reason: Reason,
    compare_only: Annotated[
        bool, typer.Option("--compare-only", help="Tell differences, change nothing.")
    ] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the result.")] = 600.0,
    as_json: AsJson = False,
) -> None:
    """Compute every total again beside the live ones; put right what differs."""
    with connect() as api:
        asked = api.post(PATH, {"compare_only": compare_only, "reason": reason})
        done = _result(api, asked, wait)
    if as_json:
        print_json(done)
    else:
        print_record(done)
        _say(done)
    if done["differences"] and compare_only:
        raise typer.Exit(1)


def _result(api: Api, asked: dict[str, Any], patience: float) -> Any:
    deadline = time.monotonic() + patience
    found = asked
    while found["finished_at"] is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        found = api.get(f"{PATH}/{asked['id']}")
    return found


def _say(done: dict[str, Any]) -> None:
    if done["finished_at"] is None:
        say("It goes on by itself; look again later.")
    elif not done["differences"]:
        say(f"{done['facts']:,} facts give exactly the {done['totals']:,} totals that are there.")
    elif done["compare_only"]:
        say("The totals differ from the facts: run it without --compare-only to put them right.")
    else:
        say(f"{done['differences']:,} totals were put right.")
