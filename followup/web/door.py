"""The way in: a host that nobody else knows, a link that lets one browser in once, and who came in by it."""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from pathlib import Path
from threading import Lock

PLAIN = "127.0.0.1"
"""Where one enters, and where the page stays for a browser that does not know its host."""
_HOST = re.compile(r"[0-9a-f]{32}\.localhost")
_REDIRECT = """<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={link}"><title>followup</title><p><a href="{link}">Open the page</a></p>
"""


def own_host(file: Path) -> str:
    """The host that this file of the person's alone keeps for the page, drawn where there is none; raises OSError."""
    with suppress(OSError, UnicodeDecodeError):
        kept = file.read_text(encoding="ascii").strip()
        if _HOST.fullmatch(kept) and not file.stat().st_mode & 0o077:
            return kept
    drawn = f"{secrets.token_hex(16)}.localhost"
    _write(file, drawn)
    return drawn


class Door:
    """Holds the link that lets one browser in, once, and knows who is in.

    The link stands in a file only its owner can read, so that a second `followup web` can tell it; beside it is a page
    that leads to it, since what a browser is started with can be read by everybody on this machine.
    """

    def __init__(self, file: Path, host: str, port: int) -> None:
        self.host = host
        self.origins = {one: f"http://{one}:{port}" for one in (host, PLAIN)}
        self._file = file
        self._entering = Lock()
        self._spent: dict[str, str] = {}  # the digest of a key → the session that it opened
        self._sessions: dict[str, str] = {}  # a session → the host that it is at
        self._new_key()

    @property
    def link(self) -> str:
        """Where to enter, once."""
        return f"{self.origins[PLAIN]}/enter/{self._key}"

    def knows(self, key: str) -> bool:
        """Whether this is the key, or was."""
        return hmac.compare_digest(key.encode(), self._key.encode()) or _digest(key) in self._spent

    def redeem(self, key: str, host: str) -> str | None:
        """The session that this key opens at this host, once. A key that comes again ends the session it opened."""
        with self._entering:
            if not hmac.compare_digest(key.encode(), self._key.encode()):
                self._sessions.pop(self._spent.get(_digest(key), ""), None)
                return None
            opened = secrets.token_urlsafe(24)
            self._spent[_digest(key)] = opened
            self._sessions[opened] = host
            # Where the disk is full, whoever has the link still comes in, and nobody after.
            with suppress(OSError):
                self._new_key()
            return opened

    def lets_in(self, shown: str, host: str) -> bool:
        """Whether this is a session that was opened at this host."""
        sessions = [one for one, at in list(self._sessions.items()) if at == host]
        return any(hmac.compare_digest(shown.encode(), one.encode()) for one in sessions)

    def asks_for_passwords(self) -> bool:
        """Whether somebody entered whose browser does not know the page's own host."""
        return PLAIN in self._sessions.values()

    def close(self) -> None:
        for file in (self._file, self._file.with_suffix(".html")):
            file.unlink(missing_ok=True)

    def _new_key(self) -> None:
        self._key = secrets.token_urlsafe(32)
        _write(self._file, self.link)
        _write(self._file.with_suffix(".html"), _REDIRECT.format(link=self.link))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _write(file: Path, text: str) -> None:
    """Put text into a file that only its owner can read."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600, exist_ok=False)
    new.write_text(text, encoding="ascii")
    new.replace(file)
