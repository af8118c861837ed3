"""The audit trail, for those who operate."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import select

from service_chassis.dependencies import Reading
from service_chassis.paging import Key, Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses
from service_chassis.tables import AuditEntry

router = APIRouter(prefix="/v1/audit-entries", tags=["operations"])


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("in UTC it is before the year 1 or after the year 9999") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class AuditEntryView(BaseModel):
    """Who changed what, from what to what, and why."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    at: AwareDatetime
    actor: str
    actor_kind: str
    action: str
    subject: str
    before: Any = None
    after: Any = None
    reason: str | None
    request_id: str | None


@router.get(
    "",
    dependencies=[requires("operations")],
    responses=problem_responses(PageTokenInvalid),
)
async def list_audit_entries(  # noqa: PLR0917  # FastAPI calls it by name
    session: Reading,
    page: PageParameters,
    subject: Annotated[str | None, Query(max_length=200, examples=["park/GZ-PAZHOU"])] = None,
    actor: Annotated[str | None, Query(max_length=120)] = None,
    action: Annotated[str | None, Query(max_length=120)] = None,
    request_id: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query(description="Not included")] = None,
) -> Page[AuditEntryView]:
    """List changes of state, the latest first."""
    statement = select(AuditEntry)
    for column, wanted in (
        (AuditEntry.subject, subject),
        (AuditEntry.actor, actor),
        (AuditEntry.action, action),
        (AuditEntry.request_id, request_id),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if since is not None:
        statement = statement.where(AuditEntry.at >= since)
    if until is not None:
        statement = statement.where(AuditEntry.at < until)
    keys: list[Key] = [AuditEntry.at.desc(), AuditEntry.id.desc()]
    return await paged(session, statement, keys, page, AuditEntryView)
