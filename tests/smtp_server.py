"""A scripted SMTP server on loopback: the ground truth of what was accepted, byte for byte and when.

It shares no code with the product, nor with the library that the product sends with. A script names, for a phase of
the conversation, what to do instead of the usual answer: a reply such as `550 no`, or `drop` (close), `reset` (RST),
`hang` (say nothing until the client gives up), `accept-…` (keep the mail, then do the rest all the same), `cut` (call
`cut`, then answer as usual), `cut-…` (call it, then do the rest). Bytes go out as they are; then it closes. A list is
worked off answer by answer, and then all is as usual. `rcpt ADDRESS` names the answer for one recipient.
"""

import base64
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

PHASES = ("greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot", "rset", "quit")


@dataclass(frozen=True)
class Mail:
    """One accepted mail: envelope, the bytes after dot-unstuffing, the moment of acceptance."""

    sender: str
    recipient: str
    data: bytes
    at: float


@dataclass
class Server:
    """Serves until closed. `script` may be changed between connections; `commands` is all that clients said.

    More connections than `at_once` are turned away.
    """

    script: Mapping[str, str | bytes | list[str]] = field(default_factory=dict)
    password: str | None = None
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    offers: tuple[str, ...] = ("8BITMIME", "SIZE 10000000")
    delay_after_dot: float = 0.0
    between_bytes: float = 0.0
    at_once: int = 100
    cut: Callable[[], object] = lambda: None
    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    open: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    def _converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), self._counted():
            if self.implicit_tls and self.tls is not None:
                with self.tls.wrap_socket(connection, server_side=True) as secured:
                    _Conversation(self, secured, self._closing).run()
            else:
                _Conversation(self, connection, self._closing).run()


class _End(Exception):
    pass


class _Conversation:
    def __init__(self, server: Server, connection: socket.socket, closing: threading.Event) -> None:
        self._server = server
        self._closing = closing
        self._open(connection)
        self._secure = isinstance(connection, ssl.SSLSocket)
        self._sender = self._recipient = ""
        self._begun = False

    def _open(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def run(self) -> None:
        with suppress(_End), ExitStack() as self._opened:
            self._opened.callback(lambda: self._lines.close())
            crowded = self._server.open > self._server.at_once
            self._answer("greeting", "421 too many connections" if crowded else "220 ground truth")
            if crowded:
                raise _End
            while True:
                line = self._lines.readline()
                if not line:
                    return
                self._command(line.decode("utf-8", "replace").rstrip("\r\n"))

    def _command(self, line: str) -> None:
        self._server.commands.append(line)
        verb, _, rest = line.partition(" ")
        handler = getattr(self, f"_on_{verb.lower()}", None)
        if handler is None:
            self._say("502 not here")
        else:
            handler(rest)

    def _on_ehlo(self, _rest: str) -> None:
        offers = ["ground.truth", *self._server.offers]
        if self._server.tls is not None and not self._secure:
            offers.append("STARTTLS")
        if self._server.password is not None and (self._secure or self._server.tls is None):
            offers.append("AUTH PLAIN LOGIN XOAUTH2")
        usual = "".join(f"250-{offer}\r\n" for offer in offers[:-1]) + f"250 {offers[-1]}"
        self._answer("ehlo", usual)

    def _on_starttls(self, _rest: str) -> None:
        self._answer("starttls", "220 go on")
        if self._server.tls is None:
            raise _End
        self._lines.close()
        self._open(self._opened.enter_context(self._server.tls.wrap_socket(self._connection, server_side=True)))
        self._secure = True

    def _on_auth(self, rest: str) -> None:
        way, _, words = rest.partition(" ")
        given = base64.b64decode(words)
        if way.upper() == "XOAUTH2":
            right = given == f"user=sam\x01auth=Bearer {self._server.password}\x01\x01".encode()
        else:
            parts = given.split(b"\0")
            right = len(parts) == 3 and parts[2].decode() == self._server.password
        self._answer("auth", "235 welcome" if right else "535 5.7.8 wrong password")

    def _on_mail(self, rest: str) -> None:
        if self._begun:
            self._say("503 5.5.1 one mail at a time")
            return
        self._sender = _address(rest)
        self._begun = self._answer("mail", "250 ok").startswith("250")

    def _on_rcpt(self, rest: str) -> None:
        self._recipient = _address(rest)
        own = f"rcpt {self._recipient}"
        self._answer(own if own in self._server.script else "rcpt", "250 ok")

    def _on_data(self, _rest: str) -> None:
        if not self._answer("data", "354 go on").startswith("354"):
            return
        lines = []
        while (line := self._lines.readline()) != b".\r\n":
            if not line:
                raise _End
            lines.append(line[1:] if line.startswith(b"..") else line)
        self._closing.wait(self._server.delay_after_dot)
        scripted = self._scripted("dot", "250 2.0.0 kept")
        if isinstance(scripted, str) and scripted.startswith(("250", "accept-")):
            mail = Mail(self._sender, self._recipient, b"".join(lines), time.time())
            self._server.mails.append(mail)
        self._begun = False
        self._do(scripted)

    def _on_rset(self, _rest: str) -> None:
        self._begun = False
        self._answer("rset", "250 ok")

    def _on_quit(self, _rest: str) -> None:
        self._answer("quit", "221 bye")
        raise _End

    def _answer(self, phase: str, usual: str) -> str:
        return self._do(self._scripted(phase, usual))

    def _scripted(self, phase: str, usual: str) -> str | bytes:
        scripted = self._server.script.get(phase, usual)
        if isinstance(scripted, list):
            scripted = scripted.pop(0) if scripted else usual
        if isinstance(scripted, str) and scripted.startswith("cut"):
            self._server.cut()
            return scripted.removeprefix("cut").removeprefix("-") or usual
        return scripted

    def _do(self, scripted: str | bytes) -> str:
        if isinstance(scripted, bytes):
            self._connection.sendall(scripted)
            raise _End
        if scripted in ("drop", "accept-drop"):
            raise _End
        if scripted == "reset":
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._lines.close()
            self._connection.close()
            raise _End
        if scripted == "hang":
            self._closing.wait(60)
            raise _End
        self._say(scripted.removeprefix("accept-"))
        if scripted.startswith("421"):
            raise _End
        return scripted

    def _say(self, text: str) -> None:
        if not self._server.between_bytes:
            self._connection.sendall(text.encode() + b"\r\n")
            return
        for byte in text.encode() + b"\r\n":
            self._connection.sendall(bytes([byte]))
            self._closing.wait(self._server.between_bytes)


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
