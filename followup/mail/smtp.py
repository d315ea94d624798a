"""Send ready bytes by SMTP, phase by phase, so that each failure says whether the mail may have left.

Before DATA nothing can have left. Once DATA is out, only the server's own last word tells: without it the mail is in
doubt (RFC 5321 4.5.3.2.6, RFC 1047). aiosmtplib's `send_message` cannot tell these apart, so the commands are given
one by one; DATA too, so that only what followed the 354 can be a doubt.
"""

import asyncio
from collections.abc import Awaitable, Callable

import aiosmtplib
from aiosmtplib import SMTPResponse

from followup.mail.answers import Concern, concern_of
from followup.mail.result import Ending, Phase, Result, cause, is_refusal, put_off, refused, words
from followup.mail.session import Session, Unreachable, session
from followup.model.address import in_ascii
from followup.model.person import Account

GO_ON = 354
DONE = 250
NOT_LOGGED_IN = frozenset({530, 534, 535, 538})
"""RFC 4954: said at MAIL, it is the log-in that is refused, not the letter."""
TOO_BIG = 552
"""RFC 1870: the one refusal at MAIL that is about the letter, not about who sends it."""


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
        return put_off(phase, cause(error))
    message = await begin()
    if message is None:
        await _reset(client)
        return Result(
            ending=Ending.CALLED_OFF, phase=Phase.RCPT, words="taken back meanwhile, held, or too late in the day"
        )
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


async def _data(client: Session, message: bytes) -> Result:
    left = False
    try:
        reply = await client.execute_command(b"DATA")
        if reply.code == GO_ON:
            left = True
            reply = await client.give(message)
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        return _doubt(cause(error), reply) if left else put_off(Phase.DATA, cause(error))
    except asyncio.CancelledError:
        client.close()
        why = "interrupted before the server answered"
        return _doubt(why, reply) if left else put_off(Phase.DATA, why)
    ending, told = _last_word(reply, left=left), words(reply.code, reply.message)
    concern = concern_of(told) if ending is Ending.REFUSED else None
    if not left or ending is Ending.IN_DOUBT:
        client.close()
    elif ending is Ending.PUT_OFF:
        told += " (it said so after it had taken the text)"
    return Result(ending=ending, phase=Phase.DATA, words=told, concern=concern, taken=left)


def _last_word(reply: SMTPResponse, *, left: bool) -> Ending:
    if is_refusal(reply.code, reply.message):
        return Ending.REFUSED
    if not left or 400 <= reply.code < 600:
        return Ending.PUT_OFF
    return Ending.ACCEPTED if reply.code == DONE else Ending.IN_DOUBT


async def _refused_early(client: Session, phase: Phase, code: int, message: str) -> Result:
    reply = words(code, message)
    if not is_refusal(code, message):
        await _reset(client)
        return put_off(phase, reply)
    concern = concern_of(reply)
    if concern is None and code in NOT_LOGGED_IN:
        concern = Concern.LOGIN
    if concern is None and phase is Phase.MAIL and code != TOO_BIG:
        concern = Concern.SENDER
    if concern is not None:
        raise Unreachable(refused(Phase.LOGIN if concern is Concern.LOGIN else phase, reply, concern))
    await _reset(client)
    return refused(phase, reply, None)


async def _reset(client: Session) -> None:
    try:
        if client.is_connected:
            await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _doubt(why: str, last: SMTPResponse) -> Result:
    told = f"{why} (its last words: {words(last.code, last.message)})"
    return Result(ending=Ending.IN_DOUBT, phase=Phase.DATA, words=told)
