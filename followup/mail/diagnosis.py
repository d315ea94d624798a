"""What keeps a mail account from working, found out within ten seconds, and what its server would take instead.

Only the account's own log-in is tried; of other ports and other security, whether a mail server answers there.
"""

import asyncio
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, Queue
from threading import Thread

from followup.mail.answers import Concern
from followup.mail.result import Ending, Phase, Result, is_reply
from followup.mail.session import EHLO_NAME, NO_ANSWER, Unreachable, check
from followup.model.password import hidden_in
from followup.model.person import Account, Security
from followup.model.server import LOOPBACK

NAME_SECONDS = 1.5
CHECK_SECONDS = 5.0
PROBE_SECONDS = 1.2
USUAL = ((465, Security.TLS), (587, Security.STARTTLS))

_REFUSAL = re.compile(rb"[45]\d\d[ -]")

Way = tuple[int, Security]
"""A port, and how the connection to it is protected."""


class Fault(StrEnum):
    """What is wrong, of all the answers to how the server is reached."""

    HOST = "host"
    PORT = "port"
    SILENCE = "silence"
    NO_MAIL_SERVER = "no mail server"
    SECURITY = "security"
    CERTIFICATE = "certificate"
    NO_LOGIN = "no log-in"
    LOGIN = "log-in"
    LOGIN_SILENCE = "log-in silence"
    ACCOUNT = "account"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`words` are those of the server or the system; `instead` are ways in which a mail server does answer there.

    `overlooked` is what of the password is easily overlooked, `concern` what else of the account is refused.
    """

    fault: Fault
    words: str
    instead: tuple[Way, ...] = ()
    overlooked: str | None = None
    concern: Concern | None = None


def diagnose(account: Account) -> Diagnosis | None:
    """Why mail cannot be sent by this account; None if it logs in."""
    if not _is_known(account.host):
        return Diagnosis(Fault.HOST, "no such name")
    return asyncio.run(_diagnose(account))


async def _diagnose(account: Account) -> Diagnosis | None:
    result = await _checked(account)
    if result is None:
        return None
    if result.ending is Ending.REFUSED and not _is_of_login(result.concern, account):
        return Diagnosis(Fault.ACCOUNT, result.words, concern=result.concern)
    if result.phase is Phase.LOGIN:
        return _of_login(result, account)
    if result.phase is Phase.CONNECT and is_reply(result.words):
        # Its greeting: a mail server, at the right port, that takes nobody just now.
        return Diagnosis(Fault.SERVER, result.words)
    ways = dict.fromkeys([(account.port, way) for way in Security] + list(USUAL))
    answers = await asyncio.gather(*(_answers(account.host, port, security) for port, security in ways))
    open_ways = tuple(way for way, answered in zip(ways, answers, strict=True) if answered)
    allowed = set(Security) if account.host in LOOPBACK else {Security.TLS, Security.STARTTLS}
    mine = (account.port, account.security)
    protected = [way for way in open_ways if way[1] is not Security.NONE]
    instead = tuple(way for way in protected or open_ways if way[1] in allowed and way != mine)
    connects = await _connects(account)
    return Diagnosis(_fault(result, account, open_ways, connects=connects), result.words, instead)


def _fault(result: Result, account: Account, open_ways: tuple[Way, ...], *, connects: bool) -> Fault:
    if "certificate" in result.words:
        return Fault.CERTIFICATE
    if (account.port, account.security) in open_ways:
        return Fault.SERVER
    if any(port == account.port for port, _ in open_ways):
        return Fault.SECURITY
    if result.words == NO_ANSWER:
        return Fault.SILENCE
    return Fault.NO_MAIL_SERVER if connects else Fault.PORT


def _is_of_login(concern: Concern | None, account: Account) -> bool:
    """Whether the password or token was refused; that none is taken is another thing, but to one who has a token."""
    return concern is Concern.LOGIN or (concern is Concern.NO_PASSWORDS and account.token is not None)


def _of_login(result: Result, account: Account) -> Diagnosis:
    if result.ending is Ending.REFUSED:
        return Diagnosis(Fault.LOGIN, result.words, overlooked=hidden_in(account.password or ""))
    if is_reply(result.words):
        return Diagnosis(Fault.SERVER, result.words)
    return Diagnosis(Fault.NO_LOGIN if "AUTH" in result.words else Fault.LOGIN_SILENCE, result.words)


async def _checked(account: Account) -> Result | None:
    """How far the account comes; None if all the way."""
    try:
        await check(account, CHECK_SECONDS)
    except Unreachable as error:
        return error.result
    return None


async def _connects(account: Account) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            _, writer = await asyncio.open_connection(account.host, account.port)
    except OSError:
        return False
    writer.transport.abort()
    return True


async def _answers(host: str, port: int, security: Security) -> bool:
    """Whether a mail server answers on this port to a client that speaks like this. Nothing secret is said to it."""
    tls = None
    if security is Security.TLS:
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    writer = None
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=tls)
            greeting = await reader.readline()
            if not greeting.startswith(b"220"):
                # A refusal is a mail server's too; what it would offer to those it lets in is not known.
                return security is not Security.STARTTLS and _REFUSAL.match(greeting) is not None
            return security is not Security.STARTTLS or await _offers_starttls(reader, writer)
    except (OSError, ValueError):
        return False
    finally:
        if writer is not None:
            writer.transport.abort()


async def _offers_starttls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    writer.write(f"EHLO {EHLO_NAME}\r\n".encode("ascii"))
    while line := await reader.readline():
        if line[4:].strip().upper() == b"STARTTLS":
            return True
        if line[3:4] != b"-":
            return False
    return False


def _is_known(host: str) -> bool:
    """Whether the system knows an address for this name, or is still looking after a while."""
    found: Queue[object] = Queue()

    def look() -> None:
        with suppress(OSError, UnicodeError):
            found.put(socket.getaddrinfo(host, None))
        found.put(None)

    # The system cannot be told to stop looking: the thread is left behind.
    Thread(target=look, daemon=True).start()
    with suppress(Empty):
        return found.get(timeout=NAME_SECONDS) is not None
    return False
