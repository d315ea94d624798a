"""Send ready bytes by SMTP, phase by phase, so that each failure says whether the mail may have left.

Before DATA nothing can have left. Once DATA is out, only the server's own last word tells: without it the mail is in
doubt (RFC 5321 4.5.3.2.6, RFC 1047). aiosmtplib's `send_message` cannot tell these apart, so the commands are given
one by one.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import aiosmtplib
from aiosmtplib import SMTP

from followup.model.person import Account, Security

COMMAND_SECONDS = 60
DATA_SECONDS = 600
"""RFC 5321 4.5.3.2.6: a shorter wait after the final dot makes duplicates."""
EHLO_NAME = "[127.0.0.1]"
"""An address literal, so that the mail does not carry the name of the person's machine."""


Session = SMTP
"""An open, logged-in connection."""


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
    """No session could be had: `result` tells in which phase it ended; nothing has left."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.words)
        self.result = result


@asynccontextmanager
async def session(account: Account) -> AsyncIterator[Session]:
    """A logged-in connection; raises Unreachable. With credentials, only over TLS with a verified certificate."""
    if account.username and account.security is Security.NONE and not _loopback(account.host):
        raise Unreachable(_put_off(Phase.LOGIN, "no password goes over an unprotected connection"))
    client = SMTP(
        hostname=account.host,
        port=account.port,
        timeout=COMMAND_SECONDS,
        use_tls=account.security is Security.TLS,
        start_tls=False,
        tls_context=ssl.create_default_context(),
        local_hostname=EHLO_NAME,
    )
    try:
        await _connect(client, account)
        yield client
    finally:
        await _leave(client)


async def deliver(client: Session, sender: str, recipient: str, begin: Callable[[], bytes | None]) -> Result:
    """Send one mail on an open session.

    1. MAIL and RCPT; a failure here means that nothing has left.
    2. `begin` commits the intent and gives the bytes; None calls it off.
    3. DATA; from here on, only a clear answer of the server is not a doubt.
    """
    phase = Phase.MAIL
    try:
        await client.mail(sender)
        phase = Phase.RCPT
        await client.rcpt(recipient)
    except aiosmtplib.SMTPResponseException as error:
        return await _refused_early(client, phase, error.code, error.message)
    except (aiosmtplib.SMTPException, OSError) as error:
        return _put_off(phase, str(error))
    message = begin()
    if message is None:
        await client.rset()
        return Result(ending=Ending.CALLED_OFF, phase=Phase.RCPT, words="it was taken back")
    return await _data(client, message)


async def send_one(
    account: Account, sender: str, recipient: str, message: bytes | Callable[[], bytes | None]
) -> Result:
    """Send one mail over a session of its own; never raises Unreachable."""
    begin = message if callable(message) else lambda: message
    try:
        async with session(account) as client:
            return await deliver(client, sender, recipient, begin)
    except Unreachable as error:
        return error.result


def asks_for_patience(words: str) -> bool:
    """Whether a reply asks the whole account to slow down (421, or x.7 of RFC 3463), not one mail to come later."""
    return words.startswith("421") or re.match(r"45\d 4\.7\.", words) is not None


def explain(result: Result, host: str) -> str:
    """Why a session could not be had, in a sentence that says what to do."""
    where, advice = {
        Phase.CONNECT: ("no connection", "Is this machine on line, and are host and port right?"),
        Phase.TLS: ("no safe connection", "Nothing was sent over it, no password either."),
        Phase.LOGIN: ("the log-in was refused", "Most providers want an app password: see FOLLOWUP_SMTP_PASSWORD."),
    }.get(result.phase, (f"at {result.phase.upper()}", ""))
    return f"{host}: {where} ({result.words.rstrip('.')}). {advice}".rstrip()


async def check(account: Account) -> None:
    """Connect, protect, log in, leave; sends nothing. Raises Unreachable."""
    async with session(account):
        pass


async def _connect(client: SMTP, account: Account) -> None:
    phase = Phase.CONNECT
    try:
        await client.connect()
        if account.security is Security.STARTTLS:
            phase = Phase.TLS
            await client.starttls()
        if account.username:
            phase = Phase.LOGIN
            await _log_in(client, account, account.username)
    except aiosmtplib.SMTPResponseException as error:
        ending = Ending.REFUSED if phase is Phase.LOGIN and 500 <= error.code < 600 else Ending.PUT_OFF
        raise Unreachable(Result(ending=ending, phase=phase, words=_words(error.code, error.message))) from None
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(_put_off(Phase.TLS, f"its certificate is not valid: {error.verify_message}")) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        cause = error.__cause__
        phase = Phase.TLS if isinstance(cause, ssl.SSLError) else phase
        raise Unreachable(_put_off(phase, str(error) or type(error).__name__)) from None


async def _log_in(client: SMTP, account: Account, username: str) -> None:
    """By password, or by an OAuth2 token (XOAUTH2, as Google and Microsoft have it)."""
    if account.token is None:
        await client.login(username, account.password or "")
        return
    await client.ehlo()
    await client.auth_xoauth2(username, account.token)


async def _data(client: SMTP, message: bytes) -> Result:
    try:
        reply = await client.data(message, timeout=DATA_SECONDS)
    except aiosmtplib.SMTPDataError as error:
        words = _words(error.code, error.message)
        if 400 <= error.code < 500:
            return Result(ending=Ending.PUT_OFF, phase=Phase.DATA, words=words)
        if 500 <= error.code < 600:
            return Result(ending=Ending.REFUSED, phase=Phase.DATA, words=words)
        return Result(ending=Ending.IN_DOUBT, phase=Phase.DATA, words=words)
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        return Result(ending=Ending.IN_DOUBT, phase=Phase.DATA, words=str(error) or type(error).__name__)
    except asyncio.CancelledError:
        client.close()
        return Result(ending=Ending.IN_DOUBT, phase=Phase.DATA, words="interrupted before the server answered")
    return Result(ending=Ending.ACCEPTED, phase=Phase.DATA, words=_words(reply.code, reply.message))


async def _refused_early(client: SMTP, phase: Phase, code: int, message: str) -> Result:
    if client.is_connected:
        try:
            await client.rset()
        except (aiosmtplib.SMTPException, OSError):
            client.close()
    ending = Ending.REFUSED if 500 <= code < 600 else Ending.PUT_OFF
    return Result(ending=ending, phase=phase, words=_words(code, message))


async def _leave(client: SMTP) -> None:
    """What happens at QUIT says nothing about the mails before it."""
    if not client.is_connected:
        client.close()
        return
    try:
        await client.quit(timeout=5)
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _put_off(phase: Phase, words: str) -> Result:
    return Result(ending=Ending.PUT_OFF, phase=phase, words=_line(words))


def _words(code: int, message: str) -> str:
    return _line(f"{code} {message}")


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]


def _loopback(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"}
