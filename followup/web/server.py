"""Serve the page on loopback from a thread, until it is closed."""

import errno
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer, create_server
from waitress.wasyncore import close_all

from followup.errors import Busy, Refused
from followup.steps.parts import Current, Parts
from followup.web.application import application
from followup.web.door import PLAIN, Door, own_host

LINK = "page.link"
HOST = "page.host"
IDLE = 64
"""So many connections at each address may be open without a whole request."""
END_SECONDS = 2
LIMITS = {
    "threads": 4,
    "connection_limit": 400,
    "asyncore_use_poll": True,
    "channel_timeout": 10,
    "cleanup_interval": 5,
    "max_request_header_size": 1_048_576,
    "max_request_body_size": 262_144,
}
"""A person's browser needs no more; what sends for ever, or far too much, is cut off."""


class _Channel(HTTPChannel):  # type: ignore[misc]
    """Half a request is no activity: who sends it byte by byte is cut off as soon as who sends nothing, and whoever
    has waited longest for the rest of one makes room for who comes.
    """

    last_activity: float

    def __init__(self, server: TcpWSGIServer, *about: Any, **more: Any) -> None:
        super().__init__(server, *about, **more)
        idle = [one for one in server.active_channels.values() if not (one.requests or one.writable())]
        if len(idle) > IDLE:
            min(idle, key=attrgetter("last_activity")).will_close = True

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
        listening = _listening(store.folder, port)
        logging.getLogger("waitress").addHandler(logging.NullHandler())
        number = listening[0].getsockname()[1]
        door = _door(store.folder, number)
        app = application(current, door, number, send_soon)
        connections: dict[int, Any] = {}
        server: Any = create_server(app, map=connections, sockets=listening, ident=None, **LIMITS)
        servers = [one for one in connections.values() if isinstance(one, TcpWSGIServer)]
        for one in servers:
            one.channel_class = _Channel
        loop = threading.Thread(target=server.run, name="page", daemon=True)
        loop.start()
        try:
            yield door.link
        finally:
            door.close()
            # Its own thread must close what it is waiting on: every connection, so that no page is asked for any more.
            servers[0].trigger.pull_trigger(lambda: close_all(connections, ignore_all=True))
            loop.join(END_SECONDS)
            server.task_dispatcher.shutdown(timeout=END_SECONDS)


def _listening(folder: Path, port: int) -> list[socket.socket]:
    """This port at each loopback address of the machine, since a browser tries them all; raises Refused."""
    try:
        sockets = [socket.create_server((PLAIN, port))]
        number = sockets[0].getsockname()[1]
        try:
            sockets.append(socket.create_server(("::1", number), family=socket.AF_INET6))
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):  # There is no such address here.
                sockets[0].close()
                raise
    except OSError as error:
        # Whoever has the port may have been told the page's host by a browser that looked for it there.
        (folder / HOST).unlink(missing_ok=True)
        # Its own words name the address that was tried (socket.create_server).
        why = os.strerror(error.errno) if error.errno else str(error)
        raise Refused(f"Port {port} cannot be used ({why}). Choose another: followup web --port 0") from None
    return sockets


def _door(folder: Path, port: int) -> Door:
    try:
        return Door(folder / LINK, own_host(folder / HOST), port)
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(f"The page cannot be opened: {folder / LINK}, the way in, cannot be written ({why}).") from None


def way_in(parts: Parts) -> Path:
    """A page that leads to the link, for a browser to be opened with."""
    return (parts.store.folder / LINK).with_suffix(".html").absolute()


def link_of(parts: Parts) -> str:
    """The link to the page that another process serves; raises Busy if there is none."""
    try:
        return (parts.store.folder / LINK).read_text(encoding="ascii")
    except OSError:
        raise Busy("Another followup serves the page already, and its link is gone. Start it again.") from None
