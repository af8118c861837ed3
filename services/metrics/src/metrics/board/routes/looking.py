"""Who looks at the board, at which wall, and in what taste."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, cast

from fastapi import Depends, Query, Request

from metrics.board.problems import DateNotShown
from metrics.board.rules.walls import Language, Taste, Theme, Wall
from metrics.board.use_cases.watching import Boards
from metrics.volume.routes import scope_of
from reference_data.shanghai import business_date
from service_chassis.dependencies import runtime_of
from service_chassis.identity import Caller, identify
from service_chassis.identity_book import AUDIENCE_OF_WALLS, COOKIE_OF_WALLS
from service_chassis.languages import prefers_chinese
from service_chassis.policy import requires_any

CREDENTIAL = COOKIE_OF_WALLS
LANGUAGE, THEME = f"{CREDENTIAL}_language", f"{CREDENTIAL}_theme"
FIRST_YEAR = 1993


def path_of(request: Request) -> str:
    """Where the board is found in a browser."""
    return f"{request.scope.get('root_path', '').rstrip('/')}/board"


def taste_of(request: Request) -> Taste:
    """What the address says, else what the browser keeps, else what it prefers."""

    def chosen(parameter: str, cookie: str, known: tuple[str, ...]) -> str | None:
        for value in (request.query_params.get(parameter), request.cookies.get(cookie)):
            if value in known:
                return value
        return None

    language = chosen("lang", LANGUAGE, ("zh", "en"))
    theme = chosen("theme", THEME, ("auto", "light", "dark"))
    return Taste(
        cast("Language", language or ("zh" if prefers_chinese(request.scope) else "en")),
        cast("Theme", theme or "auto"),
    )


async def _recognise(request: Request) -> None:
    """Take the cookie for a credential where no Authorization header is sent."""
    await still_good(request)()


def still_good(request: Request) -> Callable[[], Awaitable[object]]:
    """A check that raises `NotAuthenticated` once the credential of the request has ended."""
    identity = request.app.state.identity
    cookie = request.cookies.get(CREDENTIAL)
    if "authorization" in request.headers or not cookie:

        async def by_header() -> object:
            request.scope.setdefault("state", {}).pop("principal", None)
            return await identify(request)

        return by_header

    async def by_cookie() -> object:
        verified = await identity.verified(cookie, AUDIENCE_OF_WALLS)
        request.scope.setdefault("state", {})["principal"] = verified.principal
        return verified

    return by_cookie


VIEWERS: list[Any] = [Depends(_recognise), requires_any("board:read", "figures:read")]
"""The dependencies of a route of the board: the cookie is read before the policy asks."""


async def _boards(request: Request) -> Boards:
    state = request.app.state
    if not hasattr(state, "boards"):
        state.boards = Boards(runtime_of(request))
    boards: Boards = state.boards
    return boards


async def _wall(
    request: Request,
    caller: Caller,
    on: Annotated[date | None, Query(description="A business date that is over")] = None,
) -> Wall:
    today = business_date(runtime_of(request).clock.now())
    if on is not None and (on.year < FIRST_YEAR or on > today):
        raise DateNotShown(f"The board shows dates from {FIRST_YEAR}-01-01 to {today}, not {on}.")
    # Today has no evening yet: it is the board that follows the clock.
    return Wall(scope_of(caller), None if on == today else on)


AllBoards = Annotated[Boards, Depends(_boards)]
LookedAt = Annotated[Wall, Depends(_wall)]
