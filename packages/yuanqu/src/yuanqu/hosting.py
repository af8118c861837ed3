"""`yuanqu run` and `yuanqu migrate`: the services in this process, over any databases and bus."""

import asyncio
import fcntl
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr, ValidationError

from service_chassis import migrations
from service_chassis.hosting import Host, Role
from service_chassis.logging import configure_logging
from service_chassis.service import Service
from service_chassis.settings import Settings
from yuanqu import credentials, services
from yuanqu.failures import Failure
from yuanqu.printing import say

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 10.0
A_FIGURE = (
    "yuanqu volumes --measure ECV_PAID --period 2013-YTD-11 --region 440100 --yoy "
    "--currency CNY,USD"
)
TRY_THESE = (
    ("yuanqu demo", "illustrative parks and orders"),
    (A_FIGURE, "a published figure, to the fen"),
    ("yuanqu board", "a link to the figures in a browser, live"),
    ("yuanqu doctor", "is everything well?"),
)


def run(service_names: str | None, role: Role) -> None:
    """Serve these services (comma separated; None is all) until a signal arrives.

    In the role `all` the databases are migrated and an operator's credential is kept first; the
    other roles are parts of a distributed installation, where `migrate` and the secret come apart.
    """
    settings = _settings()
    names = _names(service_names)
    credentials.prepare_folder(settings.data_dir)
    if role != "all":
        chosen = services.load(names)
        if role == "api":
            settings = _with_port(settings)
        configure_logging(settings.log_level, for_people=sys.stdout.isatty())
        _host(Host(chosen, settings, role=role), settings, None)
        return
    with _alone_in(settings.data_dir):
        settings = _with_port(settings)
        kept = None
        if settings.operator_secret is None:
            operator = credentials.keep_operator(settings.data_dir, _address(settings))
            kept = credentials.operator_file(settings.data_dir.resolve())
            secret = SecretStr(operator.client_secret)
            settings = settings.model_copy(update={"operator_secret": secret})
        chosen = services.load(names)
        _migrate(chosen, settings)
        configure_logging(settings.log_level, for_people=sys.stdout.isatty())
        _host(Host(chosen, settings), settings, kept)


def migrate(service_names: str | None) -> None:
    """Bring the databases of these services to this release."""
    settings = _settings()
    credentials.prepare_folder(settings.data_dir)
    chosen = services.load(_names(service_names))
    for service, moved in zip(chosen, _migrate(chosen, settings), strict=True):
        say(f"{service.name} is at {'this' if moved else 'a later'} release.")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        raise Failure(
            "The settings cannot be used",
            faults=[_fault(each) for each in error.errors(include_input=False)],
            next_step="Correct the environment; .env.example says what each variable means. "
            "deploy/secrets.sh makes strong secrets; a demonstration that nobody else can reach "
            "may set YUANQU_ALLOW_WEAK_SECRETS=true.",
        ) from error


def _fault(fault: Any) -> str:
    said = str(fault["msg"]).removeprefix("Value error, ")
    return f"YUANQU_{str(fault['loc'][0]).upper()}: {said}" if fault["loc"] else said


def _with_port(settings: Settings) -> Settings:
    return settings.model_copy(update={"port": _free_port(settings.host, settings.port)})


def _names(names: str | None) -> list[str]:
    wanted = [name.strip() for name in (names or "").split(",") if name.strip()]
    return services.known(wanted)


def _migrate(chosen: Sequence[Service], settings: Settings) -> list[bool]:
    """Whether each is at this release now; where it is at a later one, nothing was changed."""
    moved = []
    for service in chosen:
        url = settings.database_url(service.name)
        try:
            moved.append(migrations.upgrade(service, url))
        except Exception as error:
            raise Failure(
                f"The database of {service.name} could not be migrated",
                str(error).partition("\n")[0],
                next_step=f"Is YUANQU_{_variable(service.name)}_DATABASE_URL right, and is the "
                "database up? Nothing was changed half: each migration is one transaction.",
            ) from error
    return moved


def _host(host: Host, settings: Settings, kept: Path | None) -> None:
    import uvloop  # noqa: PLC0415 - not on every platform

    async def serve() -> None:
        announcing = asyncio.create_task(_announce(host, settings, kept))
        try:
            await host.run()
        finally:
            announcing.cancel()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


async def _announce(host: Host, settings: Settings, kept: Path | None) -> None:
    """Say where it is once it is ready, and what it waits for while it is not."""
    said: list[str] = []
    started = asyncio.get_running_loop().time()
    while waits := await host.waits_for():
        if host.stopping:
            return
        late = asyncio.get_running_loop().time() - started > PATIENCE_SECONDS
        if late and waits != said:
            said = waits
            say("not ready yet: " + "; ".join(waits))
        await host.stopping.sleep(POLL_SECONDS)
    if host.role == "worker":
        say("Ready. " + ", ".join(runtime.service.name for runtime in host.runtimes))
        return
    address = _address(settings)
    async with httpx.AsyncClient(trust_env=False) as http:
        while not host.stopping and await _status(http, f"{address}/readyz") != httpx.codes.OK:
            await host.stopping.sleep(POLL_SECONDS)
    lines = [f"Ready: {address}"]
    lines += [
        f"  {runtime.service.title_en:<20} {address}{runtime.service.path}/docs"
        for runtime in host.runtimes
    ]
    lines += [
        f"  {short[1:].capitalize():<20} {address}{short}"
        for runtime in host.runtimes
        for short in runtime.service.shortcuts
    ]
    if kept is not None:
        lines.append(f"The operator's credential is kept in {kept}")
    elif host.role == "all":
        lines.append("The operator's credential is the one in YUANQU_OPERATOR_SECRET")
    if host.role == "all":
        lines.append("Try, in another terminal:")
        lines += [f"  {command:<106} # {why}" for command, why in TRY_THESE]
    say("\n".join(lines))


async def _status(http: httpx.AsyncClient, url: str) -> int:
    try:
        return (await http.get(url)).status_code
    except httpx.TransportError:
        return 0


def _address(settings: Settings) -> str:
    host = ANYWHERE.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _free_port(host: str, port: int) -> int:
    """The port, if nobody listens there; any free one for 0."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as candidate:
        # As the server does: a port left a moment ago may be taken again.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((host, port))
        except OSError as error:
            raise Failure(
                f"{host}:{port} cannot be used",
                error.strerror or str(error),
                next_step=f"Another server may run there. Choose another port: "
                f"YUANQU_PORT={port + 1} YUANQU_DATA_DIR=./var-{port + 1} yuanqu run",
            ) from error
        return int(candidate.getsockname()[1])


@contextmanager
def _alone_in(data_dir: Path) -> Iterator[None]:
    """Keep a second server out of the data folder: it would take over the operator's credential."""
    with (data_dir / "running").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"A server runs in {data_dir.resolve()} already",
                next_step="Stop it first, or give this one its own YUANQU_DATA_DIR.",
            ) from None
        yield


def _variable(service: str) -> str:
    return service.upper().replace("-", "_")
