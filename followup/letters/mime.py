"""Letter → the exact bytes, Message-ID, digest.

The bytes are made without a `Date:` line; it is put on top when the letter is first about to leave, so the digest of an
approval covers all that does not depend on the hour.
"""

import hashlib
import re
import secrets
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from followup.model.address import in_ascii
from followup.model.letter import Text
from followup.model.person import Person

_FROM = re.compile(rb"From:(?:[^\r\n]|\r\n[ \t])*<([^<>\r\n]+)>\r\n")
"""The first header of what is made here."""


def new_message_id(person: Person) -> str:
    """A fresh Message-ID at the sender's domain; it names neither the machine nor a tool."""
    return f"<{secrets.token_hex(16)}@{in_ascii(person.email).rpartition('@')[2]}>"


def message_id_of(person: Person, *about: object) -> str:
    """The Message-ID of a mail that keeps it when it is tried again: always the same about the same."""
    hashed = hashlib.sha256(" ".join(map(str, (person.email, *about))).encode()).hexdigest()[:32]
    return f"<{hashed}@{in_ascii(person.email).rpartition('@')[2]}>"


def letter(person: Person, recipient: str | None, text: Text, message_id: str, answered: str | None = None) -> bytes:
    """The mail to an employer, without its Date line. Raises ValueError where a value would break a header.

    `answered` is the Message-ID of the mail that it follows in the same thread (RFC 5322, 3.6.4).
    """
    message = _message(person, text, message_id)
    if answered is not None:
        message["In-Reply-To"] = answered
        message["References"] = answered
    if recipient is not None:
        message["To"] = Address(addr_spec=in_ascii(recipient))
    return _bytes(message, text)


def nudge(person: Person, text: Text, message_id: str, now: datetime) -> bytes:
    """The mail to the person, whole; RFC 3834 marks it as generated, so that no robot answers it."""
    message = _message(person, text, message_id)
    message["To"] = message["From"]
    message["Auto-Submitted"] = "auto-generated"
    return dated(_bytes(message, text), date_line(now))


def date_line(now: datetime) -> str:
    """`Date: …` as RFC 5322 has it; `now` is in the sender's zone."""
    return f"Date: {format_datetime(now)}"


def dated(message: bytes, line: str) -> bytes:
    return line.encode("ascii") + b"\r\n" + message


def digest(message: bytes) -> str:
    """SHA-256, in hex, of the bytes without the Date line."""
    return hashlib.sha256(message).hexdigest()


def is_from(message: bytes, person: Person) -> bool:
    """Whether a mail made here is from the address that is the person's now."""
    found = _FROM.match(message)
    return found is not None and found[1].decode("ascii") == in_ascii(person.email)


def _message(person: Person, text: Text, message_id: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(person.name, addr_spec=in_ascii(person.email))
    message["Subject"] = text.subject
    message["Message-ID"] = message_id
    message.set_content(text.text, cte="quoted-printable")
    return message


def _bytes(message: EmailMessage, text: Text) -> bytes:
    # CPython folds an ASCII subject of 73 characters into an empty first line, which reads back with a leading blank.
    width = 998 if text.subject.isascii() and str(message["From"]).isascii() else 78
    return message.as_bytes(policy=policy.SMTP.clone(max_line_length=width))
