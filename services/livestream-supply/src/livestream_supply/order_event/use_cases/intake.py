"""The intake: many posts, one transaction.

A writer takes what waits when it is free and writes it together: alone when little comes, in
company when much does, without a timer. A post is answered when its transaction is committed.
"""

import asyncio
from collections import deque
from contextvars import Context, copy_context
from dataclasses import dataclass
from time import monotonic

from livestream_supply import telemetry
from livestream_supply.order_event.problems import IntakeBusy
from livestream_supply.order_event.use_cases.claims import Answer
from livestream_supply.order_event.use_cases.writing import Outcome, Post, write
from service_chassis.database import Database
from service_chassis.retries import verdict

WRITERS = 2
"""While one waits for its commit, the other prepares."""
MOST_FACTS = 10_000
"""Of one transaction, unless one post alone is longer."""
MOST_WAITING = 200_000
"""Facts that wait in memory; more are refused until these are written."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    post: Post
    answered: asyncio.Future[Outcome]
    context: Context
    """Of its request, so that the trace goes on in what is announced."""


class Intake:
    """Writes posts of all platforms together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._facts = 0
        self._writers: set[asyncio.Task[None]] = set()
        # From the start: a rate cannot be told from the first refusal alone.
        telemetry.INTAKE_REFUSED_TOTAL.labels(telemetry.SERVICE)

    async def take(self, post: Post) -> tuple[Answer, bool]:
        """Write the post, durably; its answer, and whether that was given before.

        `IdempotencyKeyReused` if its key belongs to another request.
        """
        if self._facts + post.items > MOST_WAITING:
            telemetry.INTAKE_REFUSED_TOTAL.labels(telemetry.SERVICE).inc()
            raise IntakeBusy("Send this post again in a moment.", retry_after=1)
        answered = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(post, answered, copy_context()))
        self._note(post.items)
        if len(self._writers) < WRITERS:
            # A context of its own: a writer outlives the request that began it.
            writer = asyncio.create_task(self._write_all(), context=Context())
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        outcome: Outcome = await answered
        if not isinstance(outcome, Answer):
            raise outcome
        return outcome, outcome.receipt_id != post.receipt_id

    def _note(self, facts: int) -> None:
        self._facts += facts
        telemetry.INTAKE_WAITING_FACTS.labels(telemetry.SERVICE).set(self._facts)

    async def _write_all(self) -> None:
        while group := self._next_group():
            # In the context of the first, whose trace the messages carry on.
            await asyncio.create_task(self._write(group), context=group[0].context)

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        facts = 0
        while self._waiting and (not group or facts + self._waiting[0].post.items <= MOST_FACTS):
            taken = self._waiting.popleft()
            facts += taken.post.items
            group.append(taken)
        return group

    async def _write(self, group: list[_Waiting]) -> None:
        started = monotonic()
        try:
            async with self._database.unit_of_work() as uow:
                outcomes = await write(uow, [waiting.post for waiting in group])
        except Exception as error:  # noqa: BLE001 - every request gets its own answer
            await self._fail(group, error)
            return
        service = telemetry.SERVICE
        telemetry.INTAKE_TRANSACTION_SECONDS.labels(service).observe(monotonic() - started)
        telemetry.INTAKE_TRANSACTION_FACTS.labels(service).observe(
            sum(len(waiting.post.facts) for waiting in group)
        )
        for waiting, outcome in zip(group, outcomes, strict=True):
            if outcome is None:
                self._waiting.appendleft(waiting)
                continue
            self._note(-waiting.post.items)
            if not waiting.answered.done():
                waiting.answered.set_result(outcome)

    async def _fail(self, group: list[_Waiting], error: Exception) -> None:
        if len(group) > 1 and verdict(error) == "broken":
            # One of them is at fault: the others shall not pay for it.
            for waiting in group:
                await self._write([waiting])
            return
        for waiting in group:
            self._note(-waiting.post.items)
            if not waiting.answered.done():
                waiting.answered.set_exception(error)
