"""The wish to stop, shared by everything a process runs."""

import asyncio


class Stopping:
    """Set once; everything that loops asks it and everything that sleeps waits on it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        """Ask everything to end with the work in hand."""
        self._event.set()

    async def wait(self) -> None:
        """Return when the process is asked to stop."""
        await self._event.wait()

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not past the wish to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            pass
