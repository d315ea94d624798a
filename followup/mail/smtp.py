"""Send ready bytes by SMTP, phase by phase, so that each failure says whether the mail may have left.

Before DATA nothing can have left. Once DATA is out, only the server's own last word tells: without it the mail is in
doubt (RFC 5321 4.5.3.2.6, RFC 1047). aiosmtplib's `send_message` cannot tell these apart, so the commands are given
one by one; DATA too, so that only what followed the 354 can be a doubt.
"""

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import aiohappyeyeballs
import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse
from aiosmtplib.typing import Default

from followup.model.address import in_ascii
from followup.model.person import Account, Security

COMMAND_SECONDS = 60
DATA_SECONDS = 600
"""RFC 5321 4.5.3.2.6: a shorter wait after the final dot makes duplicates."""
EHLO_NAME = "[127.0.0.1]"
"""An address literal, so that the mail does not carry the name of the person's machine."""
NEXT_ADDRESS_SECONDS = 0.25
"""RFC 8305: so long the server's address tried first, often IPv6, is waited for alone."""
GO_ON = 354
DONE = 250
ADDRESS = re.compile(r"[^\s<>()\"']+@[^\s<>()\"':;,]+")
NOT_LOGGED_IN = frozenset({530, 534, 535, 538})
"""RFC 4954: said at MAIL, it is the log-in that is refused, not the letter."""
DAYS_LIMIT = re.compile(r"5\d\d 5\.(4\.5|1\.90)\b")
"""How Google and Microsoft say that enough mails went today: as a no for good, though it is over tomorrow."""
TOO_BIG = 552
"""RFC 1870: the one refusal at MAIL that is about the letter, not about who sends it."""


