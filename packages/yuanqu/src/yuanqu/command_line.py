"""The command line: `yuanqu`, its groups of commands and what all of them share."""

from enum import StrEnum
from typing import Annotated

import typer

from yuanqu import profile_commands
from yuanqu.commands import Commands, use_profile
from yuanqu.demo.command import demo
from yuanqu.duty import backup, dead_letters, doctor, snapshots
from yuanqu.figures import board, conflicts, facts, measures, rates, rebuilds, reconcile, volumes
from yuanqu.load.command import load
from yuanqu.orders import commands as orders
from yuanqu.orders import receipts
from yuanqu.records import (
    accounts,
    authorisations,
    clients,
    divisions,
    enterprises,
    parks,
    plans,
    platforms,
    targets,
    tenancies,
)

app = Commands(
    name="yuanqu",
    help="Yuanqu 园区: parks, enterprises, orders and figures that are right to the fen.",
)

ServiceNames = Annotated[
    str | None,
    typer.Option("--services", help="Comma separated; without it, all of them."),
]


class Role(StrEnum):
    """What a process does for its services."""

    ALL = "all"
    API = "api"
    WORKER = "worker"


@app.callback()
def choose(
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            envvar="YUANQU_PROFILE",
            help="Which server, and as whom: a file, or the name of one (see `profile`).",
        ),
    ] = None,
) -> None:
    """Yuanqu 园区: parks, enterprises, orders and figures that are right to the fen."""
    use_profile(profile)


@app.command(rich_help_panel="Run it")
def run(
    services: ServiceNames = None,
    role: Annotated[
        Role,
        typer.Option(
            help="all: everything in this process, migrated first. api, worker: one part of a "
            "distributed installation; run `yuanqu migrate` before."
        ),
    ] = Role.ALL,
) -> None:
    """Serve until Ctrl-C. YUANQU_HOST, YUANQU_PORT and YUANQU_DATA_DIR say where."""
    from yuanqu import hosting  # noqa: PLC0415 - a client needs no server

    hosting.run(services, role.value)


@app.command(rich_help_panel="Run it")
def migrate(services: ServiceNames = None) -> None:
    """Bring the databases to this release; safe to run again."""
    from yuanqu import hosting  # noqa: PLC0415 - a client needs no server

    hosting.migrate(services)


for name, group in {
    "park": parks.app,
    "plan": plans.app,
    "target": targets.app,
    "enterprise": enterprises.app,
    "tenancy": tenancies.app,
    "platform": platforms.app,
    "authorisation": authorisations.app,
    "client": clients.app,
    "division": divisions.app,
    "account": accounts.app,
}.items():
    app.add_typer(group, name=name, rich_help_panel="The register")

app.command(rich_help_panel="Run it")(demo)
app.command(rich_help_panel="Run it")(load)
app.add_typer(orders.app, name="orders", rich_help_panel="Orders and figures")
app.add_typer(receipts.app, name="receipts", rich_help_panel="Orders and figures")
app.command(rich_help_panel="Orders and figures")(volumes.volumes)
app.command(rich_help_panel="Orders and figures")(board.board)
app.command(rich_help_panel="Orders and figures")(measures.measures)
app.command(rich_help_panel="Orders and figures")(facts.facts)
app.command(rich_help_panel="Orders and figures")(reconcile.reconcile)
app.add_typer(conflicts.app, name="conflicts", rich_help_panel="Orders and figures")
app.add_typer(rates.app, name="rates", rich_help_panel="Orders and figures")

app.command(rich_help_panel="On duty")(doctor.doctor)
app.add_typer(dead_letters.app, name="dead-letters", rich_help_panel="On duty")
app.command(rich_help_panel="On duty")(rebuilds.rebuild)
app.command(rich_help_panel="On duty")(snapshots.snapshot)
app.command(rich_help_panel="On duty")(backup.backup)
app.add_typer(profile_commands.app, name="profile", rich_help_panel="Run it")
