"""`yuanqu doctor`: is everything well, and what to do if not."""

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import typer

from service_chassis.clock import SystemClock
from yuanqu import credentials, services
from yuanqu.api import Api
from yuanqu.commands import AsJson, credential
from yuanqu.duty.dead_letters import path_of
from yuanqu.failures import Failure, Refused, Unreachable
from yuanqu.figures.conflicts import PATH as CONFLICTS
from yuanqu.figures.reconcile import PATH as RECONCILIATION
from yuanqu.printing import Column, print_json, print_table, say

OK = 200
NOT_FOUND = 404
SKEW_SECONDS = 60
LITTLE_DISK = 2 * 1024**3
GIBIBYTE = 1024**3
MOST_COUNTED = 200


class State(StrEnum):
    """What a check found."""

    WELL = "ok"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    state: State
    found: str
    next_step: str = ""


COLUMNS = (
    Column("", "state"),
    Column("check", "check"),
    Column("found", "found"),
    Column("what to do", lambda finding: finding["next_step"]),
)


def doctor(as_json: AsJson = False) -> None:
    """Check the server, the credential and the pipeline; say what to do next."""
    findings = [asdict(finding) for finding in _findings()]
    if as_json:
        print_json(findings)
    else:
        print_table(None, COLUMNS, findings)
    states = {finding["state"] for finding in findings}
    if State.BROKEN in states:
        raise typer.Exit(1)
    if not as_json:
        say("All is well." if states == {State.WELL} else "It works; look at the lines above.")


def _findings() -> Iterator[Finding]:
    yield _disk()
    try:
        used = credential()
    except Failure as failure:
        yield _broken("credential", failure)
        return
    yield Finding("profile", State.WELL, f"{used.client_id} at {used.address}, {used.place}")
    with Api(used) as api:
        reached = _reachable(api)
        yield reached
        if reached.state is State.BROKEN:
            return
        for name in services.NAMES:
            yield _ready(api, name)
        token = _token(api)
        yield token
        if token.state is State.BROKEN:
            return
        yield _asked("clock", partial(_clock, api))
        for name in services.NAMES:
            yield _asked(f"dead letters of {name}", partial(_dead_letters, api, name))
        yield _asked("reconciliation", partial(_reconciliation, api))
        yield _asked("conflicts", partial(_conflicts, api))


def _asked(check: str, ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except Refused as refused:
        if refused.status == 403:  # noqa: PLR2004
            return Finding(check, State.LOOK, "this credential may not ask", refused.next_step)
        return _broken(check, refused)
    except Failure as failure:
        return _broken(check, failure)


def _broken(check: str, failure: Failure) -> Finding:
    found = f"{failure.title}. {failure.detail}".strip()
    return Finding(check, State.BROKEN, found, failure.next_step)


def _disk() -> Finding:
    folder = credentials.data_folder()
    if not folder.exists():
        return Finding("disk", State.WELL, f"no local data in {folder}")
    free = shutil.disk_usage(folder).free
    found = f"{free / GIBIBYTE:.1f} GiB free at {folder.resolve()}"
    if free < LITTLE_DISK:
        return Finding("disk", State.LOOK, found, "Make room before writes begin to fail.")
    return Finding("disk", State.WELL, found)


def _reachable(api: Api) -> Finding:
    try:
        answer = api.look("/readyz")
    except Unreachable as failure:
        return _broken("server", failure)
    if answer.status_code == OK:
        return Finding("server", State.WELL, f"{api.credential.address} is ready")
    if answer.status_code == NOT_FOUND:
        # A gateway knows its services and not the whole; they are asked one by one.
        return Finding("server", State.WELL, f"{api.credential.address} answers")
    return Finding("server", State.LOOK, _waits(answer), _what_it_waits_for(_waits(answer)))


def _ready(api: Api, name: str) -> Finding:
    try:
        answer = api.look(f"/{name}/readyz")
    except Unreachable as failure:
        return _broken(name, failure)
    if answer.status_code == OK:
        return Finding(name, State.WELL, "ready, at the newest migration")
    waits = _waits(answer)
    return Finding(name, State.BROKEN, waits, _what_it_waits_for(waits))


def _waits(answer: Any) -> str:
    try:
        waits = answer.json()["waits_for"]
    except (ValueError, KeyError, TypeError):
        return f"answers {answer.status_code}"
    return "; ".join(map(str, waits)) or f"answers {answer.status_code}"


def _what_it_waits_for(waits: str) -> str:
    if "migration" in waits:
        return "Run `yuanqu migrate` against the same databases."
    if "database" in waits:
        return "Is the database up, and YUANQU_…_DATABASE_URL right?"
    if "key" in waits:
        return "Does registry run, with its worker and the bus? It announces the signing keys."
    return "Wait a moment; then look at the log of the service."


def _token(api: Api) -> Finding:
    try:
        api.sign_in()
    except Failure as failure:
        return _broken("credential", failure)
    return Finding("credential", State.WELL, "gets a token")


def _clock(api: Api) -> Finding:
    issued = _claims(api.sign_in())["iat"]
    skew = abs(int(issued) - int(SystemClock().now().timestamp()))
    found = f"{skew} s between this machine and the server"
    if skew > SKEW_SECONDS:
        return Finding("clock", State.LOOK, found, "Set both clocks by NTP: facts are dated by it.")
    return Finding("clock", State.WELL, found)


def _claims(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def _dead_letters(api: Api, name: str) -> Finding:
    check = f"dead letters of {name}"
    waiting = sum(1 for _each in api.pages(path_of(name), {"state": "buried"}, MOST_COUNTED))
    if waiting:
        step = f"`yuanqu dead-letters list --service {name}`"
        return Finding(check, State.LOOK, f"{waiting} buried", step)
    return Finding(check, State.WELL, "none")


def _reconciliation(api: Api) -> Finding:
    answer = api.get(RECONCILIATION)
    if answer["difference"]:
        found = f"{answer['difference']:,} facts accepted and not accounted for"
        return Finding("reconciliation", State.BROKEN, found, "Do not publish: `yuanqu reconcile`")
    if answer["overdue"]:
        found = f"difference 0, {answer['overdue']:,} facts overdue"
        step = "Does the metrics worker run, and the bus? Look at its log."
        return Finding("reconciliation", State.LOOK, found, step)
    return Finding("reconciliation", State.WELL, "difference 0 in the last 14 days")


def _conflicts(api: Api) -> Finding:
    waiting = sum(1 for _each in api.pages(CONFLICTS, {"state": "open"}, MOST_COUNTED))
    if waiting:
        found = f"{waiting} facts are kept aside until somebody decides"
        return Finding("conflicts", State.LOOK, found, "`yuanqu conflicts list`")
    return Finding("conflicts", State.WELL, "none open")