class Session(SMTP):
    """An open, logged-in connection, on which each command has one answer: anything more is nobody's."""

    AUTH_METHODS = ("plain", "login", "cram-md5")

    @property
    def supported_auth_methods(self) -> list[str]:
        """Only one: a wrong password tried in every way that is offered gets accounts locked."""
        return super().supported_auth_methods[:1]

    async def execute_command(
        self, *args: bytes, timeout: float | Literal[Default.token] | None = Default.token
    ) -> SMTPResponse:
        reply = await super().execute_command(*args, timeout=timeout)
        if self._said_more():
            self.close()
            raise aiosmtplib.SMTPServerDisconnected("the server answered more than it was asked")
        return reply

    async def give(self, message: bytes) -> SMTPResponse:
        """The text, after the 354 to DATA, and the server's last word on it."""
        if self.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        lines = ((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in message.splitlines())
        self.protocol.write(b"".join(lines) + b".\r\n")
        reply = await self.protocol.read_response(timeout=DATA_SECONDS)
        if self._said_more():
            self.close()
        return reply

    def _said_more(self) -> bool:
        # What is left over here, aiosmtplib would take for the answer to the next command.
        return self.protocol is not None and len(self.protocol._buffer) > 0  # noqa: SLF001


class Ending(StrEnum):
    """How an attempt ended."""

    ACCEPTED = "accepted"
    PUT_OFF = "put_off"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    CALLED_OFF = "called_off"


class Phase(StrEnum):
    """How far the conversation had come."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How an attempt ended, in which phase, and the server's own words (or the system's)."""

    ending: Ending
    phase: Phase
    words: str


class Unreachable(Exception):
    """No session could be had, or none that takes mail: `result` tells in which phase it ended; nothing has left."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.words)
        self.result = result


def hung_up() -> Unreachable:
    """For a server that let in and closed before it was given a mail."""
    return Unreachable(_put_off(Phase.CONNECT, "the server hung up"))


@asynccontextmanager
async def session(account: Account) -> AsyncIterator[Session]:
    """A logged-in connection; raises Unreachable. With credentials, only over TLS with a verified certificate."""
    if account.username and account.security is Security.NONE and not _loopback(account.host):
        raise Unreachable(_put_off(Phase.LOGIN, "no password goes over an unprotected connection"))
    client = Session(
        hostname=account.host,
        timeout=COMMAND_SECONDS,
        use_tls=account.security is Security.TLS,
        start_tls=False,
        local_hostname=EHLO_NAME,
    )
    try:
        await _connect(client, account)
        yield client
    except asyncio.CancelledError:
        client.close()
        raise
    finally:
        await _leave(client)


async def deliver(client: Session, sender: str, recipient: str, begin: Callable[[], Awaitable[bytes | None]]) -> Result:
    """Send one mail on an open session; raises Unreachable where the server takes none from this account.

    1. MAIL and RCPT; a failure here means that nothing has left.
    2. `begin` commits the intent and gives the bytes; None calls it off.
    3. DATA; from here on, only a clear answer of the server is not a doubt.
    """
    phase = Phase.MAIL
    try:
        await client.mail(in_ascii(sender))
        phase = Phase.RCPT
        await client.rcpt(in_ascii(recipient))
    except aiosmtplib.SMTPResponseException as error:
        return await _refused_early(client, phase, error.code, error.message)
    except ValueError:
        await _reset(client)
        return Result(ending=Ending.REFUSED, phase=phase, words="no mail server can be given such an address")
    except (aiosmtplib.SMTPException, OSError) as error:
        return _put_off(phase, _cause(error))
    message = await begin()
    if message is None:
        await _reset(client)
        return Result(ending=Ending.CALLED_OFF, phase=Phase.RCPT, words="taken back meanwhile, or mail is paused")
    return await _data(client, message)


async def send_one(
    account: Account, sender: str, recipient: str, message: bytes | Callable[[], bytes | None]
) -> Result:
    """Send one mail over a session of its own; never raises Unreachable."""

    async def begin() -> bytes | None:
        return message() if callable(message) else message

    try:
        async with session(account) as client:
            return await deliver(client, sender, recipient, begin)
    except Unreachable as error:
        return error.result


def asks_for_patience(words: str) -> bool:
    """Whether a reply asks the whole account to slow down (421, x.7 of RFC 3463, a day's limit), not one mail alone."""
    return words.startswith("421") or re.match(r"45\d 4\.7\.", words) is not None or _says_days_limit(words)


def refuses_address(result: Result) -> bool:
    """Whether the address itself was refused for good: x.1 of RFC 3463, but for the sender's, and x.2.1."""
    if result.ending is not Ending.REFUSED:
        return False
    status = re.match(r"5\d\d 5\.(\d+\.\d+)", result.words)
    if status is None:
        return result.phase is Phase.RCPT and result.words.startswith(("550", "551", "553"))
    return status[1] == "2.1" or (status[1].startswith("1.") and status[1] not in ("1.7", "1.8"))


def explain(result: Result, host: str) -> str:
    """Why no session takes mail, in a sentence that says what to do."""
    if result.phase is Phase.LOGIN and result.ending is Ending.PUT_OFF:
        return f"{host}: it could not log in ({result.words.rstrip('.')}). Nothing was sent."
    where, advice = {
        Phase.CONNECT: ("no connection", "Is this machine on line, and are host and port right?"),
        Phase.TLS: ("no safe connection", "Nothing was sent over it, no password either."),
        Phase.LOGIN: ("the log-in was refused", "Most providers want an app password: see FOLLOWUP_SMTP_PASSWORD."),
        Phase.MAIL: ("mail from your address was refused", "Is FOLLOWUP_EMAIL the address of this account?"),
    }.get(result.phase, (f"at {result.phase.upper()}", ""))
    return f"{host}: {where} ({result.words.rstrip('.')}). {advice}".rstrip()


async def check(account: Account) -> None:
    """Connect, protect, log in, leave; sends nothing. Raises Unreachable."""
    async with session(account):
        pass


async def _connect(client: Session, account: Account) -> None:
    phase = Phase.CONNECT
    try:
        await client.connect(sock=await _reach(account))
        if account.security is Security.STARTTLS:
            phase = Phase.TLS
            await client.starttls()
        if account.username:
            phase = Phase.LOGIN
            await _log_in(client, account, account.username)
    except aiosmtplib.SMTPResponseException as error:
        ending = Ending.REFUSED if phase is Phase.LOGIN and 500 <= error.code < 600 else Ending.PUT_OFF
        words = _words(error.code, _without_secrets(error.message, account))
        raise Unreachable(Result(ending=ending, phase=phase, words=words)) from None
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(_put_off(Phase.TLS, f"its certificate is not valid: {error.verify_message}")) from None
    except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
        cause = error.__cause__
        phase = Phase.TLS if isinstance(cause, ssl.SSLError) else phase
        raise Unreachable(_put_off(phase, _cause(error))) from None


async def _reach(account: Account) -> socket.socket:
    """A connection to whichever of the server's addresses answers first."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            found = await loop.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
            return await aiohappyeyeballs.start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS)
    except TimeoutError:
        raise TimeoutError(f"no answer within {COMMAND_SECONDS} seconds") from None


async def _log_in(client: Session, account: Account, username: str) -> None:
    """By password, or by an OAuth2 token (XOAUTH2, as Google and Microsoft have it)."""
    if account.token is None:
        await client.login(username, account.password or "")
        return
    await client.ehlo()
    await client.auth_xoauth2(username, account.token)


def _without_secrets(text: str, account: Account) -> str:
    """A server's answer, should it repeat what it was given to log in with, plain or as it was encoded."""
    for secret in filter(None, (account.password, account.token)):
        bare = secret.encode()
        sent = (
            bare,
            f"\0{account.username}\0{secret}".encode(),
            f"user={account.username}\1auth=Bearer {secret}\1\1".encode(),
        )
        for one in (secret, *(b64encode(given).decode() for given in sent)):
            text = text.replace(one, "…")
    return text


async def _data(client: Session, message: bytes) -> Result:
    left = False
    try:
        reply = await client.execute_command(b"DATA")
        if reply.code == GO_ON:
            left = True
            reply = await client.give(message)
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        return _doubt(_cause(error), reply) if left else _put_off(Phase.DATA, _cause(error))
    except asyncio.CancelledError:
        client.close()
        words = "interrupted before the server answered"
        return _doubt(words, reply) if left else _put_off(Phase.DATA, words)
    ending, words = _last_word(reply, left=left), _words(reply.code, reply.message)
    if not left or ending is Ending.IN_DOUBT:
        client.close()
    elif ending is Ending.PUT_OFF:
        words += " (it said so after it had taken the text)"
    return Result(ending=ending, phase=Phase.DATA, words=words)


def _last_word(reply: SMTPResponse, *, left: bool) -> Ending:
    if 400 <= reply.code < 500 or _says_days_limit(_words(reply.code, reply.message)):
        return Ending.PUT_OFF
    if 500 <= reply.code < 600:
        return Ending.REFUSED
    if not left:
        return Ending.PUT_OFF
    return Ending.ACCEPTED if reply.code == DONE else Ending.IN_DOUBT


async def _refused_early(client: Session, phase: Phase, code: int, message: str) -> Result:
    if code in NOT_LOGGED_IN:
        raise Unreachable(Result(ending=Ending.REFUSED, phase=Phase.LOGIN, words=_words(code, message)))
    refused = 500 <= code < 600 and not _says_days_limit(_words(code, message))
    ending = Ending.REFUSED if refused else Ending.PUT_OFF
    if phase is Phase.MAIL and ending is Ending.REFUSED and code != TOO_BIG:
        raise Unreachable(Result(ending=ending, phase=phase, words=_words(code, message)))
    await _reset(client)
    return Result(ending=ending, phase=phase, words=_words(code, message))


async def _reset(client: Session) -> None:
    try:
        if client.is_connected:
            await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


async def _leave(client: Session) -> None:
    """What happens at QUIT says nothing about the mails before it."""
    if not client.is_connected:
        client.close()
        return
    try:
        await client.quit(timeout=5)
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _says_days_limit(words: str) -> bool:
    return DAYS_LIMIT.match(words) is not None


def _put_off(phase: Phase, words: str) -> Result:
    return Result(ending=Ending.PUT_OFF, phase=phase, words=_line(words))


def _doubt(words: str, last: SMTPResponse) -> Result:
    told = f"{words} (its last words: {_words(last.code, last.message)})"
    return Result(ending=Ending.IN_DOUBT, phase=Phase.DATA, words=told)


def _words(code: int, message: str) -> str:
    return _line(f"{code} {message}" if code > 0 else message)


def _cause(error: Exception) -> str:
    words = error.message if isinstance(error, aiosmtplib.SMTPException) else str(error)
    return _line(words) or type(error).__name__


def _line(text: str) -> str:
    """On one line and without addresses, since it comes to stand in the log, which forgets nothing."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:1_000])
    return " ".join(ADDRESS.sub("…", printable).split())[:300]


def _loopback(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"}
