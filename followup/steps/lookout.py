"""The tracker is looked at beside the network: a save is noticed, and holds letters, while mails wait for a server."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TypeVar

from followup.errors import StoreError, WorkError
from followup.steps.parts import Parts
from followup.steps.scan import ScanReport, scan
from followup.store import tracker
from followup.tracker import source

LOOK_SECONDS = 1.0
"""How often the file is looked at while a mail waits."""
PATIENCE_SECONDS = 5.0
"""How long another process that reads the tracker is waited for."""

Told = Callable[[ScanReport], None]
Value = TypeVar("Value")


def quietly(_report: ScanReport) -> None:
    """Tell nobody."""


class Lookout:
    """Looks at the tracker whenever its file has moved; `told` gets what came of it."""

    def __init__(self, parts: Parts, told: Told = quietly) -> None:
        self._parts = parts
        self._told = told
        self._signature: str | None = None
        self._looked = False

    def look(self) -> None:
        """Scan, if the file has moved since the last look. Raises WorkError where that cannot be done now."""
        signature = source.signature(self._parts.tracker)
        if not self._looked or signature != self._signature:
            report = scan(self._parts, self._parts.clock(), wait=PATIENCE_SECONDS)
            self._looked, self._signature = True, signature
            self._told(report)

    def has_seen_all(self) -> bool:
        """Whether what the tracker says by now is put down, so that a letter may go. Raises StoreError."""
        try:
            self.look()
        except StoreError:
            raise
        except WorkError:
            return False
        return self.disbelief() is None

    def disbelief(self) -> str | None:
        """Why what the tracker says by now is not known, or not believed: no letter may go by what it said before."""
        seen = tracker.seen(self._parts.store)
        return seen.trouble if seen is not None else None

    def glance(self) -> None:
        """Look where that can be done now; what stands in its way is told when it is looked at the next time."""
        with suppress(WorkError):
            self.look()

    async def beside(self, work: Coroutine[None, None, Value]) -> Value:
        """Do this, and look at the tracker all the while."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait([task], timeout=LOOK_SECONDS)
                self.glance()
        except asyncio.CancelledError:
            task.cancel()
        return await task
