"""Serve the page on loopback from a thread, until it is closed."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.wasyncore import close_all

from followup.errors import Busy, Refused
from followup.steps.parts import Current, Parts
from followup.web.access import Door
from followup.web.application import application

LINK = "page.link"
END_SECONDS = 2
LIMITS = {
    "threads": 4,
    "connection_limit": 100,
    "asyncore_use_poll": True,
    "channel_timeout": 10,
    "cleanup_interval": 5,
    "max_request_header_size": 16_384,
    "max_request_body_size": 262_144,
}
"""A person's browser needs no more; what sends for ever, or far too much, is cut off."""


class _Channel(HTTPChannel):  # type: ignore[misc]
    """Half a request is no activity: who sends it byte by byte is cut off as soon as who sends nothing."""

    last_activity: float

    def handle_read(self) -> None:
        before = self.last_activity
        super().handle_read()
        if self.request is not None:
            self.last_activity = before


@contextmanager
def serving(current: Current, port: int, send_soon: Callable[[], None]) -> Iterator[str]:
    """Serve one person's page; gives the link that lets them in, once. `send_soon` sends what is due, beside the page.

    Raises Busy if it is served already, Refused where the port cannot be had.
    """
    store = current().store
    with store.lock("web", busy="The page is served already. To open it: followup web"):
        try:
            listening = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            why = error.strerror or str(error)
            raise Refused(f"Port {port} cannot be used ({why}). Choose another: followup web --port 0") from None
        logging.getLogger("waitress").addHandler(logging.NullHandler())
        number = listening.getsockname()[1]
        door = _door(store.folder / LINK, number)
        app = application(current, door, number, send_soon)
        connections: dict[int, Any] = {}
        server: Any = create_server(app, map=connections, sockets=[listening], ident=None, **LIMITS)
        server.channel_class = _Channel
        loop = threading.Thread(target=server.run, name="page", daemon=True)
        loop.start()
        try:
            yield door.link
        finally:
            door.close()
            # Its own thread must close what it is waiting on: every connection, so that no page is asked for any more.
            server.trigger.pull_trigger(lambda: close_all(connections, ignore_all=True))
            loop.join(END_SECONDS)
            server.task_dispatcher.shutdown(timeout=END_SECONDS)


def _door(file: Path, port: int) -> Door:
    try:
        return Door(file, port)
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(f"The page cannot be opened: {file}, the way in, cannot be written ({why}).") from None


def link_of(parts: Parts) -> str:
    """The link to the page that another process serves; raises Busy if there is none."""
    try:
        return (parts.store.folder / LINK).read_text(encoding="ascii")
    except OSError:
        raise Busy("Another followup serves the page already, and its link is gone. Start it again.") from None
