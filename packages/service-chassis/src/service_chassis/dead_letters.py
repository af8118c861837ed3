"""Dead letters: listed, shown, replayed into their group, or discarded with a reason."""

import base64
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from service_chassis.columns import NO_NUL
from service_chassis.dependencies import Reading, Writing
from service_chassis.paging import Page, PageParameters, paged
from service_chassis.policy import requires
from service_chassis.problems import Problem, problem_responses
from service_chassis.tables import DeadLetter, InboxRow, OutboxRow
from service_chassis.unit_of_work import UnitOfWork

State = Literal["buried", "replayed", "discarded"]

router = APIRouter(
    prefix="/v1/dead-letters", tags=["operations"], dependencies=[requires("operations")]
)


class DeadLetterNotFound(Problem):
    status = 404
    code = "dead_letter_not_found"
    title_en = "There is no such dead letter"
    title_zh = "没有这条死信"


class DeadLetterDecided(Problem):
    status = 409
    code = "dead_letter_decided"
    title_en = "The dead letter was replayed or discarded before"
    title_zh = "这条死信已处理"


class DeadLetterView(BaseModel):
    """An event that a consumer group could not take."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    consumer_group: str
    event_id: UUID
    event_type: str
    topic: str
    key: str
    occurred_at: datetime
    reason: str
    detail: str
    buried_at: datetime
    state: str
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None


class DeadLetterContent(DeadLetterView):
    """The same with what came over the wire."""

    headers: dict[str, str]
    body_base64: str


class Decision(BaseModel):
    """Why somebody decides so."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]


@router.get("")
async def list_dead_letters(
    session: Reading,
    page: PageParameters,
    state: State = "buried",
    group: Annotated[str | None, Query(description="a consumer group")] = None,
) -> Page[DeadLetterView]:
    """List dead letters, the newest first."""
    wanted = select(DeadLetter).where(DeadLetter.state == state)
    if group is not None:
        wanted = wanted.where(DeadLetter.consumer_group == group)
    return await paged(session, wanted, [DeadLetter.id.desc()], page, DeadLetterView)


@router.get("/{letter_id}", responses=problem_responses(DeadLetterNotFound))
async def show_dead_letter(letter_id: UUID, session: Reading) -> DeadLetterContent:
    """Show one dead letter with its bytes."""
    letter = await _letter(session, letter_id)
    shown = {name: getattr(letter, name) for name in DeadLetterView.model_fields}
    return DeadLetterContent(
        **shown, headers=letter.headers, body_base64=base64.b64encode(letter.body).decode()
    )


@router.post(
    "/{letter_id}:replay",
    responses=problem_responses(DeadLetterNotFound, DeadLetterDecided),
)
async def replay_dead_letter(letter_id: UUID, decision: Decision, uow: Writing) -> DeadLetterView:
    """Send the event again; its group takes it as if it had never come."""
    letter = await _decide(uow, letter_id, "replayed", decision.reason)
    await uow.session.execute(
        delete(InboxRow).where(
            InboxRow.consumer_group == letter.consumer_group,
            InboxRow.event_id == letter.event_id,
        )
    )
    # Other groups of the topic have the event id in their inbox and pass over it.
    uow.session.add(
        OutboxRow(
            event_id=letter.event_id,
            event_type=letter.event_type,
            topic=letter.topic,
            key=letter.key,
            occurred_at=letter.occurred_at,
            headers=letter.headers,
            body=letter.body,
        )
    )
    return DeadLetterView.model_validate(letter)


@router.post(
    "/{letter_id}:discard",
    responses=problem_responses(DeadLetterNotFound, DeadLetterDecided),
)
async def discard_dead_letter(letter_id: UUID, decision: Decision, uow: Writing) -> DeadLetterView:
    """Give the event up; it stays readable."""
    letter = await _decide(uow, letter_id, "discarded", decision.reason)
    return DeadLetterView.model_validate(letter)


async def _decide(uow: UnitOfWork, letter_id: UUID, state: str, reason: str) -> DeadLetter:
    letter = await _letter(uow.session, letter_id, lock=True)
    if letter.state != "buried":
        raise DeadLetterDecided(
            f"Dead letter {letter_id} was {letter.state} by {letter.decided_by}."
        )
    letter.state = state
    letter.decided_at = uow.now
    letter.decided_by = uow.actor.subject
    letter.decision_reason = reason
    uow.record(f"dead_letter.{state}", f"dead-letter/{letter_id}", reason=reason)
    return letter


async def _letter(session: AsyncSession, letter_id: UUID, *, lock: bool = False) -> DeadLetter:
    letter = await session.get(DeadLetter, letter_id, with_for_update=lock or None)
    if letter is None:
        raise DeadLetterNotFound(f"No dead letter has the id {letter_id}.")
    return letter
