"""The stream of news of an open board."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from metrics.board.problems import BoardFull
from metrics.board.routes.looking import (
    VIEWERS,
    AllBoards,
    LookedAt,
    path_of,
    still_good,
    taste_of,
)
from metrics.board.use_cases.telling import Viewer, told
from service_chassis.problems import problem_responses

router = APIRouter(prefix="/board", tags=["board"], include_in_schema=False, dependencies=VIEWERS)


@router.get("/events", responses=problem_responses(BoardFull))
async def stream_news(
    request: Request,
    wall: LookedAt,
    boards: AllBoards,
    seen: Annotated[str | None, Query(max_length=16)] = None,
) -> StreamingResponse:
    """Stream server-sent events: HTML of the sections that changed, every five seconds at most."""
    viewer = Viewer(
        wall=wall,
        language=taste_of(request).language,
        path=path_of(request),
        seen=request.headers.get("last-event-id") or seen,
        check=still_good(request),
    )
    boards.check_room()
    return StreamingResponse(
        told(boards, viewer),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
