"""Rows that stand for applications → applications, column by column, for speed."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import xxhash

from followup.model.application import Application, DateSource, Outcome, Stage
from followup.tracker import doubts, endings, layout
from followup.tracker.cells import LONGEST_NAME, MARKUP, clean
from followup.tracker.contacts import NOBODY, Contact
from followup.tracker.endings import Look, Told
from followup.tracker.layout import Row
from followup.tracker.vocabulary import Meaning
from followup.tracker.words import plain

_Day = tuple[date | None, DateSource | None]
_NO_DAY: _Day = (None, None)


class ReadRows(NamedTuple):
    """An application for each row.

    Of each: its addresses where they are several, whether its status is unclear, why its interview cannot have been.
    """

    applications: list[Application]
    several: list[tuple[str, ...]]
    unclear: list[bool]
    no_interview: list[str | None]


def read_rows(rows: Sequence[Row], look: Look) -> ReadRows:
    """Read rows that stand for applications: column by column, for speed."""

    def column(field: str) -> Sequence[str]:
        place = look.place[field]
        return [row.cells[place].strip() for row in rows] if place >= 0 else [""] * len(rows)

    told = endings.tell(rows, column, look)
    found = _contacts(rows, column, look)
    days = _outcome_days(rows, told, column, look)
    written = [_as_written(row, look) for row in rows]
    no_interview = _no_interview(rows, look)
    interviews = [
        look.day(cell) if why is None or (why == endings.LIES_AHEAD and _is_open(meaning)) else None
        for why, cell, (_, meaning) in zip(no_interview, column("interview"), told, strict=True)
    ]
    understood = zip(
        _companies(rows),
        _roles(rows, column, look),
        [meaning.outcome for _, meaning in told],
        [meaning.stage for _, meaning in told],
        [text for text, _ in told],
        [contact.name for contact in found],
        [contact.email for contact in found],
        _applied(rows, column, look),
        interviews,
        [day for day, _ in days],
        [source for _, source in days],
        [cell or None for cell in column("id")],
        [look.words.languages.get(plain(cell)) for cell in column("language")],
        strict=True,
    )
    lines = [row.line for row in rows]
    return ReadRows(
        applications=list(map(_application, lines, written, understood)),
        several=[contact.several for contact in found],
        unclear=[bool(text) and meaning.unclear for text, meaning in told],
        no_interview=no_interview,
    )


def _is_open(meaning: Meaning) -> bool:
    """Whether an application goes on for certain: then an interview may be to come."""
    return meaning.outcome is Outcome.OPEN and not meaning.unclear


def _application(line: int, written: str, understood: tuple[Any, ...]) -> Application:
    company, role, *more, row_id, language = understood
    cells, skeleton = _digest(written), _digest(written.encode("ascii", "ignore").decode())
    fingerprint = _digest("\x1f".join([cells, *map(str, understood)]))
    return Application._make((company, role, line, *more, row_id, fingerprint, language, cells, skeleton))


def _companies(rows: Sequence[Row]) -> list[str]:
    """The companies; cleaned one by one only where anything is to be cleaned."""
    names = [row.company for row in rows]
    whole = "".join(names)
    if whole.isascii() and not MARKUP.search(whole) and len(max(names, key=len, default="")) <= LONGEST_NAME:
        return names
    return list(map(clean, names))


def _roles(rows: Sequence[Row], column: Callable[[str], Sequence[str]], look: Look) -> list[str]:
    """The roles; in a log any row may name it."""

    @cache
    def role(cell: str) -> str:
        name = clean(cell)
        said, lists = plain(name), look.words.lists
        return "" if not said or any(said in lists[kind] for kind in ("none", "template", "total")) else name

    roles = list(map(role, column("role")))
    for place, row in enumerate(rows) if look.logs else ():
        others = (role(one.cells[look.place["role"]].strip()) for one in look.logs.get(row.line, ()))
        roles[place] = roles[place] or next(filter(None, others), "")
    return roles


def _no_interview(rows: Sequence[Row], look: Look) -> list[str | None]:
    place = look.place["interview"]
    if place < 0:
        return [None] * len(rows)
    return [endings.why_no_interview(cell, row.cells, look) if (cell := row.cells[place]) else None for row in rows]


def _outcome_days(
    rows: Sequence[Row], told: Sequence[Told], column: Callable[[str], Sequence[str]], look: Look
) -> list[_Day]:
    """The days of the outcomes, and whether the sheet states them. In a log it is the day of the latest event."""
    stated: list[date | None] = list(map(look.day, column("outcome_date")))
    where = layout.moment_place(look.columns)
    for place, row in enumerate(rows) if look.logs or "event" in look.columns.places else ():
        stated[place] = stated[place] or (look.day(row.cells[where]) if where is not None else None)
    weak = map(look.day, column("weak_date")) if look.place["weak_date"] >= 0 else [None] * len(rows)
    return [
        _NO_DAY if meaning.outcome is Outcome.OPEN else _dated(day, other)
        for (_, meaning), day, other in zip(told, stated, weak, strict=True)
    ]


def _dated(stated: date | None, weak: date | None) -> _Day:
    if stated is not None:
        return stated, DateSource.STATED
    return (weak, DateSource.WEAK) if weak is not None else _NO_DAY


def _applied(rows: Sequence[Row], column: Callable[[str], Sequence[str]], look: Look) -> list[date | None]:
    """The days of applying; in a log the day of the first event, if that is no more than an application."""
    days = list(map(look.day, column("applied")))
    where = layout.moment_place(look.columns)
    for place, row in enumerate(rows) if look.logs and where is not None else ():
        first = look.logs.get(row.line, [row])[0]
        told = endings.tell_row(first.cells, look)[1]
        days[place] = look.day(first.cells[where or 0]) if _is_applying(told) else None
    return days


def _is_applying(told: Meaning) -> bool:
    return told.outcome is Outcome.OPEN and told.stage is Stage.UNKNOWN


def _contacts(rows: Sequence[Row], column: Callable[[str], Sequence[str]], look: Look) -> list[Contact]:
    asked = any(key.startswith("contact:") for key in look.answers)
    if look.logs or asked or "contact_name" in look.columns.places:
        return [_contact(row, look) for row in rows]
    return list(map(look.contact, column("contact")))


def _contact(row: Row, look: Look) -> Contact:
    """The contact of a row, or of any row of its log; a column of names beside it gives the name."""
    place = look.place["contact"]
    found = look.contact(row.cells[place].strip())
    for one in look.logs.get(row.line, ()):
        if found.email or found.several:
            break
        found = look.contact(one.cells[place].strip())
    if found.several:
        found = _chosen(row, found, look)
    beside = row.cells[look.place["contact_name"]].strip()
    if beside and found.name is None:
        named = look.contact(beside)
        found = Contact(found.email or named.email, named.name, found.several)
    return found


def _chosen(row: Row, several: Contact, look: Look) -> Contact:
    """The address that the person chose where several stand, if it is one of them; or none of them."""
    key = doubts.contact_key(clean(row.company), clean(row.cells[look.place["role"]].strip()))
    answer = look.answers.get(key, "").strip()
    if answer == "none":
        return NOBODY
    chosen = next((address for address in several.several if address.casefold() == answer), None)
    return Contact(chosen, None) if chosen else several


def _as_written(row: Row, look: Look) -> str:
    """All the cells of a row, or of all rows of its log; how wide the header is plays no part."""
    return "\x1e".join(["\x1f".join(each.cells).rstrip("\x1f") for each in look.logs.get(row.line, (row,))])


def _digest(text: str) -> str:
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogatepass"))
