"""A contact cell → one address and a name; never the person's own address, never one that nobody reads."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from followup.model.address import is_carried, is_no_reply, is_no_reply_name
from followup.tracker.layout import Row
from followup.tracker.words import Words

_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]|/@]+@[^\s<>,;:\"'()\[\]|/@]+")
_WELL_FORMED = re.compile(r"[^\s<>,;:\"'()\[\]|/@]{1,64}@(?:[\w-]+\.)+[^\W\d][\w-]+")
OWN_COMPANIES = 3
_MAIL = r"(?!(?:e-?)?mail|courriel|correo)"
"""Not a service, but the way in which somebody is reached: `par mail`."""
_PARTICLES = frozenset(
    {"von", "vom", "van", "zu", "zum", "zur", "und", "der", "den", "dem", "het", "'t", "in", "op", "ter", "ten", "te",
     "de", "del", "della", "delle", "degli", "dei", "di", "da", "das", "do", "dos", "du", "des", "la", "las", "le",
     "les", "lo", "los", "af", "av", "al", "el", "bin", "bint", "ibn", "ben", "abu"}
)  # fmt: skip
"""What stands within a name in small letters."""
_OF_A_FIRM_TOO = frozenset({"von", "vom", "van", "zu", "zur"})
"""Those of them that as well say where somebody works: `Ines Roe von Acme`."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where `several` addresses stand in the cell, that is a question, and none of them is taken."""

    email: str | None
    name: str | None
    several: tuple[str, ...] = ()


NOBODY = Contact(None, None)


def reader(own: frozenset[str], words: Words) -> Callable[[str], Contact]:
    """A function from a contact cell to its contact; `own` are addresses never to write to, in lower case."""
    between = {relation: _phrases(words.lists[relation]) for relation in ("via", "behalf", "works_at", "reach")}

    @cache
    def read(cell: str) -> Contact:
        if not cell:
            return NOBODY
        if _WELL_FORMED.fullmatch(cell):
            return Contact(cell, None) if _is_usable(cell, own) else NOBODY
        addresses = list(dict.fromkeys(found.strip(".") for found in _ADDRESS.findall(cell)))
        if not addresses:
            return Contact(None, _name(_sender(cell, between), between))
        usable = [one for one in addresses if _is_usable(one, own)]
        in_front = cell.partition(addresses[0])[0].rstrip("<([ ")
        sender = _sender(in_front, between)
        if sender != in_front:
            # `Ines Roe via LinkedIn <…>`: the address is that of whoever passed the mail on.
            return Contact(None, _name(sender, between))
        if len(usable) > 1:
            return Contact(None, None, several=tuple(usable))
        name = _name(sender, between) if "<" in cell and len(usable) == 1 else None
        return Contact(usable[0] if usable else None, name)

    return read


def own_among(rows: Sequence[Row], place: int) -> frozenset[str]:
    """The person's own address by how it is used: at three companies or more, and in most of the filled cells."""
    times = Counter([row.cells[place].strip() for row in rows])
    del times[""]
    for cell, number in times.most_common(1):
        found = _ADDRESS.search(cell)
        companies = {row.company for row in rows if row.cells[place].strip() == cell}
        if found and number * 2 > times.total() and len(companies) >= OWN_COMPANIES:
            return frozenset({found[0].lower()})
    return frozenset()


def _is_usable(address: str, own: frozenset[str]) -> bool:
    lower = address.lower()
    if lower in own or not address.isprintable() or not _WELL_FORMED.fullmatch(address):
        return False
    # Few mail servers carry other letters before the @ (RFC 6531); such a letter is better handed over.
    return is_carried(address) and not is_no_reply(address)


def _phrases(phrases: frozenset[str]) -> re.Pattern[str]:
    """Any of these as whole words with something behind them."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\s+{_MAIL}(?=\S)", re.IGNORECASE)


def _sender(text: str, between: Mapping[str, re.Pattern[str]]) -> str:
    """Who writes, without the service that passes it on (`Ines Roe via LinkedIn`); nobody where it is on behalf.

    A word with a capital is part of a name, as there are people called Via; but not in front: `Via LinkedIn`.
    """
    if any(found[0][0].islower() for found in between["behalf"].finditer(text)):
        return ""
    start = text.lstrip(" \"'(")
    if between["via"].match(start):
        return ""
    service = next((found for found in between["via"].finditer(text) if found[0][0].islower()), None)
    return text[: service.start()].rstrip(" ([,-–|") if service else text


def _name(text: str, between: Mapping[str, re.Pattern[str]]) -> str | None:
    """A text that reads like a person's name: two to five words of letters, each beginning as names do.

    What says where the person works is none of it; a text that begins with what to do (`Message Ines Roe`) is none.
    """
    name = text.strip().strip('"').strip()
    if between["reach"].match(name):
        return None
    firm = next((found for found in between["works_at"].finditer(name) if found[0][0].islower()), None)
    name = name[: firm.start()].rstrip(" ([,-–|") if firm else name
    parts = name.split()
    if not 2 <= len(parts) <= 5 or len(name) > 60 or any(letter.isdigit() for letter in name):
        return None
    # A broken byte (U+FFFD) is one of its letters.
    letters = all(
        part.replace("\ufffd", "").strip(".,'’-").replace("-", "").replace("'", "").replace("’", "").isalpha()
        for part in parts
    )
    if not letters or is_no_reply_name(name) or not (parts[0][:1].isupper() and parts[-1][:1].isupper()):
        return None
    return name if all(_may_stand_within(place, parts) for place in range(1, len(parts) - 1)) else None


def _may_stand_within(place: int, parts: Sequence[str]) -> bool:
    """Whether a word within a name is one of it: it has a capital, or is a particle and leads to no firm."""
    word = parts[place]
    if not word[:1].islower() or word.startswith(("d'", "d’", "l'", "l’")):
        return True
    if word.rstrip(".") not in _PARTICLES:
        return word.endswith(".")
    before = [part for part in parts[:place] if part[:1].isupper() and not part.endswith(".")]
    return word not in _OF_A_FIRM_TOO or len(before) < 2
