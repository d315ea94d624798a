"""Passwords as they are pasted: what slips in unseen."""

import re
import unicodedata

_GROUP = "[A-Za-z0-9]{4}"
_APP_PASSWORD = re.compile(rf"{_GROUP}(?: ?{_GROUP}){{3}}|{_GROUP}(?:-{_GROUP}){{3}}")
"""Sixteen signs: in one, in groups as Google, Yahoo and Fastmail show them, or with hyphens, which are iCloud's own."""
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011"), "-")


def as_meant(pasted: str) -> str:
    """A password without what slipped in when it was pasted: hidden signs and blanks at its ends; and within an app
    password, of the forms that providers have, what stands unseen between its groups or in them.

    Nobody types a no-break space or a sign without width. Plain blanks inside may belong to a pass phrase, and stay.
    """
    inner = pasted.strip(_edges(pasted))
    if not any(_is_hidden(sign) or ord(sign) in _HYPHENS for sign in pasted):
        return inner
    seen = "".join(" " if sign.isspace() else sign for sign in inner if sign.isspace() or not _is_hidden(sign))
    groups = " ".join(seen.translate(_HYPHENS).split())
    return groups.replace(" ", "") if _APP_PASSWORD.fullmatch(groups) else inner


def hidden_in(password: str) -> str | None:
    """What of a password is easily overlooked, in words that give nothing of it away; None if nothing."""
    for place, sign in enumerate(password, 1):
        if _is_hidden(sign):
            return f"its sign {place} is {unicodedata.name(sign, f'U+{ord(sign):04X}')}"
    if password != password.strip():
        return "it begins or ends with a blank"
    if " " in password:
        return "it has blanks in it"
    return None


def _edges(text: str) -> str:
    """The signs of a text that mean nothing at its ends."""
    return "".join({sign for sign in text if sign == " " or _is_hidden(sign)}) or " "


def _is_hidden(sign: str) -> bool:
    """Whether a sign looks like a plain blank or like nothing at all."""
    return sign != " " and (sign.isspace() or unicodedata.category(sign) in ("Cf", "Cc", "Zs"))
