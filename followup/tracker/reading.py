"""The face of the room: bytes → applications, doubts, problems. Pure; the latest event of an application wins."""

import gc
import html
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from operator import itemgetter

import xxhash

from followup import __version__
from followup.model.application import Application, Outcome
from followup.model.person import Person
from followup.model.reading import ColumnUse, DateOrder, Doubt, LeftOut, Problem, Reading
from followup.tracker import contacts, dates, doubts, endings, layout, vocabulary
from followup.tracker.cells import LONGEST_NAME
from followup.tracker.columns import Columns, assign, likely_column
from followup.tracker.contacts import NOBODY, Contact
from followup.tracker.decode import HEADER_WITHIN, Refusal, Table, decode
from followup.tracker.encoding import other_readings
from followup.tracker.endings import Look
from followup.tracker.layout import Row
from followup.tracker.rows import read_rows
from followup.tracker.words import EMPTY_LOOKING, FIELDS, Words, plain

DATE_FIELDS = ("applied", "outcome_date", "weak_date", "interview", "timestamp")
SAMPLE = 200
"""So many rows below the header tell what a column holds."""
SHARE = 60
"""What a phrase counts for its language; divides without rest by the number of languages that share it, mostly."""

LONGEST_CONTACT = 500


def way(
    words_digest: str,
    person: Person,
    encoding: str | None,
    columns: Mapping[str, str],
    answers: Mapping[str, str],
) -> str:
    """A digest of all that a tracker is read with, this version included: what is read as new under another one may
    have stood there before.
    """
    settings = [person.email, person.zone.key, person.language, encoding]
    whole = json.dumps([__version__, words_digest, settings, sorted(columns.items()), sorted(answers.items())])
    return xxhash.xxh3_128_hexdigest(whole.encode("utf-8", "surrogatepass"))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Rows hold no cycles, yet the collector walks all of them again and again as they grow: a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_collector_at_rest()
