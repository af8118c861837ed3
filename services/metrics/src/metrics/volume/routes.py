"""Volumes over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from metrics.comparison.rules import Comparison
from metrics.period.problems import HoursNotKept, PeriodInvalid
from metrics.volume.problems import (
    EnterpriseFiguresRefused,
    OutsideRecordScope,
    QuestionInvalid,
    TooManyGroups,
)
from metrics.volume.queries.answers import answer
from metrics.volume.rules.asking import Words, ask
from metrics.volume.rules.questions import FILTERS_OF_FACTS, CohortOf, Scope
from metrics.volume.schemas import VolumeAnswer, VolumeParameters, table
from service_chassis.dependencies import AtHand
from service_chassis.identity import Caller, Principal
from service_chassis.policy import requires
from service_chassis.problems import problem_responses
from service_chassis.tabular import CSV, write_csv

router = APIRouter(prefix="/v1/volumes", tags=["volumes"], dependencies=[requires("figures:read")])


@router.get(
    "",
    response_model=VolumeAnswer,
    responses={
        200: {"content": {CSV: {"schema": {"type": "string"}}}},
        **problem_responses(
            QuestionInvalid,
            PeriodInvalid,
            HoursNotKept,
            TooManyGroups,
            EnterpriseFiguresRefused,
            OutsideRecordScope,
        ),
    },
)
async def ask_for_volumes(
    parameters: Annotated[VolumeParameters, Query()],
    caller: Caller,
    runtime: AtHand,
    request: Request,
) -> Response:
    """Ask for figures of a period, with growth, shares and conversion, as JSON or CSV."""
    sees_enterprises = "figures:enterprises" in caller.scopes
    question = ask(_words(parameters), scope_of(caller), sees_enterprises=sees_enterprises)
    async with runtime.database.reading(snapshot=True) as session:
        found = await answer(session, question, runtime.clock.now())
    if _wants_csv(parameters, request):
        content = write_csv(*table(found))
        disposition = {"Content-Disposition": 'attachment; filename="volumes.csv"'}
        return Response(content, media_type=CSV, headers=disposition)
    return Response(found.model_dump_json(), media_type="application/json")


def scope_of(caller: Principal) -> Scope:
    """What of the figures the caller may see at all."""
    return Scope(caller.platform, caller.parks, caller.enterprises, caller.region)


def _words(parameters: VolumeParameters) -> Words:
    return Words(
        period=parameters.period,
        measures=parameters.measure,
        group_by=parameters.group_by,
        by=parameters.by,
        plan=parameters.plan,
        nodes=parameters.node,
        parks=parameters.park,
        regions=parameters.region,
        enterprises=parameters.enterprise,
        of_facts={name: getattr(parameters, name) for name in FILTERS_OF_FACTS},
        comparisons=[each for each in Comparison if getattr(parameters, each.value)],
        like_for_like=parameters.like_for_like,
        cohort=CohortOf(parameters.cohort),
        share=parameters.share,
        currencies=parameters.currency,
    )


def _wants_csv(parameters: VolumeParameters, request: Request) -> bool:
    if parameters.format:
        return parameters.format == "csv"
    accepted = request.headers.get("accept", "").lower()
    return CSV in accepted and "application/json" not in accepted
