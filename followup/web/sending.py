"""Send beside the page, which waits for no mail server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

from followup.errors import Busy, FollowupError
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.steps.stop import Stop, Work
from followup.store import tracker
from followup.store.database import open_store

LOCK_SECONDS = 1.0


@contextmanager
def sending(parts: Parts) -> Iterator[Callable[[], None]]:
    """Gives a function that sends what is due, in a thread, one dispatch after the other; at the end the mail in hand
    is finished, or cut short.
    """
    work = Work()
    try:
        yield lambda: Thread(target=work.do, args=[lambda: _send(parts, work.stop)], daemon=True, name="send").start()
    finally:
        work.end()


def _send(parts: Parts, stop: Stop) -> None:
    """Send what is due, after what another process sends just now; what hinders it stands on the page."""
    store = open_store(parts.store.folder, parts.store.person)
    own = replace(parts, store=store)
    try:
        while not stop.wished:
            try:
                trouble = dispatch(own, own.clock(), stop=stop, wait=LOCK_SECONDS).trouble
            except Busy:
                continue
            except FollowupError as error:
                trouble = str(error)
            with store.transaction():
                tracker.ran(store, "dispatch", own.clock(), trouble)
            return
    finally:
        store.close()
