"""What an open board is told: server-sent events, as the HTML standard has them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from metrics.board.rules import amounts
from metrics.board.rules.walls import Language, Wall
from metrics.board.schemas.pages import RELEASE
from metrics.board.use_cases.watching import Boards, Shown
from service_chassis.identity import NotAuthenticated, TokenExpired
from service_chassis.retries import verdict

BEAT_SECONDS = 5.0
"""A revoked credential looks on for no longer, and no proxy takes the stream for dead."""
RECONNECT_MILLISECONDS = 3_000
SHORTEST_WAIT_SECONDS = 0.05
HEARTBEAT = b": still here\n\n"


@dataclass(slots=True)
class Viewer:
    """An open board: what it looks at, what it has, and whether it still may."""

    wall: Wall
    language: Language
    path: str
    seen: str | None
    """The digest of the sections it has."""
    check: Callable[[], Awaitable[object]]
    """Raises `NotAuthenticated` once its credential has ended."""


async def told(boards: Boards, viewer: Viewer) -> AsyncIterator[bytes]:
    """Events until the credential ends, the viewer leaves or the process stops.

    `figures`: the sections that changed; `current`: nothing changed; `problem`: no figures can be
    read now; `ended`: the credential is good no more. A comment is a heartbeat.
    """
    stopping = boards.runtime.stopping
    with boards.watching():
        yield f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
        has: dict[str, str] = {}
        try:
            while not stopping:
                shown = None
                async for shown in _awaited(boards, viewer.wall):
                    # After every picture too: a slow one is not for whom was revoked meanwhile.
                    await _check(viewer)
                    if shown is None:
                        yield HEARTBEAT
                if shown is None:
                    return
                yield _news(shown, viewer, has)
                async for is_over in _waited(boards, shown.until):
                    await _check(viewer)
                    if not is_over:
                        yield HEARTBEAT
        except NotAuthenticated as ended:
            reason = "expired" if isinstance(ended, TokenExpired) else "revoked"
            yield _event("ended", {"reason": reason})


async def _awaited(boards: Boards, wall: Wall) -> AsyncIterator[Shown | None]:
    """The picture; None whenever it has not come for a beat; nothing if the process stops."""
    looking = asyncio.ensure_future(boards.look(wall))
    stopped = asyncio.ensure_future(boards.runtime.stopping.wait())
    try:
        while not looking.done() and not stopped.done():
            await asyncio.wait(
                {looking, stopped},
                timeout=BEAT_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not looking.done() and not stopped.done():
                yield None
        if looking.done():
            yield looking.result()
    finally:
        looking.cancel()
        stopped.cancel()


async def _waited(boards: Boards, until: float) -> AsyncIterator[bool]:
    """Wait until then; at every beat and at the end, whether it is the end."""
    stopping = boards.runtime.stopping
    while not stopping:
        rest = max(until - monotonic(), SHORTEST_WAIT_SECONDS)
        await stopping.sleep(min(rest, BEAT_SECONDS))
        if stopping:
            return
        is_over = rest <= BEAT_SECONDS
        yield is_over
        if is_over:
            return


async def _check(viewer: Viewer) -> None:
    try:
        await viewer.check()
    except NotAuthenticated:
        raise
    except Exception as error:
        # A database that is away is told with the figures; whoever was let in stays in.
        if verdict(error) != "passing":
            raise


def _news(shown: Shown, viewer: Viewer, has: dict[str, str]) -> bytes:
    made = shown.sections(viewer.language, viewer.path)
    if made is None or shown.picture is None:
        return _event("problem", {})
    current = {"clock": amounts.clock(shown.picture.as_of), "release": RELEASE}
    if not has and viewer.seen == made.digest:
        has.update(made.html)
    changed = {name: html for name, html in made.html.items() if has.get(name) != html}
    has.update(changed)
    if not changed:
        return _event("current", current)
    return _event("figures", current | {"sections": changed}, made.digest)


def _event(name: str, data: dict[str, Any], digest: str | None = None) -> bytes:
    # JSON has no line breaks of its own: one data line holds it.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    named = f"id: {digest}\n" if digest else ""
    return f"{named}event: {name}\ndata: {text}\n\n".encode()
