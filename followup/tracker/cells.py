"""One cell → what a person reads in it: no markup of links, no formulas, no errors of a spreadsheet, one line."""

import html
import re

from followup.tracker.words import EMPTY_LOOKING

LONGEST_NAME = 200
"""A company or role of more letters is cut: it has to stand in a letter."""

MARKUP = re.compile(r"\(http|[\n\[=&#'@]|[Ee]rr:\d")
"""What only a cell holds that may have to be cleaned."""

_LINK = re.compile(r'=[\w.]+\(\s*"[^"]*"\s*[,;]\s*"([^"]*)"\s*\)|\[([^\]]+)\]\(http.*\)|\[([^\]]+)\]|="([^"]*)"')
_TYPED_AS_TEXT = re.compile(r"'(?=[=+@\d-])")
"""The mark by which a spreadsheet takes a cell for text."""

# `#REF!`, `#N/A`, `#BEZUG!`, `#NV`, `#¡VALOR!`, `#DIV/0!`, `Err:502`, and what is too narrow to be shown.
_ERROR = re.compile(r"#[¡¿]?[\w./]{2,20}[!?]|#[\w]{1,3}/[\w]{1,3}|#GETTING_DATA|#NV|#YOK|#+|err:\d{3}", re.IGNORECASE)


_NO_VALUE = re.compile(r"[@+]\w+\(.*\)|\[object \w+\]", re.IGNORECASE)
"""A formula of an older spreadsheet, a program's slip."""


def _unescaped(text: str) -> str:
    """Without entities, however often they were written as entities again: `&amp;amp;`."""
    while (once := html.unescape(text)) != text:
        text = once
    return text


def clean(text: str) -> str:
    """A cell for people: of a link its text, odd spaces made plain; `null`, dashes, formulas and errors are empty."""
    if text.isascii() and not MARKUP.search(text) and len(text) <= LONGEST_NAME:
        return "" if text in EMPTY_LOOKING or text == "null" else text
    text = _TYPED_AS_TEXT.sub("", _unescaped(text[: 4 * LONGEST_NAME]).strip(), count=1)
    link = _LINK.fullmatch(text)
    cut = (next(filter(None, link.groups()), "") if link else text).partition("(http")[0]
    if cut.startswith("=") or is_error(cut) or _NO_VALUE.fullmatch(text):
        return ""
    shown = cut if cut.isprintable() else "".join(letter if letter.isprintable() else " " for letter in cut)
    line = " ".join(shown.split())[:LONGEST_NAME]
    return "" if line in EMPTY_LOOKING or line == "null" else line


def is_error(text: str) -> bool:
    """Whether a spreadsheet wrote this in place of a value."""
    return text[:1] in "#eE" and _ERROR.fullmatch(text) is not None
