"""Take a post: decode it, check it, hand what is good to the intake."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import numpy as np

from livestream_supply import telemetry
from livestream_supply.authority.queries import SUSPICIOUS_SECONDS, AuthorityBook
from livestream_supply.order_event.problems import BatchRejected, PlatformSuspended
from livestream_supply.order_event.rules import checks
from livestream_supply.order_event.rules.bodies import Form, inflated
from livestream_supply.order_event.rules.checks import Suspects
from livestream_supply.order_event.rules.columns import Facts
from livestream_supply.order_event.rules.faults import told
from livestream_supply.order_event.use_cases.claims import Answer, claim_of
from livestream_supply.order_event.use_cases.intake import Intake
from livestream_supply.order_event.use_cases.reading import Items, read_items
from livestream_supply.order_event.use_cases.writing import Post, Refused
from service_chassis.clock import Clock
from service_chassis.columns import new_id

MOST_ERRORS = 1_000
"""Named in the problem of an atomic post."""
MANY_ITEMS = 2_000
"""From here on a pause between the steps lets others have their turn."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who posts, and under which request."""

    platform: str
    client_id: str
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A post as it came."""

    body: bytes
    form: Form
    atomic: bool
    key: str | None
    asked: str
    """Method, path and query: what a key is bound to beside the body."""


class Receiver:
    """Everything a process needs to take posts."""

    def __init__(self, book: AuthorityBook, intake: Intake, clock: Clock) -> None:
        self._book = book
        self._intake = intake
        self._clock = clock

    async def take(self, sender: Sender, sent: Sent) -> tuple[Answer, bool]:
        """Record what can be recorded; the answer, and whether it was given before."""
        text = inflated(sent.body, sent.form.encoding)
        claim = claim_of(sender.client_id, sent.key, sent.asked, text)
        items = await read_items(text, lines=sent.form.lines)
        await _pause(items.size)
        facts = Facts.of(items.decoded)
        await _pause(items.size)
        suspects = await self._suspects(sender.platform, facts)
        await _pause(len(suspects))
        refused = _refused(items, facts, suspects)
        await _pause(len(refused))
        _count(sender.platform, items.size, refused)
        if refused and sent.atomic:
            raise _rejected(refused)
        if suspects:
            keep = np.ones(len(facts), dtype=bool)
            keep[list(suspects)] = False
            facts = facts.kept(keep)
        post = Post(
            receipt_id=new_id(),
            platform=sender.platform,
            client_id=sender.client_id,
            request_id=sender.request_id,
            items=items.size,
            facts=facts,
            refused=refused,
            claim=claim,
        )
        return await self._intake.take(post)

    async def _suspects(self, platform: str, facts: Facts) -> Suspects:
        now_ms = _milliseconds(self._clock.now())
        authority = await self._book.of(platform)
        if authority.status != "suspended":
            suspects = checks.faults_of(facts, authority, now_ms)
            if not checks.unauthorised(suspects):
                return suspects
            await _pause(len(suspects))
        # Permission may have come a moment ago: look again before refusing.
        authority = await self._book.of(platform, within=SUSPICIOUS_SECONDS)
        if authority.status == "suspended":
            raise PlatformSuspended(f"Platform {platform} is suspended.")
        return checks.faults_of(facts, authority, now_ms)


def _refused(items: Items, facts: Facts, suspects: Suspects) -> list[Refused]:
    found = [
        Refused(item, items.order_numbers.get(item), faults)
        for item, faults in items.refused.items()
    ]
    if suspects:
        place = items.place_of()
        found += [
            Refused(place[row], _shown(facts.order_no[row]), faults)
            for row, faults in suspects.items()
        ]
    found.sort(key=attrgetter("item"))
    return found


def _shown(order_no: str) -> str | None:
    return None if "\0" in order_no else order_no


def _rejected(refused: Iterable[Refused]) -> BatchRejected:
    errors = [error for each in refused for error in told(each.faults, each.item)]
    return BatchRejected(
        f"{len(errors)} faults, see errors; nothing was stored.",
        errors=[{"in": "body", **error} for error in errors[:MOST_ERRORS]],
    )


def _count(platform: str, items: int, refused: list[Refused]) -> None:
    service, platform = telemetry.SERVICE, telemetry.PLATFORM(platform)
    telemetry.ORDER_EVENTS_TOTAL.labels(service, platform, "accepted").inc(items - len(refused))
    telemetry.ORDER_EVENTS_TOTAL.labels(service, platform, "rejected").inc(len(refused))
    for code, times in Counter(each.faults[0].code for each in refused).items():
        telemetry.ORDER_EVENTS_REJECTED_TOTAL.labels(service, code).inc(times)


async def _pause(items: int) -> None:
    if items > MANY_ITEMS:
        await asyncio.sleep(0)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
