"""A wish to end soon, given from another thread to a step that is sending."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial


class Stop:
    """No further mail is begun once it is wished; `now` cuts the one in hand short."""

    def __init__(self) -> None:
        self.wished = False
        self._cut: Callable[[], object] = lambda: None

    def wish(self) -> None:
        """End after the mail in hand."""
        self.wished = True

    def now(self) -> None:
        """End at once: a mail whose answer is still awaited is then in doubt."""
        self.wished = True
        self._cut()

    @contextmanager
    def cutting(self) -> Iterator[Callable[[], bool]]:
        """Let `now` cancel the task that enters this; gives a function that says whether to end."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("there is no task to cut short")
        self._cut = partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel)
        try:
            yield lambda: self.wished or task.cancelling() > 0
        finally:
            self._cut = lambda: None
