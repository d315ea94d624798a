"""A contact cell → one address and a name; never the person's own address, never one that nobody reads."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from followup.model.address import is_carried, is_no_reply
from followup.tracker.layout import Row
from followup.tracker.words import Words

_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]|/@]+@[^\s<>,;:\"'()\[\]|/@]+")
_WELL_FORMED = re.compile(r"[^\s<>,;:\"'()\[\]|/@]{1,64}@(?:[\w-]+\.)+[^\W\d][\w-]+")
OWN_COMPANIES = 3


@dataclass(frozen=True, slots=True)
class Contact:
    """Where `several` addresses stand in the cell, that is a question, and none of them is taken."""

    email: str | None
    name: str | None
    several: tuple[str, ...] = ()


NOBODY = Contact(None, None)


def reader(own: frozenset[str], words: Words) -> Callable[[str], Contact]:
    """A function from a contact cell to its contact; `own` are addresses never to write to, in lower case."""
    between = {relation: _phrases(words.lists[relation]) for relation in ("via", "behalf")}

    @cache
    def read(cell: str) -> Contact:
        if not cell:
            return NOBODY
        if _WELL_FORMED.fullmatch(cell):
            return Contact(cell, None) if _is_usable(cell, own) else NOBODY
        addresses = list(dict.fromkeys(found.strip(".") for found in _ADDRESS.findall(cell)))
        if not addresses:
            return Contact(None, _name(_sender(cell, between)))
        usable = [one for one in addresses if _is_usable(one, own)]
        in_front = cell.partition(addresses[0])[0].rstrip("<([ ")
        sender = _sender(in_front, between)
        if sender != in_front:
            # `Ines Roe via LinkedIn <…>`: the address is that of whoever passed the mail on.
            return Contact(None, _name(sender))
        if len(usable) > 1:
            return Contact(None, None, several=tuple(usable))
        name = _name(sender) if "<" in cell and len(usable) == 1 else None
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
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})\s+(?=\S)", re.IGNORECASE)


def _sender(text: str, between: Mapping[str, re.Pattern[str]]) -> str:
    """Who writes, without the service that passes it on (`Ines Roe via LinkedIn`); nobody where it is on behalf.

    A word with a capital is part of a name: there are people called Via.
    """
    if any(found[0][0].islower() for found in between["behalf"].finditer(text)):
        return ""
    service = next((found for found in between["via"].finditer(text) if found[0][0].islower()), None)
    return text[: service.start()].rstrip(" ([,-–|") if service else text


def _name(text: str) -> str | None:
    """A text that reads like a person's name: two to five words of letters, each beginning as names do."""
    name = text.strip().strip('"').strip()
    parts = name.split()
    if not 2 <= len(parts) <= 5 or len(name) > 60 or any(letter.isdigit() for letter in name):
        return None
    # A broken byte (U+FFFD) is one of its letters.
    letters = all(
        part.replace("\ufffd", "").strip(".,'’-").replace("-", "").replace("'", "").replace("’", "").isalpha()
        for part in parts
    )
    return name if letters and parts[-1][:1].isupper() and parts[0][:1].isupper() else None
