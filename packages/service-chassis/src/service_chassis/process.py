"""A process: server, relays, consumers and sweepers are peers; when one dies, all end."""

import asyncio
import gc
import logging
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from service_chassis import telemetry
from service_chassis.stopping import Stopping

logger = logging.getLogger(__name__)

GRACE_SECONDS = 35.0
"""Inside the 40 s that an operator's platform gives before it kills."""
DRAIN_SECONDS = 20
LOOK_SECONDS = 0.5
WORST_OF_SECONDS = 30


class PeerServer(uvicorn.Server):
    """uvicorn without its own signal handling, which would end the peers in mid-work."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: object, host: str, port: int) -> PeerServer:
    """An HTTP server for an ASGI application."""
    return PeerServer(
        uvicorn.Config(
            app,  # type: ignore[arg-type]
            host=host,
            port=port,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            timeout_keep_alive=75,
        )
    )


def collect_garbage_seldom() -> None:
    """Let what is loaded by now stay out of collections, and make those rare.

    Looking through it again and again took a third of the time of a worker that handles batches
    of facts, and showed in the slowest of a hundred answers.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def run_process(
    servers: Sequence[PeerServer],
    peers: Sequence[Callable[[Stopping], Awaitable[None]]],
    stopping: Stopping,
    *,
    name: str = "yuanqu",
) -> None:
    """Run until a signal arrives or a peer fails, then end within the grace.

    HTTP ends first, so that nothing is accepted that nobody would send; then the peers finish
    the work in hand. A second signal ends at once: nothing committed is lost by that either.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _asked_to_stop, stopping)
    try:
        async with asyncio.TaskGroup() as group:
            serving = [group.create_task(_serve(each)) for each in servers]
            working = [group.create_task(_peer(peer, stopping)) for peer in peers]
            group.create_task(_watch_loop(stopping, name))
            group.create_task(_end(servers, serving, working, stopping))
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _asked_to_stop(stopping: Stopping) -> None:
    if stopping:
        logger.warning("asked to stop again, ending at once")
        raise SystemExit(1)
    logger.info("asked to stop")
    stopping.set()


async def _serve(each: PeerServer) -> None:
    await each.serve()
    if not each.should_exit:
        raise RuntimeError("the HTTP server ended by itself")


async def _peer(peer: Callable[[Stopping], Awaitable[None]], stopping: Stopping) -> None:
    await peer(stopping)
    if not stopping:
        raise RuntimeError(f"{getattr(peer, '__qualname__', peer)} ended by itself")


async def _end(
    servers: Sequence[PeerServer],
    serving: Sequence[asyncio.Task[None]],
    working: Sequence[asyncio.Task[None]],
    stopping: Stopping,
) -> None:
    await stopping.wait()
    for each in servers:
        each.should_exit = True
    _, late = await asyncio.wait([*serving, *working], timeout=GRACE_SECONDS)
    for task in late:
        logger.warning("did not end in time: %s", task.get_name())
        task.cancel()


async def _watch_loop(stopping: Stopping, name: str) -> None:
    """Show how late the loop wakes: that is how long something has blocked it."""
    loop = asyncio.get_running_loop()
    # Prometheus looks every 15 s: what happens in between must not slip through.
    late: deque[float] = deque([0.0], maxlen=int(WORST_OF_SECONDS / LOOK_SECONDS))
    shown = telemetry.EVENT_LOOP_LAG_SECONDS.labels(name)
    while not stopping:
        shown.set(max(late))
        before = loop.time()
        await stopping.sleep(LOOK_SECONDS)
        late.append(max(0.0, loop.time() - before - LOOK_SECONDS))
