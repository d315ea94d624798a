"""A real SMTP server on loopback that keeps every mail it gets and passes none on."""

import asyncio
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, Envelope, Session

if TYPE_CHECKING:
    from email.message import Message


class Catcher:
    """Listens on a free port of 127.0.0.1; each mail becomes a file in `folder` and waits in a queue."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made if it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self._folder = folder
        self._mails: list[bytes] = []
        self._came = Condition()
        self._number = 0
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Catcher":
        """Listen."""
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep one mail, with its envelope on top; aiosmtpd calls this."""
        content: Any = envelope.content
        self._number += 1
        head = f"X-Envelope: from {envelope.mail_from} to {', '.join(envelope.rcpt_tos)}\r\n"
        (self._folder / f"{self._number}.eml").write_bytes(head.encode() + content)
        with self._came:
            self._mails.append(content)
            self._came.notify_all()
        return "250 Caught, and kept here"

    def find(self, wanted: Callable[[bytes], bool], seconds: float) -> bytes | None:
        """The first mail that is wanted, as it came over the wire; None if none comes in time."""
        with self._came:
            self._came.wait_for(lambda: any(map(wanted, self._mails)), seconds)
            return next(filter(wanted, self._mails), None)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: SMTP(self, hostname="catcher", loop=self._loop), "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.close()


def readable(mail: bytes) -> str:
    """A mail's headers and its text decoded, as a mail program would show them."""
    message: Message = message_from_bytes(mail)
    head = "\n".join(f"{name}: {value}" for name, value in message.items())
    payload: Any = message.get_payload(decode=True)
    return f"{head}\n\n{payload.decode('utf-8').replace(chr(13), '')}"
