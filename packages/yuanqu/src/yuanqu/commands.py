"""What every command shares: its options, its connection, and how a failure ends it."""

import functools
import json
import sys
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from yuanqu import profiles
from yuanqu.api import Api
from yuanqu.credentials import Credential
from yuanqu.failures import Failure
from yuanqu.printing import print_failure, print_json

AsJson = Annotated[bool, typer.Option("--json", help="Print the API's own answer.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many rows.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; the audit trail keeps it.")]
BodyFile = Annotated[
    Path | None,
    typer.Option("--file", "-f", help="The body as JSON (- is stdin); options go before it."),
]
Key = Annotated[
    str | None,
    typer.Option("--idempotency-key", help="The same key again gives the same answer again."),
]

_PROFILE: ContextVar[str | None] = ContextVar("profile", default=None)


class Commands(typer.Typer):
    """A group of commands; a Failure prints what to do next and ends with 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(no_args_is_help=True, pretty_exceptions_enable=False, **kwargs)

    def command(self, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        register = super().command(*args, **kwargs)

        def declare(function: Callable[..., None]) -> Callable[..., None]:
            register(_told(function))
            return function

        return declare


def _told(function: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except Failure as failure:
            if kwargs.get("as_json") and failure.document is not None:
                print_json(failure.document)
            print_failure(failure)
            raise typer.Exit(1) from failure
        except KeyboardInterrupt:
            print_failure(Failure("Stopped", next_step="Run the command again to go on."))
            raise typer.Exit(130) from None

    return run


def use_profile(profile: str | None) -> None:
    """Let every command of this run use that profile."""
    _PROFILE.set(profile)


def chosen_profile() -> str | None:
    """The profile that `--profile` named."""
    return _PROFILE.get()


def credential() -> Credential:
    """The credential of this run."""
    return profiles.find(chosen_profile())


def connect(profile: str | None = None) -> Api:
    """The API as this run's profile, or as another one."""
    return Api(profiles.find(profile or chosen_profile()))


def body_of(file: Path | None, **options: Any) -> dict[str, Any]:
    """The body of a request: the file's, with every option that was given put over it."""
    body: dict[str, Any] = {}
    if file is not None:
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
            body = json.loads(text)
        except OSError as error:
            raise Failure(f"{file} cannot be read", error.strerror or str(error)) from error
        except ValueError as error:
            raise Failure(
                f"{file} is not JSON", str(error), next_step="Correct it and run the command again."
            ) from error
        if not isinstance(body, dict):
            raise Failure(f"{file} should hold one JSON object")
    given = {name: plain(value) for name, value in options.items() if value is not None}
    return body | given


def plain(value: Any) -> Any:
    """A value as JSON has it: a date as text."""
    if isinstance(value, date):
        return value.isoformat()
    return value


def as_address(text: str) -> str:
    """An address typed on the command line, without the slash at its end."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise Failure(f"{text} is not an address", next_step="It looks like http://127.0.0.1:8000.")
    return text.rstrip("/")


def day(text: str) -> date:
    """A date typed on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date like 2019-04-14.") from None
