"""A mail → its exact bytes, its Message-ID, its digest.

The bytes are made without a `Date:` line; it is put on top when the letter is first about to leave, so the digest of an
approval covers all that does not depend on the hour.

Headers are written by hand: the standard library folds them differently from one Python to the next, loses and doubles
blanks, decodes what looks encoded and encodes long Message-IDs. `readback` reads what was written.
"""

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime

from followup.model.address import in_ascii
from followup.model.mail import Mail
from followup.model.person import Person

LONGEST_LINE = 998
"""RFC 5322, 2.1.1: so many characters a line may have, and should have no more than the next."""
LINE = 76
"""RFC 2047, 2 and RFC 2045, 6.7: a line with an encoded word, and one of the text."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_ATOM}(?:\.{_ATOM})*|\[[!-Z^-~]+\])")
"""RFC 5322, 3.4.1 without its quoted and obsolete forms; between < and > it is a Message-ID (3.6.4)."""
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_QUOTABLE = re.compile(r"[ !#-\[\]-~]+")
_LOOKS_ENCODED = "=?"
_WORD = LINE - len("Subject: ") - len("=?utf-8?q?") - len("?=")
"""So many characters of an encoded word carry text, wherever in a line it stands."""
_BASE64_BYTES = _WORD // 4 * 3
_Q_LITERAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""RFC 2047, 5: what may stand for itself also inside a name."""
_QP_ENCODED = re.compile(rb"[^\t\n -<>-~]|[\t ](?=\n|\Z)|F(?=rom )")
"""RFC 2045, 6.7; and mailboxes of one file take a line that begins with `From ` for the next mail."""
_CODES = tuple(b"=%02X" % byte for byte in range(256))


def new_message_id(person: Person) -> str:
    """A fresh Message-ID at the sender's domain; it names neither the machine nor a tool."""
    return f"<{secrets.token_hex(16)}@{in_ascii(person.email).rpartition('@')[2]}>"


def message_id_of(person: Person, *about: object) -> str:
    """The Message-ID of a mail that keeps it when it is tried again: always the same about the same."""
    hashed = hashlib.sha256(" ".join(map(str, (person.email, *about))).encode()).hexdigest()[:32]
    return f"<{hashed}@{in_ascii(person.email).rpartition('@')[2]}>"


def write(mail: Mail) -> bytes:
    """The bytes of a mail, without its Date line.

    An address or a Message-ID that no header can carry is left out, so that who reads the bytes back misses it.
    """
    headers = [
        _folded("From", [*_phrase(mail.sender_name), *([f"<{mail.sender}>"] if _is_address(mail.sender) else [])]),
        _folded("Subject", _words(mail.subject)),
        *_identifier("Message-ID", mail.message_id),
        *_identifier("In-Reply-To", mail.answered),
        *_identifier("References", mail.answered),
        *([f"To: {mail.recipient}"] if mail.recipient is not None and _is_address(mail.recipient) else []),
        *(["Auto-Submitted: auto-generated"] if mail.generated else []),
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    ]
    return "\r\n".join([*headers, "", ""]).encode("ascii") + _quoted_printable(mail.text)


def date_line(now: datetime) -> str:
    """`Date: …` as RFC 5322 has it; `now` is in the sender's zone."""
    return f"Date: {format_datetime(now)}"


def dated(message: bytes, line: str) -> bytes:
    return line.encode("ascii") + b"\r\n" + message


def digest(message: bytes) -> str:
    """SHA-256, in hex, of the bytes without the Date line."""
    return hashlib.sha256(message).hexdigest()


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None and _LOOKS_ENCODED not in text


def _identifier(name: str, message_id: str | None) -> list[str]:
    """The header line with this Message-ID, byte for byte and never folded; none where it is no Message-ID."""
    line = f"{name}: {message_id}"
    if message_id is None or len(line) > LONGEST_LINE:
        return []
    angled = message_id.startswith("<") and message_id.endswith(">")
    return [line] if angled and _is_address(message_id[1:-1]) else []


def _phrase(name: str) -> list[str]:
    """A name before an address (RFC 5322, 3.2.5), as parts between which a line may be folded."""
    if _is_literal(name) and _ATOMS.fullmatch(name):
        return [name]
    if _is_literal(name) and _QUOTABLE.fullmatch(name):
        return [f'"{name}"']
    return list(_encoded_words(name))


def _words(text: str) -> list[str]:
    """A line of text as parts between which a line may be folded."""
    return [text] if _is_literal(text) else list(_encoded_words(text))


def _is_literal(text: str) -> bool:
    """Whether a reader sees these very characters: none is outside ASCII, and none looks encoded."""
    fits = len(text) <= LONGEST_LINE - len("Subject: ")
    return fits and text.isascii() and text.isprintable() and text == text.strip() and _LOOKS_ENCODED not in text


def _folded(name: str, parts: Sequence[str]) -> str:
    """A header, folded between its parts where a line would grow too long; it never begins with an empty line."""
    lines = [f"{name}:"]
    for place, part in enumerate(parts):
        if place and len(lines[-1]) + 1 + len(part) > LINE:
            lines.append("")
        lines[-1] += f" {part}"
    return "\r\n".join(lines)


def _encoded_words(text: str) -> Iterator[str]:
    """A text as encoded words (RFC 2047), in the shorter of its two encodings, each word of whole characters."""
    quoted = [_q(character) for character in text]
    if sum(map(len, quoted)) <= len(text.encode()) * 4 // 3:
        for start, end in _runs([len(code) for code in quoted], _WORD):
            yield f"=?utf-8?q?{''.join(quoted[start:end])}?="
        return
    for start, end in _runs([len(character.encode()) for character in text], _BASE64_BYTES):
        yield f"=?utf-8?b?{b64encode(text[start:end].encode()).decode()}?="


def _q(character: str) -> str:
    if character in _Q_LITERAL:
        return character
    return "_" if character == " " else "".join(f"={byte:02X}" for byte in character.encode())


def _runs(sizes: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """(start, end) of runs as long as they fit into `room`."""
    start = filled = 0
    for place, size in enumerate(sizes):
        if filled + size > room:
            yield start, place
            start, filled = place, 0
        filled += size
    if sizes:
        yield start, len(sizes)


def _quoted_printable(text: str) -> bytes:
    encoded = _QP_ENCODED.sub(lambda found: _CODES[found[0][0]], text.encode())
    return b"\r\n".join(part for line in encoded.split(b"\n") for part in _soft_broken(line))


def _soft_broken(line: bytes) -> Iterator[bytes]:
    while len(line) > LINE:
        end = LINE - 1
        # `=C3` is not torn apart.
        end -= 1 if line[end - 1 : end] == b"=" else 2 if line[end - 2 : end - 1] == b"=" else 0
        yield line[:end] + b"="
        line = line[end:]
    yield line
