"""`yuanqu load`: a bounded load with the shape of a live sale."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from reference_data.shanghai import local
from service_chassis.clock import SystemClock
from yuanqu.api import Api
from yuanqu.commands import AsJson, connect
from yuanqu.demo.people import demo_firms
from yuanqu.demo.register import PlatformKeys, Register, keys_folder
from yuanqu.failures import Failure
from yuanqu.load.orders import CONTENT, Stream
from yuanqu.load.sending import Load, Sent
from yuanqu.load.shape import LiveSale
from yuanqu.orders.outcomes import OUTCOMES, outcome_line, settled
from yuanqu.printing import note, print_json, say

OUTCOME_SECONDS = 300.0
LONGEST, HIGHEST = 3_600, 20_000


def load(
    seconds: Annotated[
        int, typer.Option("--seconds", min=5, max=LONGEST, help="How long it lasts.")
    ] = 120,
    base: Annotated[
        int, typer.Option("--base", min=1, max=HIGHEST, help="Orders a second between surges.")
    ] = 50,
    peak: Annotated[
        int, typer.Option("--peak", min=1, max=HIGHEST, help="Orders a second when it opens.")
    ] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Report illustrative orders of today as a live sale brings them: it ends, and it is counted.

    Some posts are repeated, as platforms do. Ctrl-C ends the sale early. In the end every order
    was counted once, or this fails. The orders stay; their sellers are the demonstration's.
    """
    if peak < base:
        raise Failure(f"The peak ({peak}) is below the base ({base})")
    sale = LiveSale(seconds, base, peak)
    run = f"{local(SystemClock().now()):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
    with connect() as operator:
        firms = demo_firms().everyone
        Register(operator, note).fill(firms)
        keys = PlatformKeys(operator, keys_folder(operator.credential))
        credentials = [keys.of(platform) for platform in CONTENT]
    streams = [
        Stream(platform, run, [firm for firm in firms if platform in firm.platforms])
        for platform in CONTENT
    ]
    note(f"{run}: {sale.orders:,} order events in {seconds} s, illustrative all of them")
    sending = Load(sale, streams, credentials, lambda: local(SystemClock().now()), note)
    sent = sending.run()
    outcomes: Counter[str] = Counter()
    for credential, part in zip(credentials, sent, strict=True):
        with Api(credential) as api:
            outcomes += settled(api, part.receipts, OUTCOME_SECONDS)
    result = _result(run, sent, outcomes)
    if as_json:
        print_json(result)
    else:
        _print(result, outcomes)
    _prove(result)


def _result(run: str, sent: Sequence[Sent], outcomes: Mapping[str, int]) -> dict[str, Any]:
    times = sorted(seconds for part in sent for seconds in part.seconds)
    if not times:
        raise Failure("Nothing was sent", next_step="Let the sale last a second longer.")
    failures: Counter[str] = Counter()
    for part in sent:
        failures += part.failures
    return {
        "run": run,
        "orders": sum(part.orders for part in sent),
        "paid_minor": sum(part.paid_minor for part in sent),
        "repeated": sum(part.repeated for part in sent),
        "posts": len(times),
        "outcomes": {name: outcomes.get(name, 0) for name in OUTCOMES},
        "failures": dict(failures),
        "acknowledged_seconds": {
            "median": round(times[len(times) // 2], 3),
            "p95": round(times[len(times) * 95 // 100], 3),
            "slowest": round(times[-1], 3),
        },
    }


def _print(result: Mapping[str, Any], outcomes: Mapping[str, int]) -> None:
    times = result["acknowledged_seconds"]
    say(f"{result['orders']:,} order events, {result['repeated']:,} of them sent twice")
    say(outcome_line(outcomes))
    say(f"acknowledged after {times['median']} s (median), {times['p95']} s (95 %), "
        f"{times['slowest']} s (slowest)")  # fmt: skip
    failed = ", ".join(f"{name} {count}" for name, count in result["failures"].items())
    say(f"answers that made a post wait: {failed or 'none'}")


def _prove(result: Mapping[str, Any]) -> None:
    """Every order once. A repetition is a duplicate, whichever of the two came first."""
    outcomes = result["outcomes"]
    wanted = {"counted": result["orders"], "duplicate": result["repeated"]}
    found = {name: count for name, count in outcomes.items() if count}
    if found != {name: count for name, count in wanted.items() if count}:
        raise Failure(
            "The orders were not counted once each",
            f"sent: {outcome_line(wanted)}; judged: {outcome_line(outcomes)}",
            next_step="`yuanqu doctor` looks at the pipeline; `yuanqu receipts list` names posts.",
        )
