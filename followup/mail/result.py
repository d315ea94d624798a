"""How an attempt ended, and what a server's answers mean for the letter, the address and the account."""

import re
import ssl
from dataclasses import dataclass
from enum import StrEnum

import aiosmtplib

from followup.mail.answers import Concern, concern_of

ADDRESS = re.compile(r"[^\s<>()\"']+@[^\s<>()\"':;,]+")


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
    """How an attempt ended, in which phase, and the server's own words (or the system's).

    `concern` is what about the account was refused; None where only this mail was, or nothing.
    `taken` says that the server had the whole text before it said so.
    """

    ending: Ending
    phase: Phase
    words: str
    concern: Concern | None = None
    taken: bool = False


def put_off(phase: Phase, why: str) -> Result:
    """Nothing has left, and it may go later."""
    return Result(ending=Ending.PUT_OFF, phase=phase, words=_line(why))


def refused(phase: Phase, reply: str, concern: Concern | None) -> Result:
    """The server's no for good: to this mail, or to what `concern` names of the account."""
    return Result(ending=Ending.REFUSED, phase=phase, words=reply, concern=concern)


def is_refusal(code: int, message: str) -> bool:
    """Whether an answer is a no for good; that enough went today is over tomorrow, however it is said."""
    return 500 <= code < 600 and concern_of(words(code, message)) is not Concern.LIMIT


def asks_for_patience(reply: str) -> bool:
    """Whether a reply asks the whole account to slow down (421, x.7 of RFC 3463, a limit), not one mail alone."""
    slow_down = reply.startswith("421") or re.match(r"45\d 4\.7\.", reply) is not None
    return slow_down or concern_of(reply) is Concern.LIMIT


def refuses_address(result: Result) -> bool:
    """Whether the address itself was refused for good: x.1 of RFC 3463, but for the sender's, and x.2.1."""
    if result.ending is not Ending.REFUSED or result.concern is not None:
        return False
    status = re.match(r"5\d\d 5\.(\d+\.\d+)", result.words)
    if status is None:
        return result.phase is Phase.RCPT and result.words.startswith(("550", "551", "553"))
    return status[1] == "2.1" or (status[1].startswith("1.") and status[1] not in ("1.7", "1.8"))


_REFUSED = {
    Concern.LOGIN: ("the log-in was refused", "Most providers want an app password: see FOLLOWUP_SMTP_PASSWORD."),
    Concern.NO_PASSWORDS: (
        "the log-in was refused",
        "This provider takes no password from programs, only tokens: see FOLLOWUP_SMTP_TOKEN_COMMAND.",
    ),
    Concern.SECURITY: (
        "the connection is not safe enough for it",
        "Set FOLLOWUP_SMTP_SECURITY to starttls, or to tls where the port is 465.",
    ),
    Concern.SENDER: ("mail from your address was refused", "Is FOLLOWUP_EMAIL the address of this account?"),
    Concern.UNVERIFIED: (
        "an address was refused that its provider has not verified",
        "Verify FOLLOWUP_EMAIL at your provider; an account on trial there may write to verified addresses alone.",
    ),
    Concern.BLOCKED: (
        "this account or connection is blocked",
        "Your provider can tell why and lift it; log in at its website, or try from another network.",
    ),
}
"""What was refused, and what to do about it. A limit is never refused for good: it is waited for."""

_NOT_REACHED = {
    Phase.CONNECT: ("no connection", "Is this machine on line, and are host and port right?"),
    Phase.TLS: ("no safe connection", "Nothing was sent over it, no password either."),
    Phase.LOGIN: ("it could not log in", "Nothing was sent."),
}


def what_is_refused(concern: Concern | None, reply: str) -> str:
    """What about the account a server refuses, in its words, and what to do about it."""
    what, advice = _REFUSED[concern or Concern.LOGIN]
    return f"{what} ({reply.rstrip('.')}). {advice}"


def explain(result: Result, host: str) -> str:
    """Why no session takes mail, in a sentence that says what to do."""
    if result.ending is Ending.REFUSED:
        return f"{host}: {what_is_refused(result.concern, result.words)}"
    where, advice = _NOT_REACHED.get(result.phase, (f"at {result.phase.upper()}", ""))
    return f"{host}: {where} ({result.words.rstrip('.')}). {advice}".rstrip()


def words(code: int, message: str) -> str:
    """An answer on one line."""
    return _line(f"{code} {message}" if code > 0 else message)


def is_reply(told: str) -> bool:
    """Whether these words are a mail server's own answer, not the system's about the connection."""
    return re.match(r"[245]\d\d\b", told) is not None


def cause(error: Exception) -> str:
    """What went wrong, in the words of the server or the system."""
    if isinstance(error, aiosmtplib.SMTPConnectError) and isinstance(error.__cause__, Exception):
        # aiosmtplib was given an open socket, so it says "on port None".
        return cause(error.__cause__)
    if isinstance(error, aiosmtplib.SMTPException):
        told = error.message
    elif isinstance(error, ssl.SSLError) and error.reason:
        told = f"TLS: {error.reason.replace('_', ' ').lower()}"
    elif isinstance(error, TimeoutError):
        told = str(error) or "timed out"
    else:
        told = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return _line(told) or type(error).__name__


def _line(text: str) -> str:
    """On one line and without addresses, since it comes to stand in the log, which forgets nothing."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:1_000])
    return " ".join(ADDRESS.sub("…", printable).split())[:300]
