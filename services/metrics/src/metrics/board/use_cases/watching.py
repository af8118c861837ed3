"""The pictures that open boards show, each computed once for all who look at it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from metrics import telemetry
from metrics.board.problems import BoardFull
from metrics.board.queries.pictures import picture
from metrics.board.rules.walls import Language, Wall
from metrics.board.schemas.pictures import Picture
from metrics.board.schemas.sections import Sections, sections
from service_chassis.retries import verdict
from service_chassis.service import Runtime

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5.0
# A picture that takes long is taken seldom, so that a wall uses a tenth of a connection at the
# most; no wall waits for longer than a minute for its next one.
SHARE_OF_TIME = 10
LONGEST_PAUSE_SECONDS = 60.0
# Of all walls, and every date is another: the other connections stay for everybody else.
MOST_READ_AT_ONCE = 2
MOST_VIEWERS = 200
MOST_WALLS = 64
RETRY_AFTER_SECONDS = 30


@dataclass(slots=True)
class Shown:
    """A picture, or None while none can be taken, and until when it is shown to everybody."""

    picture: Picture | None
    until: float
    _sections: dict[tuple[Language, str], Sections] = field(default_factory=dict)

    def sections(self, language: Language, path: str) -> Sections | None:
        """The picture as HTML, made once a language."""
        if self.picture is None:
            return None
        key = language, path
        if key not in self._sections:
            self._sections[key] = sections(self.picture, language, path)
        return self._sections[key]


class Boards:
    """The walls somebody looks at. Nothing is read while nobody asks."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.interval = INTERVAL_SECONDS
        self.most_viewers = MOST_VIEWERS
        self.taken = 0
        """How many pictures have been read from the database."""
        self.viewers = 0
        self._taking: dict[Wall, asyncio.Task[Shown]] = {}
        self._turns = asyncio.Semaphore(MOST_READ_AT_ONCE)

    async def look(self, wall: Wall) -> Shown:
        """The picture of the wall, at most an interval old."""
        taking = self._taking.get(wall)
        if taking is None or (taking.done() and _is_over(taking)):
            self._forget()
            taking = self._taking[wall] = asyncio.create_task(self._take(wall))
        # Whoever leaves takes the picture from nobody else.
        return await asyncio.shield(taking)

    def check_room(self) -> None:
        """Refuse a viewer beyond the most a process serves."""
        if self.viewers >= self.most_viewers:
            raise BoardFull(
                f"{self.viewers} boards are open at this process.",
                retry_after=RETRY_AFTER_SECONDS,
            )

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count a viewer while it looks."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        self.viewers += more
        telemetry.BOARD_VIEWERS.labels(telemetry.SERVICE).set(self.viewers)

    async def _take(self, wall: Wall) -> Shown:
        async with self._turns:
            started = monotonic()
            found = await self._read(wall)
            lasted = monotonic() - started
        pause = self.interval
        # What failed cost the database nothing that a pause would spare: boards come back with it.
        if found is not None:
            pause = min(max(pause, lasted * SHARE_OF_TIME), LONGEST_PAUSE_SECONDS)
        return Shown(found, monotonic() + pause)

    async def _read(self, wall: Wall) -> Picture | None:
        try:
            async with self.runtime.database.reading(snapshot=True) as session:
                found = await picture(session, wall, self.runtime.clock.now())
        except Exception as error:
            passing = verdict(error) == "passing"
            logger.log(
                logging.WARNING if passing else logging.ERROR,
                "could not take the picture of a board: %s",
                error,
                exc_info=None if passing else error,
            )
            return None
        self.taken += 1
        return found

    def _forget(self) -> None:
        """Walls nobody has looked at lately, so that dates asked for once do not pile up."""
        if len(self._taking) < MOST_WALLS:
            return
        over = [wall for wall, taking in self._taking.items() if taking.done() and _is_over(taking)]
        for wall in over or [next(iter(self._taking))]:
            del self._taking[wall]


async def show_no_viewers(_: Runtime) -> None:
    """The gauge is there from the start."""
    telemetry.BOARD_VIEWERS.labels(telemetry.SERVICE).set(0)


def _is_over(taking: asyncio.Task[Shown]) -> bool:
    return taking.cancelled() or taking.result().until <= monotonic()
