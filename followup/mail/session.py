"""A connection to the mail server: reached, protected, logged in, and left again."""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import aiohappyeyeballs
import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse
from aiosmtplib.typing import Default

from followup.mail.answers import Concern, concern_of
from followup.mail.result import Phase, Result, cause, is_refusal, put_off, refused, words
from followup.model.person import Account, Security
from followup.model.server import LOOPBACK

COMMAND_SECONDS = 60
DATA_SECONDS = 600
"""RFC 5321 4.5.3.2.6: a shorter wait after the final dot makes duplicates."""
EHLO_NAME = "[127.0.0.1]"
"""An address literal, so that the mail does not carry the name of the person's machine."""
NO_ANSWER = "no answer in time"
NEXT_ADDRESS_SECONDS = 0.25
"""RFC 8305: so long the server's address tried first, often IPv6, is waited for alone."""


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

    def abort(self) -> None:
        """Leave a server that says nothing: the farewell of TLS would wait for its answer."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        self.close()

    def _said_more(self) -> bool:
        # What is left over here, aiosmtplib would take for the answer to the next command.
        return self.protocol is not None and len(self.protocol._buffer) > 0  # noqa: SLF001


class Unreachable(Exception):
    """No session could be had, or none that takes mail: `result` tells in which phase it ended; nothing has left."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.words)
        self.result = result


def hung_up() -> Unreachable:
    """For a server that let in and closed before it was given a mail."""
    return Unreachable(put_off(Phase.CONNECT, "the server hung up"))


@asynccontextmanager
async def session(account: Account, within: float | None = None) -> AsyncIterator[Session]:
    """A logged-in connection; raises Unreachable. With credentials, only over TLS with a verified certificate.

    It must be logged in `within` so many seconds; how long each command may take holds besides.
    """
    if account.username and account.security is Security.NONE and account.host not in LOOPBACK:
        raise Unreachable(put_off(Phase.LOGIN, "no password goes over an unprotected connection"))
    client = Session(
        hostname=account.host,
        timeout=COMMAND_SECONDS,
        use_tls=account.security is Security.TLS,
        start_tls=False,
        local_hostname=EHLO_NAME,
    )
    try:
        await _connect(client, account, asyncio.timeout(within))
        yield client
    except asyncio.CancelledError:
        client.close()
        raise
    finally:
        await _leave(client)


async def check(account: Account, within: float) -> None:
    """Connect, protect, log in, leave; sends nothing. Raises Unreachable, also where that takes too many seconds."""
    async with session(account, within):
        pass


async def _connect(client: Session, account: Account, limit: asyncio.Timeout) -> None:
    phase = Phase.CONNECT
    try:
        async with limit:
            await client.connect(sock=await _reach(account))
            if account.security is Security.STARTTLS:
                phase = Phase.TLS
                await client.starttls()
            if account.username:
                phase = Phase.LOGIN
                await _log_in(client, account, account.username)
    except aiosmtplib.SMTPResponseException as error:
        reply = words(error.code, _without_secrets(error.message, account))
        concern = concern_of(reply) or (Concern.LOGIN if phase is Phase.LOGIN else None)
        if concern is not None and is_refusal(error.code, reply):
            raise Unreachable(refused(phase, reply, concern)) from None
        raise Unreachable(put_off(phase, reply)) from None
    except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
        if limit.expired():
            client.abort()
            raise Unreachable(put_off(phase, NO_ANSWER)) from None
        of_tls = next((one for one in (error, error.__cause__) if isinstance(one, ssl.SSLError)), None)
        if isinstance(of_tls, ssl.SSLCertVerificationError):
            raise Unreachable(put_off(Phase.TLS, f"its certificate is not valid: {of_tls.verify_message}")) from None
        raise Unreachable(put_off(phase if of_tls is None else Phase.TLS, cause(error))) from None


async def _reach(account: Account) -> socket.socket:
    """A connection to whichever of the server's addresses answers first."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            found = await loop.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
            return await aiohappyeyeballs.start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS)
    except TimeoutError:
        raise TimeoutError(NO_ANSWER) from None


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


async def _leave(client: Session) -> None:
    """What happens at QUIT says nothing about the mails before it."""
    if not client.is_connected:
        client.close()
        return
    try:
        await client.quit(timeout=5)
    except (aiosmtplib.SMTPException, OSError):
        client.close()
