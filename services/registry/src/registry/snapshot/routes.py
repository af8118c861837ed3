"""Snapshots over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from registry.record_scope import OutsideRecordScope, check_unrestricted
from registry.snapshot import queries, use_cases
from registry.snapshot.problems import SnapshotNotFound
from registry.snapshot.schemas import SnapshotView
from registry.snapshot.tables import Snapshot
from service_chassis.dependencies import Reading, Writing
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(
    prefix="/v1/snapshots",
    tags=["snapshots"],
    route_class=IdempotentRoute,
    dependencies=[requires("operations")],
)


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=SnapshotView,
    responses=problem_responses(OutsideRecordScope),
)
async def begin_snapshot(uow: Writing, caller: Caller, response: Response) -> Snapshot:
    """Announce every record again, for a service that is new or has lost its database."""
    check_unrestricted(caller, "Snapshots")
    snapshot = await use_cases.begin_snapshot(uow)
    response.headers["Location"] = f"snapshots/{snapshot.id}"
    return snapshot


@router.get("", responses=problem_responses(PageTokenInvalid))
async def list_snapshots(session: Reading, page: PageParameters) -> Page[SnapshotView]:
    """List snapshots, the newest first."""
    return await paged(session, queries.snapshots(), [Snapshot.id.desc()], page, SnapshotView)


@router.get(
    "/{snapshot_id}", response_model=SnapshotView, responses=problem_responses(SnapshotNotFound)
)
async def show_snapshot(snapshot_id: UUID, session: Reading) -> Snapshot:
    """Show how far a snapshot has come, and how much it announced."""
    return await queries.show_snapshot(session, snapshot_id)
