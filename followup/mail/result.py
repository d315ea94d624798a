"""How an attempt ended, and what a server's answers mean for the letter, the address and the account."""

import re
from dataclasses import dataclass
from enum import StrEnum

import aiosmtplib

ADDRESS = re.compile(r"[^\s<>()\"']+@[^\s<>()\"':;,]+")
DAYS_LIMIT = re.compile(r"5\d\d 5\.(4\.5|1\.90)\b")
"""How Google and Microsoft say that enough mails went today: as a no for good, though it is over tomorrow."""


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


def put_off(phase: Phase, why: str) -> Result:
    """Nothing has left, and it may go later."""
    return Result(ending=Ending.PUT_OFF, phase=phase, words=_line(why))


def is_refusal(code: int, message: str) -> bool:
    """Whether an answer is a no for good."""
    return 500 <= code < 600 and not _says_days_limit(words(code, message))


def asks_for_patience(reply: str) -> bool:
    """Whether a reply asks the whole account to slow down (421, x.7 of RFC 3463, a day's limit), not one mail alone."""
    return reply.startswith("421") or re.match(r"45\d 4\.7\.", reply) is not None or _says_days_limit(reply)


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


def words(code: int, message: str) -> str:
    """An answer on one line."""
    return _line(f"{code} {message}" if code > 0 else message)


def cause(error: Exception) -> str:
    """What went wrong, in the words of the server or the system."""
    told = error.message if isinstance(error, aiosmtplib.SMTPException) else str(error)
    return _line(told) or type(error).__name__


def _says_days_limit(reply: str) -> bool:
    return DAYS_LIMIT.match(reply) is not None


def _line(text: str) -> str:
    """On one line and without addresses, since it comes to stand in the log, which forgets nothing."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:1_000])
    return " ".join(ADDRESS.sub("…", printable).split())[:300]
