"""The measure dictionary over HTTP."""

from fastapi import APIRouter

from metrics.measure.rules import MEASURES, OFFICIAL
from metrics.measure.schemas import MeasureList, shown
from service_chassis.policy import requires

router = APIRouter(
    prefix="/v1/measures", tags=["measures"], dependencies=[requires("figures:read")]
)


@router.get("")
async def list_measures() -> MeasureList:
    """List the measures, what each adds and under which conditions."""
    return MeasureList(
        items=[shown(measure, official=measure.code == OFFICIAL) for measure in MEASURES]
    )
