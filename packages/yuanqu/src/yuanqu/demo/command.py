"""`yuanqu demo`: load the demonstration, see that its figures are the published ones, remove it."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from yuanqu.api import Api
from yuanqu.commands import connect
from yuanqu.demo import LABEL, people
from yuanqu.demo.orders import Event, Orders, void_of
from yuanqu.demo.people import Firms, demo_firms
from yuanqu.demo.register import REMOVAL, PlatformKeys, Register, keys_folder
from yuanqu.demo.reporting import Reporter
from yuanqu.demo.verification import (
    is_half_removed,
    present_orders,
    print_attainment,
    print_published,
)
from yuanqu.failures import Failure
from yuanqu.orders.outcomes import outcome_line, settled
from yuanqu.printing import error_console, note, say

OUTCOME_SECONDS = 300.0


def demo(
    remove: Annotated[
        bool, typer.Option("--remove", help="Void its orders and archive its records.")
    ] = False,
) -> None:
    """Load illustrative parks, enterprises and orders that add up to published figures.

    Loaded again, every order counts as a duplicate and no figure changes.
    """
    firms = demo_firms()
    with connect() as operator:
        keys = PlatformKeys(operator, keys_folder(operator.credential))
        register = Register(operator, note)
        if remove:
            _remove(operator, keys, register, firms)
        else:
            _load(operator, keys, register, firms)


def _load(operator: Api, keys: PlatformKeys, register: Register, firms: Firms) -> None:
    say(LABEL)
    register.fill(firms.everyone)
    orders, there = present_orders(operator, firms)
    if there and is_half_removed(operator, orders):
        raise Failure(
            "A removal of the demonstration was interrupted",
            next_step="Finish it with `yuanqu demo --remove`, then load it again.",
        )
    total = _report(keys, orders.by_platform)
    say(f"{orders.count - 1:,} order events: {outcome_line(total)}")
    target_id = register.target_id()
    print_attainment(operator, target_id)
    fen = _report(keys, {people.WHOLESALE: [orders.last_fen]})
    say(f"One fen more for Pazhou: {outcome_line(fen)}")
    print_attainment(operator, target_id)
    print_published(operator)


def _remove(operator: Api, keys: PlatformKeys, register: Register, firms: Firms) -> None:
    orders, there = present_orders(operator, firms)
    if not there:
        say("No orders of the demonstration are there.")
    else:
        total = _report(keys, _voids(orders))
        say(f"{orders.count:,} order events are void: {outcome_line(total)}")
    register.archive(firms.everyone)
    keys.revoke(platform["code"] for platform in people.PLATFORMS)


def _voids(orders: Orders) -> Mapping[str, Sequence[Event]]:
    """A void for every fact; the marker's comes last, so that half a removal shows as such."""
    facts = {platform: list(events) for platform, events in orders.by_platform.items()}
    facts[people.WHOLESALE].append(orders.last_fen)
    platform, order_no = orders.marker
    theirs = facts.pop(platform)
    facts[platform] = sorted(theirs, key=lambda event: event["order_no"] == order_no)
    return {each: [void_of(event, REMOVAL) for event in events] for each, events in facts.items()}


def _report(keys: PlatformKeys, events: Mapping[str, Sequence[Event]]) -> Counter[str]:
    """Report as each platform in turn, then wait for the outcomes."""
    total: Counter[str] = Counter()
    receipts: dict[str, list[str]] = {}
    with Progress(
        TextColumn("reporting"),
        BarColumn(),
        MofNCompleteColumn(),
        console=error_console(),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task("", total=sum(map(len, events.values())))
        for platform, theirs in events.items():
            with Api(keys.of(platform)) as api:
                reporter = Reporter(api, lambda items: bar.advance(task, items), bar.console.print)
                reporter.report(theirs)
                receipts[platform] = reporter.receipts
    for platform, ids in receipts.items():
        with Api(keys.of(platform)) as api:
            total += settled(api, ids, OUTCOME_SECONDS)
    return total
