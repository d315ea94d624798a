"""Plain text: what mail programs, terminals and pages all show as it stands.

Controls, directions and other invisible characters change or hide what stands beside them, each program in its own way.
They go where text comes in, so that what is stored, what is shown and what is sent are the same.
"""

import re
import unicodedata

_JOINERS = "\u200c\u200d"
"""They shape Persian and Indic words and emoji (Unicode, 23.2)."""
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NONCHARACTERS = frozenset(
    {*range(0xFDD0, 0xFDF0), *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))}
)


def visible(text: str) -> str:
    """Without invisible characters; a control, a line end or any other blank becomes a plain blank."""
    return text if text.isprintable() else "".join(map(_visible, text))


def one_line(text: str) -> str:
    """The words of a text, one blank between them."""
    return " ".join(visible(text).split())


def lines(text: str) -> str:
    r"""A text whose lines end with \n, with nothing blank around it; blanks inside stay as they were typed."""
    whole = "\n".join(map(_line, _LINE_ENDS.sub("\n", text).split("\n"))).strip()
    return f"{whole}\n" if whole else ""


def _line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character if character == "\t" or unicodedata.category(character) == "Zs" else _visible(character)
        for character in text
    )


def _visible(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Co" | "Cn" if ord(character) not in _NONCHARACTERS:
            # A character younger than this Python's tables is one for all that.
            return character
        case _:
            return " "
