"""The pages of the board: itself, the sign-in, and what is shown when neither can be."""

from hashlib import sha256
from importlib.resources import files
from typing import Any

from metrics.board.rules import amounts
from metrics.board.rules.walls import Taste
from metrics.board.rules.words import words
from metrics.board.schemas.cells import Teller
from metrics.board.schemas.pictures import Picture
from metrics.board.schemas.sections import NAMES, TEMPLATES, Sections

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # Without a referrer browsers send `Origin: null` with a form, and over plain http nothing else
    # tells the board's own form from a stranger's.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MEDIA_TYPES = {
    "board.js": "text/javascript; charset=utf-8",
    "board.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
ASSETS = {name: (files("metrics.board") / "assets" / name).read_bytes() for name in MEDIA_TYPES}
RELEASE = sha256(
    b"".join(ASSETS.values())
    + b"".join(
        TEMPLATES.loader.get_source(TEMPLATES, name)[0].encode()
        for name in sorted(TEMPLATES.list_templates())
        if TEMPLATES.loader
    )
).hexdigest()[:12]
"""Changes with the page: a wall that was opened months ago loads itself again after an upgrade."""
_NO_SECTIONS = {name: f'<div id="s-{name}" hidden></div>' for name in NAMES}


def shown(picture: Picture | None, made: Sections | None, taste: Taste, path: str) -> str:
    """The board; without a picture a page that goes on trying."""
    return _page(
        "board.html",
        taste,
        path,
        picture=picture,
        sections=made.html if made else _NO_SECTIONS,
        digest=made.digest if made else "",
        area=_area(picture, Teller(taste.language)),
        clock="" if picture is None else amounts.clock(picture.as_of),
    )


def sign_in(taste: Taste, path: str, reason: str | None) -> str:
    """The form that takes a wall token; `reason` is a part of a key of the words."""
    told = words(taste.language).get(f"reason_{reason}")
    return _page("sign_in.html", taste, path, told=told, reason=reason)


def trouble(taste: Taste, path: str, title: str, detail: str, *, again: bool) -> str:
    """What went wrong; with `again` the page loads itself until it is over."""
    return _page("trouble.html", taste, path, title=title, detail=detail, again=again)


def _page(template: str, taste: Taste, path: str, **view: Any) -> str:
    text = words(taste.language)
    return TEMPLATES.get_template(template).render(
        t=text, taste=taste, path=path, release=RELEASE, **view
    )


def _area(picture: Picture | None, teller: Teller) -> str:
    """Whose figures these are."""
    if picture is None:
        return ""
    scope, told = picture.wall.scope, []
    if picture.area:
        told.append(" · ".join(teller.name(each) for each in picture.area[:3]))
        if len(picture.area) > 3:  # noqa: PLR2004
            told.append(f"+{len(picture.area) - 3}")
    if scope.platform is not None:
        told.append(f"{teller.words['platform_of']} {scope.platform}")
    if scope.enterprises is not None:
        told.append(f"{teller.words['enterprises_of']}: {len(scope.enterprises)}")
    return " ".join(told) or teller.words["everything"]
