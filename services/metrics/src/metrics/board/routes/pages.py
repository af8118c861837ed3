"""The pages of the board, its assets, and the cookie that signs a browser in and out."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from metrics.board.problems import DateNotShown, SignInRefused
from metrics.board.routes.looking import (
    CREDENTIAL,
    LANGUAGE,
    THEME,
    VIEWERS,
    AllBoards,
    LookedAt,
    path_of,
    taste_of,
)
from metrics.board.schemas import pages
from service_chassis.dependencies import AtHand
from service_chassis.identity import NotAuthenticated, TokenExpired, TokenRevoked
from service_chassis.identity_book import AUDIENCE_OF_WALLS
from service_chassis.languages import prefers_chinese
from service_chassis.policy import public
from service_chassis.problems import Problem, RouteNotFound, Unavailable
from service_chassis.retries import verdict

TASTE_SECONDS = 366 * 86_400
SEE_OTHER = 303
FRESH = {"Retry-After": "5"}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route for people: what goes wrong is a page, and who is unknown is led to the sign-in."""

    def get_route_handler(self) -> Handler:
        """The handler of FastAPI, with problems turned into pages."""
        handle = super().get_route_handler()

        async def handle_for_people(request: Request) -> Response:
            try:
                return await handle(request)
            except NotAuthenticated as unknown:
                if "authorization" in request.headers:
                    raise
                return _to_sign_in(request, unknown)
            except Problem as problem:
                return _trouble(request, problem)
            except RequestValidationError:
                return _trouble(request, DateNotShown("Write a date as 2013-11-30."))
            except Exception as error:
                if verdict(error) != "passing":
                    raise
                return _trouble(request, Unavailable("The database is away."))

        return handle_for_people


router = APIRouter(prefix="/board", tags=["board"], include_in_schema=False, route_class=PageRoute)


@router.get("", dependencies=VIEWERS)
async def show_board(request: Request, wall: LookedAt, boards: AllBoards) -> Response:
    """Show the figures, and keep them current where the browser runs scripts."""
    taste, path = taste_of(request), path_of(request)
    if {"lang", "theme"} & request.query_params.keys():
        return _keep_taste(request, path)
    shown = await boards.look(wall)
    made = shown.sections(taste.language, path)
    page = pages.shown(shown.picture, made, taste, path)
    status = 200 if shown.picture else 503
    return HTMLResponse(page, status, {**pages.HEADERS, **({} if shown.picture else FRESH)})


@router.get("/sign-in", dependencies=[public()])
async def show_sign_in(request: Request, reason: Annotated[str | None, Query()] = None) -> Response:
    """Show the form that takes a wall token."""
    taste, path = taste_of(request), path_of(request)
    if {"lang", "theme"} & request.query_params.keys():
        return _keep_taste(request, f"{path}/sign-in")
    return HTMLResponse(pages.sign_in(taste, path, reason), headers=pages.HEADERS)


@router.post("/sign-in", dependencies=[public()])
async def sign_in(request: Request, runtime: AtHand) -> Response:
    """Keep a wall token as a cookie that scripts cannot read.

    Whoever follows a link of a portal is still signed in: what is read with GET changes nothing,
    and what is posted must come from the board's own page.
    """
    _check_own_page(request)
    form = parse_qs((await request.body()).decode("ascii", "replace"))
    token = form.get("credential", [""])[0].strip()
    try:
        verified = await request.app.state.identity.verified(token, AUDIENCE_OF_WALLS)
    except NotAuthenticated as refused:
        return _to_sign_in(request, refused)
    rest = int(verified.expires - runtime.clock.now().timestamp())
    answer = RedirectResponse(path_of(request), SEE_OTHER, pages.HEADERS)
    answer.set_cookie(
        CREDENTIAL,
        token,
        max_age=max(1, rest),
        path=path_of(request),
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/sign-out", dependencies=[public()])
async def sign_out(request: Request) -> Response:
    """Let the browser forget the wall token."""
    _check_own_page(request)
    return _forget(request, "signed_out")


@router.get("/assets/{name}", dependencies=[public()])
async def show_asset(request: Request, name: str) -> Response:
    """Serve the style sheet, the script and the icon.

    Only those of the release that the page names are kept by browsers: while releases change, an
    old process may be asked for what a new page needs.
    """
    if name not in pages.ASSETS:
        raise RouteNotFound(f"The board has no {name!r}.")
    is_asked_for = request.url.query == pages.RELEASE
    keep = "public, max-age=86400" if is_asked_for else "no-store"
    headers = {"Content-Type": pages.MEDIA_TYPES[name], "Cache-Control": keep}
    return Response(pages.ASSETS[name], headers=headers)


def _keep_taste(request: Request, address: str) -> Response:
    """Keep the language and the colours in cookies, and leave the rest of the address."""
    chosen, taste = request.query_params, taste_of(request)
    rest = urlencode([pair for pair in chosen.multi_items() if pair[0] not in {"lang", "theme"}])
    answer = RedirectResponse(f"{address}?{rest}" if rest else address, SEE_OTHER, pages.HEADERS)
    for parameter, cookie, value in (
        ("lang", LANGUAGE, taste.language),
        ("theme", THEME, taste.theme),
    ):
        if parameter in chosen:
            answer.set_cookie(
                cookie,
                value,
                max_age=TASTE_SECONDS,
                path=path_of(request),
                secure=_is_https(request),
                httponly=True,
                samesite="lax",
            )
    return answer


def _to_sign_in(request: Request, unknown: NotAuthenticated) -> Response:
    match unknown:
        case TokenExpired():
            return _forget(request, "expired")
        case TokenRevoked():
            return _forget(request, "revoked")
    if request.method == "POST" or CREDENTIAL in request.cookies:
        return _forget(request, "invalid")
    return _forget(request, None)


def _forget(request: Request, reason: str | None) -> Response:
    kept = [pair for pair in request.query_params.multi_items() if pair[0] in {"lang", "theme"}]
    query = urlencode([*kept, *([("reason", reason)] if reason else [])])
    path = path_of(request)
    answer = RedirectResponse(
        f"{path}/sign-in?{query}" if query else f"{path}/sign-in", SEE_OTHER, pages.HEADERS
    )
    if CREDENTIAL in request.cookies:
        answer.delete_cookie(
            CREDENTIAL,
            path=path,
            secure=_is_https(request),
            httponly=True,
            samesite="lax",
        )
    return answer


def _trouble(request: Request, problem: Problem) -> Response:
    title = problem.title_zh if prefers_chinese(request.scope) else problem.title_en
    page = pages.trouble(
        taste_of(request),
        path_of(request),
        title,
        problem.detail,
        again=problem.status == Unavailable.status,
    )
    return HTMLResponse(page, problem.status, {**pages.HEADERS, **problem.headers()})


def _check_own_page(request: Request) -> None:
    """Browsers name the page a form was sent from; another site's form signs nobody in or out."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    if site is None and origin is not None:
        foreign = urlsplit(origin).netloc != request.headers.get("host")
    if foreign:
        raise SignInRefused("The form was sent from another site.")


def _is_https(request: Request) -> bool:
    return request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
