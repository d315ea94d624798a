"""Send beside the page, which waits for no mail server."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from threading import Thread

from followup.errors import Busy, StoreError, UsageError
from followup.steps.dispatch import dispatch
from followup.steps.parts import Current
from followup.steps.stop import Stop, Work
from followup.store.database import open_store

LOCK_SECONDS = 1.0


@contextmanager
def sending(current: Current) -> Iterator[Callable[[], None]]:
    """Gives a function that sends what is due, in a thread, one dispatch after the other; at the end the mail in hand
    is finished, or cut short.
    """
    work = Work()
    try:
        yield lambda: Thread(target=work.do, args=[lambda: _send(current, work.stop)], daemon=True, name="send").start()
    finally:
        work.end()


def _send(current: Current, stop: Stop) -> None:
    """Send what is due, after what another process sends just now.

    What hinders it is kept for the page by dispatch; where not even that can be kept, or where the settings cannot be
    used, every page says so.
    """
    with suppress(StoreError, UsageError):
        parts = current()
        with closing(open_store(parts.store.folder, parts.store.person)) as store:
            own = replace(parts, store=store)
            while not stop.wished:
                with suppress(Busy):
                    dispatch(own, own.clock(), stop=stop, wait=LOCK_SECONDS)
                    return
