"""A wish to end soon: given by a signal, and from another thread to a step that is sending."""

import asyncio
import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Lock, Thread

PATIENCE_SECONDS = 7.0
"""How long an end waits for the message in hand, before it is cut short and in doubt."""
CUT_SECONDS = 1.5
LOOK_SECONDS = 0.2
"""How often a command that sends looks whether a signal came."""
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


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


class Work:
    """Steps of several threads, one at a time, until an end is wished."""

    def __init__(self) -> None:
        self.stop = Stop()
        self._at_work = Lock()

    def do(self, step: Callable[[], None]) -> None:
        """Wait for the step in hand, then do this one; nothing is begun any more once the end is wished."""
        with self._at_work:
            if not self.stop.wished:
                step()

    def end(self) -> bool:
        """Let the step in hand finish, or cut it short when that takes too long; whether nothing is at work now."""
        self.stop.wish()
        if self._rests(PATIENCE_SECONDS):
            return True
        self.stop.now()
        return self._rests(CUT_SECONDS)

    def _rests(self, within: float) -> bool:
        rests = self._at_work.acquire(timeout=within)
        if rests:
            self._at_work.release()
        return rests


@contextmanager
def stopping() -> Iterator[Stop]:
    """A Stop for one step of a command, which a signal to end gives as the daemon does: the mail in hand is finished,
    or cut short when that takes too long.
    """
    stop, done = Stop(), Event()

    def listen() -> None:
        while not done.is_set():
            if ended(LOOK_SECONDS):
                stop.wish()
                if not done.wait(PATIENCE_SECONDS):
                    stop.now()
                if not done.wait(CUT_SECONDS):
                    # What asks a name server or for a password cannot be cut short; the store is made for that.
                    os._exit(1)
                return

    with signals() as ended:
        listener = Thread(target=listen, daemon=True, name="signals")
        listener.start()
        try:
            yield stop
        finally:
            done.set()
            listener.join()


@contextmanager
def signals() -> Iterator[Callable[[float], bool]]:
    """Gives a function that waits so many seconds, and says whether a signal to end came.

    A byte that lies ready wakes whoever waits or is about to. An Event, set by a handler, would not: its lock may be
    held by the very thread that the handler interrupts, and a signal just before the wait is seen after it.
    """
    reader, writer = socket.socketpair()
    writer.settimeout(0)
    with reader, writer:
        before = signal.set_wakeup_fd(writer.fileno())
        handlers = {number: signal.signal(number, lambda *_: None) for number in ENDING}
        try:
            yield lambda seconds: bool(select.select([reader], [], [], seconds)[0])
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
