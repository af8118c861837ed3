"""Try the stack for real, in a project of its own: `python -m deploy.check [--short]`.

Builds, starts, loads the demonstration through the gateway, restarts every container under load,
scales, goes down and up, and leaves nothing. Without `--short` the redundant stack follows: two
`api` of each service and three brokers, restarted under load without one 5xx.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx

from deploy.check import steps
from deploy.check.engine import Engine, NoEngine, find_engine
from deploy.check.stack import Stack, StackFailure
from yuanqu.failures import Failure


class Report:
    """Prints each promise with its outcome and time."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def keep(self, promise: str, tried: Callable[[], str | None]) -> None:
        """Try it; a StackFailure goes on to the caller."""
        begun = time.monotonic()
        outcome = tried() or ""
        print(f"ok   {time.monotonic() - begun:5.0f} s  {promise}. {outcome}", flush=True)

    @property
    def seconds(self) -> int:
        """Since the start."""
        return round(time.monotonic() - self._begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="the single stack, for less long")
    parser.add_argument("--only", choices=("single", "redundant"), help="one of the two stacks")
    parser.add_argument(
        "--if-possible", action="store_true", help="say so and end well where no engine is"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yuanqu-check-") as name:
        folder = Path(name)
        try:
            engine = find_engine(folder)
        except NoEngine as lacking:
            print(f"SKIPPED: {lacking}.")
            sys.exit(0 if options.if_possible else 1)
        report = Report()
        try:
            if options.only != "redundant":
                _single(engine, folder, report, short=options.short)
            if options.only != "single" and not options.short:
                _redundant(engine, folder, report)
        except (StackFailure, Failure, httpx.HTTPError) as failure:
            print(f"FAILED after {report.seconds} s: {failure}", flush=True)
            sys.exit(1)
        print(f"The stack keeps what it promises, tried in {report.seconds} s.")


def _single(engine: Engine, folder: Path, report: Report, *, short: bool) -> None:
    with Stack(engine, folder) as stack:
        if stack.left_out:
            print(f"left out, for there is no image: {', '.join(stack.left_out)}", flush=True)
        report.keep("the image builds", stack.build)
        report.keep("every container becomes healthy", stack.up)
        report.keep("containers are closed", lambda: steps.is_hardened(stack))
        report.keep("the pages answer", lambda: steps.pages_answer(stack))
        report.keep("a large file comes through", lambda: steps.takes_a_large_file(stack))
        report.keep("published figures come out", lambda: steps.demonstration(stack))
        report.keep("the board shows them", lambda: steps.board_shows(stack))

        def everything() -> str:
            restarted = steps.restart_each(stack, at_once=2 if short else 1)
            return f"{len(restarted)} containers restarted"

        report.keep("no acknowledged order is lost", lambda: steps.counts_once(stack, everything))

        def scaled() -> str:
            stack.up(registry_worker=3, livestream_supply_worker=3, metrics_worker=3)
            return "workers scaled to three"

        report.keep("workers scale", lambda: steps.counts_once(stack, scaled))
        report.keep("data stay", lambda: steps.keeps_its_data(stack))
        report.keep("a certificate is used", lambda: steps.speaks_tls(stack))
        report.keep("nothing is left", lambda: steps.nothing_left(stack))


def _redundant(engine: Engine, folder: Path, report: Report) -> None:
    with Stack(engine, folder, project="yuanqu-check-ha", ha=True) as stack:
        report.keep("the redundant stack: the image builds", stack.build)
        report.keep("every container becomes healthy", stack.up)
        report.keep("containers are closed", lambda: steps.is_hardened(stack))
        begun = time.monotonic()

        def everything() -> str:
            return f"{len(steps.restart_each(stack))} containers restarted"

        def upgrade() -> str:
            stack.script("upgrade.sh")
            return "every process replaced by a new one"

        def without_an_error(meanwhile: Callable[[], str]) -> str:
            said = steps.counts_once(stack, meanwhile)
            steps.no_server_error(stack, timedelta(seconds=time.monotonic() - begun))
            return said

        report.keep("a restart costs no answer", lambda: without_an_error(everything))
        report.keep("an upgrade costs no answer", lambda: without_an_error(upgrade))

        def broker() -> str:
            lost = next(each for each in stack.containers() if each.service == "kafka-2")
            stack.docker("kill", lost.name)
            time.sleep(15)
            stack.docker("start", lost.name)
            stack.wait_until_well(lost)
            return "a broker killed for 15 s"

        report.keep("a broker may fail", lambda: steps.counts_once(stack, broker))
        report.keep("nothing is left", lambda: steps.nothing_left(stack))


if __name__ == "__main__":
    main()
