"""Who may see the page: one-time links, a cookie for whoever came by one, and the headers that keep others out."""

import hmac
import secrets
from contextlib import suppress
from pathlib import Path
from threading import Lock

from flask import Flask, Response, abort, redirect, request, session
from flask.typing import ResponseReturnValue

HOSTS = ("127.0.0.1", "localhost")
"""Any other Host is DNS rebinding, or a mistake."""
OPEN = frozenset({"enter", "static"})
"""What may be asked for without the cookie."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def origins(port: int) -> set[str]:
    """What a browser says a form comes from, if it is one of this page's own."""
    return {f"http://{host}:{port}" for host in HOSTS}


class Door:
    """Holds the link that is good for one entry; a file that only the person can read tells it to `followup web`."""

    def __init__(self, file: Path, port: int) -> None:
        self._file = file
        self._port = port
        self._opening = Lock()
        self._new_key()

    @property
    def link(self) -> str:
        """Where to enter, once."""
        return f"http://127.0.0.1:{self._port}/enter/{self._key}"

    def opens(self, key: str) -> bool:
        """Whether this is the key; it is good no more."""
        with self._opening:
            fits = hmac.compare_digest(key.encode(), self._key.encode())
            if fits:
                # Where the disk is full, whoever has the link still comes in, and nobody after.
                with suppress(OSError):
                    self._new_key()
            return fits

    def close(self) -> None:
        self._file.unlink(missing_ok=True)

    def _new_key(self) -> None:
        self._key = secrets.token_urlsafe(32)
        new = self._file.with_suffix(".new")
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(self.link, encoding="ascii")
        new.replace(self._file)


def guard(app: Flask, door: Door) -> None:
    """Let nothing of this app be seen or done but by whoever came through the door."""

    @app.get("/enter/<key>")
    def enter(key: str) -> ResponseReturnValue:
        if request.method == "HEAD" or not door.opens(key):
            abort(403)
        session.clear()
        session["entered"] = True
        return redirect("/", 303)

    @app.before_request
    def check() -> None:
        if request.endpoint not in OPEN and not session.get("entered"):
            abort(403)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response
