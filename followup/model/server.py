"""A mail server as people write it: a name, a name with a port, or an address such as smtps://mail.example.org."""

import ipaddress
import re
from dataclasses import dataclass

from followup.model.person import Security

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""This machine itself, where mail and passwords may go unprotected."""
_WRITTEN = re.compile(r"(?:(?P<scheme>\w+)://)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/:@]+)(?::(?P<port>\d{1,5}))?/?")
_SCHEMES = {"smtp": None, "submission": None, "smtps": Security.TLS, "submissions": Security.TLS, "ssl": Security.TLS}
_HOST = re.compile(r"(?!-)[\w-]{1,63}(\.[\w-]{1,63})*\.?")


@dataclass(frozen=True, slots=True)
class Server:
    """The host, and what else was written with it."""

    host: str
    port: int | None = None
    security: Security | None = None


def server_of(text: str) -> Server:
    """The server that this text names; raises ValueError."""
    text = text.strip()
    if "@" in text:
        raise ValueError(
            "this is to be a server's name alone, such as mail.example.org: without @, without a name to log in with."
        )
    try:
        return Server(str(ipaddress.IPv6Address(text)))
    except ValueError:
        pass
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(f"{text!r} is no server; it reads like mail.example.org or mail.example.org:587.")
    scheme, host = (written["scheme"] or "smtp").casefold(), written["host"].strip("[]")
    if scheme not in _SCHEMES:
        raise ValueError(f"{text!r} is no mail server; mail is sent by smtp:// or smtps://.")
    if not (_HOST.fullmatch(host) or written["host"].startswith("[")):
        raise ValueError(f"{host!r} is no server; it reads like mail.example.org.")
    return Server(host, port_of(written["port"]) if written["port"] else None, _SCHEMES[scheme])


def port_of(text: str) -> int:
    """A TCP port; raises ValueError."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"{text!r} is no port; a number from 1 to 65535.")
    return int(text)