def read(
    data: bytes,
    words: Words,
    *,
    own_addresses: frozenset[str] = frozenset(),
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Reading:
    """Read a tracker. Never raises for any bytes: what cannot be read is refused with the reason.

    `now` is in the person's zone: an instant with an offset is a day there, and a rejection has had no
    interview that is still ahead.
    """
    told = doubts.answers_to_each(answers or {})
    named = [*doubts.columns_told(told), *(columns or {}).items()]
    headers = {plain(name): field for field, name in named if field in FIELDS}
    words = replace(words, headers={**words.headers, **headers})
    table = decode(data, words, encoding, told.get(doubts.ENCODING_KEY))
    if isinstance(table, Refusal):
        return _refused(table.reason)
    if table.header is None:
        return _refused(
            "no header was recognised in it. The first row should name the columns, such as Company, Role, Status;"
            " FOLLOWUP_COLUMNS can say which is which.",
            *_of_encoding(table, [cell for row in table.rows[:HEADER_WITHIN] for cell in row]),
        )
    header, below = table.rows[table.header], table.rows[table.header + 1 :][:SAMPLE]
    there = {plain(cell) for cell in header}
    override = {field: name for field, name in doubts.columns_told(told) if plain(name) in there}
    assigned = assign(header, below, words, {**override, **(columns or {})})
    if "company" not in assigned.places:
        likely = likely_column("company", header, below, assigned, words)
        doubt = doubts.of_column("company", header, likely, table.lines[table.header])
        if spelling := _of_encoding(table, header):
            return _refused(spelling[0].text, *spelling)
        return _refused(f"{doubt.text} FOLLOWUP_COLUMNS=company=… says so too.", doubt)
    return _read(table, table.header, assigned, words, own_addresses, told, now)


def _read(
    table: Table,
    header: int,
    columns: Columns,
    words: Words,
    own_addresses: frozenset[str],
    answers: Mapping[str, str],
    now: datetime | None,
) -> Reading:
    order = dates.order_of(_day_cells(table, header, columns))
    told = answers.get(doubts.ORDER_KEY)
    written = DateOrder(told) if told and order is DateOrder.AMBIGUOUS else order
    day = cache(dates.parser(written, words.months, now.tzinfo if now else None))
    as_written = cache(dates.parser(written, words.months, None))
    sheet = layout.sheet(table, header, columns, words, lambda cell: _moment(cell, as_written))
    own = frozenset(address.lower() for address in own_addresses) | _own_among(sheet.rows, columns)
    look = Look(
        header=table.rows[header],
        columns=columns,
        place={field: columns.places.get(field, -1) for field in FIELDS},
        words=words,
        meaning=cache(vocabulary.reader(words)),
        day=day,
        contact=_contact_reader(own, words),
        answers=answers,
        today=now.date() if now else None,
        logs=sheet.logs,
        triage=False,
    )
    look = replace(look, triage=endings.is_triage(sheet.rows, look))
    applications, several, unclear, no_interview = read_rows(sheet.rows, look)
    unknown = doubts.of_unknown(applications, unclear)
    line = table.lines[header]
    return Reading(
        encoding=table.encoding,
        delimiter=table.delimiter,
        date_order=order,
        refused=None,
        columns=_uses(columns, look.header, sheet.rows[:SAMPLE]),
        applications=tuple(applications),
        doubts=(
            *_of_encoding(table, _cells_that_matter(look, sheet.rows)),
            *doubts.of_outcomes(applications),
            *_of_words(applications, unknown, look),
            *doubts.of_order(_ordered(applications, sheet.rows, look) if order is DateOrder.AMBIGUOUS else []),
            *doubts.of_contacts(zip(applications, several, strict=True)),
            *_of_columns(applications, table.rows[header + 1 :][:SAMPLE], look, line),
        ),
        unknown=tuple(unknown),
        problems=_problems(table, columns, [*sheet.problems, *_impossible(applications, no_interview)], line),
        left_out=tuple(LeftOut(kind=kind, lines=tuple(lines)) for kind, lines in sheet.left_out.items()),
        language=_language([*look.header, *{one.status_text for one in applications}], words),
    )


def _cells_that_matter(look: Look, rows: Sequence[Row]) -> Iterator[str]:
    """The header, and the cells that a letter or a decision may hang on."""
    yield from look.header
    columns = look.columns
    places = {place for field, place in columns.places.items() if field not in ("notes", "ignored")}
    places |= {*columns.telling, *(place for place, _ in (*columns.stages, *columns.ticks))}
    for row in rows:
        yield from (row.cells[place] for place in places)


def _of_encoding(table: Table, cells: Iterable[str]) -> list[Doubt]:
    """Which encoding is meant, where these cells read otherwise in another one."""
    samples = _other_readings(table, cells)
    return [doubts.of_encoding(samples, table.lines[:1])] if samples else []


def _other_readings(table: Table, cells: Iterable[str]) -> dict[str, str]:
    """How each encoding that may be meant reads those of the cells in which they differ."""
    if not table.rivals and not table.unsure:
        return {}
    distinct = dict.fromkeys(cell.strip() for cell in cells if not cell.isascii() and len(cell) <= LONGEST_NAME)
    return other_readings(list(distinct)[:SAMPLE], table.encoding, table.rivals, unsure=table.unsure)


def _of_words(applications: Sequence[Application], unknown: Sequence[Doubt], look: Look) -> list[Doubt]:
    """The words of outcome, where hardly one of them is known."""
    if not unknown or not look.columns.telling:
        return []
    return doubts.of_words(look.header[look.columns.telling[0]], applications, unknown, look.answers)


def _of_columns(
    applications: Sequence[Application], rows: Sequence[Sequence[str]], look: Look, line: int
) -> list[Doubt]:
    """The columns that nobody named: the one of endings always, another only where a letter would gain by it."""
    columns, asked = look.columns, []
    if applications and not columns.telling and not columns.ticks:
        asked.append(("status", likely_column("status", look.header, rows, columns, look.words)))
    if any(one.outcome is Outcome.REJECTED for one in applications):
        for field in {"role", "contact"} - columns.places.keys():
            likely = likely_column(field, look.header, rows, columns, look.words)
            asked += [] if likely is None else [(field, likely)]
    return [
        doubts.of_column(field, look.header, likely, line)
        for field, likely in sorted(asked)
        if doubts.column_key(field, look.header) not in look.answers
    ]


def _language(texts: Iterable[str], words: Words) -> str | None:
    """The language that most of these headers and status texts are of; a phrase of several counts for each in part."""
    times: Counter[str] = Counter()
    for text in texts:
        codes = words.spoken.get(plain(text), ()) if len(text) <= LONGEST_NAME else ()
        for code in codes:
            times[code] += SHARE // len(codes)
    (first, most), (_, next_most) = [*times.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > next_most else None


def _uses(columns: Columns, header: Sequence[str], rows: Sequence[Row]) -> tuple[ColumnUse, ...]:
    """Which column is read as what, each with the first cell of an application that has something in it."""
    return tuple(
        ColumnUse(
            field=field,
            header=header[place].strip(),
            sample=next((cell for row in rows if (cell := row.cells[place].strip()) not in EMPTY_LOOKING), "")[:60],
        )
        for field, place in sorted(columns.places.items(), key=itemgetter(1))
    )


def _day_cells(table: Table, header: int, columns: Columns) -> set[str]:
    """The cells of every column that holds days, known or not: each may prove the order."""
    rows = table.rows[header + 1 :]
    places = {columns.places[field] for field in DATE_FIELDS if field in columns.places}
    places |= {place for place, _ in (*columns.stages, *columns.ticks)}
    for place in set(range(len(table.rows[header]))) - places:
        if any(dates.is_numeric(row[place]) for row in rows[:SAMPLE] if place < len(row)):
            places.add(place)
    return {row[place] for place in places for row in rows if place < len(row)}


def _moment(cell: str, day: Callable[[str], date | None]) -> tuple[date, int] | None:
    found = day(cell)
    return None if found is None else (found, dates.minute_of(cell))


def _own_among(rows: Sequence[Row], columns: Columns) -> frozenset[str]:
    place = columns.places.get("contact")
    if place is None:
        return frozenset()
    return contacts.own_among([row for row in rows if len(row.cells[place]) <= LONGEST_CONTACT], place)


def _contact_reader(own: frozenset[str], words: Words) -> Callable[[str], Contact]:
    read_cell, nobody = contacts.reader(own, words), words.lists["none"]

    def contact(cell: str) -> Contact:
        cell = html.unescape(cell) if "&" in cell else cell
        if len(cell) > LONGEST_CONTACT or ("@" not in cell and plain(cell) in nobody):
            return NOBODY
        return read_cell(cell)

    return contact


def _ordered(applications: Sequence[Application], rows: Sequence[Row], look: Look) -> list[Application]:
    """The rejections with a day in question that a letter or a decision hangs on; that of applying is none."""
    if doubts.ORDER_KEY in look.answers:
        return []
    places = [look.place[field] for field in ("interview", "outcome_date", "timestamp")]
    places += [look.place["applied"]] if look.logs else []
    return [
        one
        for one, row in zip(applications, rows, strict=True)
        if one.outcome is Outcome.REJECTED
        and any(dates.needs_order(each.cells[place]) for each in look.logs.get(row.line, [row]) for place in places)
    ]


def _impossible(applications: Sequence[Application], why: Sequence[str | None]) -> list[Problem]:
    """The interviews of rejections that cannot have been, and why."""
    return [
        Problem(line=application.line, text=f"the day of its interview {reason}: it counts as none.")
        for application, reason in zip(applications, why, strict=True)
        if reason and application.outcome is Outcome.REJECTED
    ]


def _problems(table: Table, columns: Columns, of_rows: Sequence[Problem], line: int) -> tuple[Problem, ...]:
    """Everything that is wrong, from the top of the file down."""
    found = [Problem(line=line, text=text) for text in columns.amiss]
    found += [
        Problem(line=number, text="a quotation mark too many: it and the rows after were read line by line.")
        for number in table.stray
    ]
    found += [
        Problem(
            line=number, text="a byte on it is no part of a sign, and reads “\ufffd”. Correct it, and save as UTF-8."
        )
        for number in table.broken
    ]
    if samples := _other_readings(table, (cell for row in table.rows for cell in row)):
        text = f"read as {table.encoding}, such as “{samples[table.encoding][:40]}”: should that look wrong,"
        found.append(Problem(line=1, text=f"{text} save it as CSV (UTF-8)."))
    return tuple(sorted([*found, *of_rows], key=lambda problem: problem.line))


def _refused(reason: str, *doubts: Doubt) -> Reading:
    return Reading(
        encoding="",
        delimiter="",
        date_order=DateOrder.NONE,
        refused=reason,
        columns=(),
        applications=(),
        doubts=doubts,
        unknown=(),
        problems=(),
    )
