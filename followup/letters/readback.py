"""The bytes of a mail → what a mail program shows of them.

It shares nothing with `mime`, which makes the bytes, and is as lenient as the most lenient program: any CR or LF ends a
line, and encoded words are decoded wherever they stand. What could be read otherwise anywhere is so found here.
"""

import re
from binascii import Error, a2b_base64
from collections import Counter
from dataclasses import fields

from followup.model.mail import Mail

_LINE_END = re.compile(rb"\r\n|\r|\n")
_WORD = re.compile(r"=\?([^?\s]*)\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")
_CODE = re.compile(rb"=([0-9A-Fa-f]{2})")
_IDENTIFIER = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")
_PLAIN = {
    "mime-version": "1.0",
    "content-type": 'text/plain; charset="utf-8"',
    "content-transfer-encoding": "quoted-printable",
}
"""What makes a mail plain text in UTF-8; anything else would be shown in another way."""
_OURS = frozenset({"from", "subject", "message-id", "in-reply-to", "references", "to", "auto-submitted", *_PLAIN})
_SAID = {
    "sender_name": "your name",
    "sender": "your address",
    "recipient": "the recipient",
    "subject": "the subject",
    "text": "the text",
    "message_id": "its Message-ID",
    "answered": "the mail that it follows",
    "generated": "the mark of a generated mail",
    "unexpected": "its header lines",
}


def read(message: bytes) -> Mail:
    """What a mail program shows of a mail; never raises."""
    head, body = _parts(message)
    headers = {name.lower(): value for name, value in head}
    sender_name, sender = _mailbox(headers.get("from", ""))
    answered = headers.get("in-reply-to")
    return Mail(
        sender_name=sender_name,
        sender=sender,
        recipient=headers.get("to"),
        subject=_decoded(headers.get("subject", "")),
        text=_text(body),
        message_id=headers.get("message-id", ""),
        answered=answered,
        generated="auto-submitted" in headers,
        unexpected=tuple(_unexpected([name.lower() for name, _ in head], headers)),
    )


def differences(shown: Mail, meant: Mail) -> tuple[str, ...]:
    """What of a mail would not be shown as it is meant, in words."""
    return tuple(
        _SAID[field.name] for field in fields(Mail) if getattr(shown, field.name) != getattr(meant, field.name)
    )


def _parts(message: bytes) -> tuple[list[tuple[str, str]], list[bytes]]:
    """(name, unfolded value) of each header line, and the lines of the body."""
    lines = _LINE_END.split(message)
    end = lines.index(b"") if b"" in lines else len(lines)
    head: list[tuple[str, str]] = []
    for line in (line.decode("ascii", "replace") for line in lines[:end]):
        name, _, value = line.partition(":")
        if line[0] in " \t" and head:
            head[-1] = (head[-1][0], head[-1][1] + line)
        else:
            head.append((name, value))
    return [(name, value.strip()) for name, value in head], lines[end + 1 :]


def _unexpected(names: list[str], headers: dict[str, str]) -> list[str]:
    twice = [name for name, number in Counter(names).items() if number > 1]
    others = [name for name in headers if name not in _OURS]
    otherwise = [name for name, value in _PLAIN.items() if headers.get(name) != value]
    ids = [name for name in ("in-reply-to", "references") if not _IDENTIFIER.fullmatch(headers.get(name, "<a@b>"))]
    if headers.get("references") != headers.get("in-reply-to"):
        ids.append("references")
    return sorted({*twice, *others, *otherwise, *ids})


def _mailbox(value: str) -> tuple[str, str]:
    """(name, address) of `Ines Roe <ines@example.org>` or of an address alone."""
    name, angle, address = value.rpartition("<")
    if not angle:
        return "", value
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return _decoded(name), address.removesuffix(">")


def _decoded(value: str) -> str:
    """A value with its encoded words (RFC 2047) in plain, each decoded by itself."""
    return _WORD.sub(_plain_word, _BETWEEN_WORDS.sub("", value))


def _plain_word(found: re.Match[str]) -> str:
    charset, encoding, content = found[1], found[2].lower(), found[3].encode("ascii", "replace")
    try:
        data = a2b_base64(content, strict_mode=True) if encoding == "b" else _codes(content.replace(b"_", b" "))
        return data.decode(charset, "replace")
    except (Error, LookupError):
        return found[0]


def _text(lines: list[bytes]) -> str:
    r"""The body in plain (RFC 2045, 6.7), its lines ended by \n; blanks at the end of a line come from the way."""
    whole = b"\n".join(line.rstrip(b" \t") for line in lines)
    return _codes(whole.replace(b"=\n", b"")).decode("utf-8", "replace")


def _codes(data: bytes) -> bytes:
    return _CODE.sub(lambda found: bytes.fromhex(found[1].decode()), data)
