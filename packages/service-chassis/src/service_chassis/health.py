"""``/livez`` says that the process turns, ``/readyz`` what it still waits for."""

import asyncio

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text

from service_chassis.dependencies import AtHand
from service_chassis.identity_book import KEY_READY
from service_chassis.policy import public
from service_chassis.service import Runtime

PATIENCE_SECONDS = 3.0

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """``waits_for`` is empty when everything is ready."""

    service: str
    status: str
    waits_for: list[str] = []


async def reasons_to_wait(runtime: Runtime) -> list[str]:
    """What a service waits for, a sentence each; empty when it is ready."""
    if fault := await _asked(_database_answers(runtime)):
        # Every other check reads the database.
        return [fault]
    checks = (KEY_READY, *runtime.service.readiness)
    answers = await asyncio.gather(*(_asked(check(runtime)) for check in checks))
    return [answer for answer in answers if answer]


async def _asked(check: "asyncio.Future[str | None] | object") -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await check  # type: ignore[misc,no-any-return]
    except TimeoutError:
        return f"waits for its database, silent for {PATIENCE_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001  # a check that fails is a reason, not a crash
        return f"waits: {type(error).__name__}"


async def _database_answers(runtime: Runtime) -> str | None:
    async with runtime.database.reading() as session:
        await session.execute(text("SELECT 1"))
    return None


@router.get("/livez", dependencies=[public()])
async def livez(runtime: AtHand) -> Health:
    """Say that the process answers; asks nobody else."""
    return Health(service=runtime.service.name, status="alive")


@router.get(
    "/readyz",
    dependencies=[public()],
    responses={503: {"model": Health, "description": "Not ready; waits_for names the reasons."}},
)
async def readyz(runtime: AtHand, response: Response) -> Health:
    """Say whether requests should come, and if not, what is missing."""
    reasons = await reasons_to_wait(runtime)
    if reasons:
        response.status_code = 503
    return Health(
        service=runtime.service.name,
        status="waiting" if reasons else "ready",
        waits_for=reasons,
    )
