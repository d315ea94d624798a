"""Passwords as they are pasted: what slips in unseen."""

import re
import unicodedata

_APP_PASSWORD = re.compile(r"[a-z]{4}( [a-z]{4}){3}")


def as_meant(pasted: str) -> str:
    """An app password pasted from the provider's page in its four groups, without what stands between them.

    Nobody types a no-break space or a sign without width there. Plain blanks may belong to a pass phrase, and stay.
    """
    if not any(_is_hidden(sign) for sign in pasted):
        return pasted
    groups = " ".join("".join(" " if _is_hidden(sign) else sign for sign in pasted).split())
    return groups.replace(" ", "") if _APP_PASSWORD.fullmatch(groups) else pasted


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


def _is_hidden(sign: str) -> bool:
    """Whether a sign looks like a plain blank or like nothing at all."""
    return sign != " " and (sign.isspace() or unicodedata.category(sign) in ("Cf", "Cc", "Zs"))
