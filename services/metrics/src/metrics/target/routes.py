"""Targets over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from metrics.target import queries
from metrics.target.problems import TargetNotFound
from metrics.target.schemas import Attainment, TargetView
from metrics.target.tables import Target
from metrics.volume.problems import OutsideRecordScope
from metrics.volume.routes import scope_of
from metrics.volume.rules.asking import check_sees_all
from service_chassis.dependencies import AtHand, Reading
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/v1/targets", tags=["targets"], dependencies=[requires("figures:read")])
Code = Annotated[str | None, Query(max_length=32, pattern=r"^[^\x00]*$")]


@router.get("", responses=problem_responses(PageTokenInvalid))
async def list_targets(
    *,
    session: Reading,
    page: PageParameters,
    plan: Code = None,
    node: Code = None,
    year: Annotated[int | None, Query(ge=1992, le=2200)] = None,
    measure: Code = None,
    status: Code = None,
) -> Page[TargetView]:
    """List targets in the order in which they were set."""
    statement = queries.targets_listed(plan, node, year, measure, status)
    return await paged(session, statement, [Target.target_id], page, TargetView)


@router.get(
    "/{target_id}/attainment", responses=problem_responses(TargetNotFound, OutsideRecordScope)
)
async def show_attainment(target_id: UUID, caller: Caller, runtime: AtHand) -> Attainment:
    """Show how a target stands, to the fen."""
    check_sees_all(scope_of(caller))
    async with runtime.database.reading(snapshot=True) as session:
        target = await session.get(Target, target_id)
        return await queries.attainment(session, target, runtime.clock.now())
