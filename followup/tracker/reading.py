"""The face of the room: bytes → applications, doubts, problems. Pure; the latest event of an application wins."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import xxhash

from followup.model.application import Application, DateSource, Outcome, Stage
from followup.model.question import QuestionKind
from followup.model.reading import DateOrder, Doubt, Problem, Reading
from followup.tracker import contacts, dates, layout, vocabulary
from followup.tracker.columns import Columns, assign
from followup.tracker.contacts import Contact
from followup.tracker.decode import Refusal, Table, decode
from followup.tracker.layout import Row
from followup.tracker.vocabulary import Meaning
from followup.tracker.words import EMPTY_LOOKING, FIELDS, Words, plain

_NO_DAY = (None, None)
_AFTER_APPLYING = frozenset(Outcome) - {Outcome.NOT_APPLIED, Outcome.REJECTED, Outcome.UNDECIDED, Outcome.CANCELLED}
DATE_FIELDS = ("applied", "outcome_date", "weak_date", "interview", "timestamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """The look-ups that one file is read with. `place` sends a field without a column to a row's last, empty cell.

    `tells_beside` says that more columns than status and contact tell of stage and contact.
    """

    columns: Columns
    place: Mapping[str, int]
    words: Words
    meaning: Callable[[str], Meaning]
    day: Callable[[str], date | None]
    contact: Callable[[str], Contact]
    answers: Mapping[str, str]
    tells_beside: bool


def read(
    data: bytes,
    words: Words,
    *,
    own_addresses: frozenset[str] = frozenset(),
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Reading:
    """Read a tracker. Never raises for any bytes: what cannot be read is refused with the reason."""
    named = {plain(header): field for field, header in (columns or {}).items()}
    words = replace(words, headers={**words.headers, **named})
    table = decode(data, words, encoding)
    if isinstance(table, Refusal):
        return _refused(table.reason)
    if table.header is None:
        return _refused(
            "no header was recognised in it. The first row should name the columns, such as Company, Role, Status;"
            " FOLLOWUP_COLUMNS can say which is which."
        )
    below = table.rows[table.header + 1 : table.header + 200]
    assigned = assign(table.rows[table.header], below, words, columns or {})
    if "company" not in assigned.places:
        return _refused("no column of it names the company. Say which does: FOLLOWUP_COLUMNS=company=Firm")
    found = list(layout.rows(table, table.header, assigned, words))
    return _read(table, assigned, found, words, own_addresses, answers or {})


def _read(
    table: Table,
    columns: Columns,
    found: Sequence[Row],
    words: Words,
    own_addresses: frozenset[str],
    answers: Mapping[str, str],
) -> Reading:
    places = columns.places
    order = dates.order_of({row.cells[places[name]] for name in DATE_FIELDS if name in places for row in found})
    told = answers.get("date_order")
    own = frozenset(address.lower() for address in own_addresses)
    if "contact" in places:
        own |= contacts.own_among(found, places["contact"])
    sheet = _Sheet(
        columns=columns,
        place={field: places.get(field, -1) for field in FIELDS},
        words=words,
        meaning=_answering(vocabulary.reader(words), answers),
        day=cache(dates.parser(DateOrder(told) if told and order is DateOrder.AMBIGUOUS else order, words.months)),
        contact=contacts.reader(own),
        answers=answers,
        tells_beside=bool(columns.stages or {"stage", "interview", "contact_name"} & places.keys()),
    )
    ones, logs = layout.one_each(found, columns)
    applications = _applications(ones, logs, sheet)
    if _is_triage(found, sheet):
        applications = [one._replace(outcome=Outcome.NOT_APPLIED) if _ended(one) else one for one in applications]
    return Reading(
        encoding=table.encoding,
        delimiter=table.delimiter,
        date_order=order,
        refused=None,
        columns=columns.uses,
        applications=tuple(applications),
        doubts=_doubts(applications, found, order, sheet),
        problems=_problems(table),
    )


def _applications(rows: Sequence[Row], logs: Mapping[int, list[Row]], sheet: _Sheet) -> list[Application]:
    """One application for each row, column by column, which is what makes large sheets quick.

    `logs` holds, by the line of the latest, all rows of an application that has several.
    """

    def column(field: str) -> list[str]:
        place = sheet.place[field]
        return [row.cells[place].strip() for row in rows]

    if logs or sheet.tells_beside:
        meanings = [_meaning(row, logs, sheet) for row in rows]
        found = [_contact(row, logs, sheet) for row in rows]
    else:
        meanings = list(map(sheet.meaning, column("status")))
        found = list(map(sheet.contact, column("contact")))
    if any(key.startswith("contact:") for key in sheet.answers):
        found = [_chosen(row, contact, sheet) for row, contact in zip(rows, found, strict=True)]
    days = [
        _NO_DAY if meaning.outcome is Outcome.OPEN else _outcome_day(row, logs, sheet)
        for row, meaning in zip(rows, meanings, strict=True)
    ]
    values = zip(
        [_clean(row.company) for row in rows],
        map(cache(_clean), column("role")),
        [row.line for row in rows],
        [meaning.outcome for meaning in meanings],
        [meaning.stage for meaning in meanings],
        column("status"),
        [contact.name for contact in found],
        [contact.email for contact in found],
        map(sheet.day, column("applied")),
        map(sheet.day, column("interview")),
        [day for day, _ in days],
        [source for _, source in days],
        [cell or None for cell in column("id")],
        _fingerprints(rows, logs, meanings, found),
        strict=True,
    )
    return list(map(Application._make, values))


def _meaning(row: Row, logs: Mapping[int, list[Row]], sheet: _Sheet) -> Meaning:
    """Outcome of the latest row; the furthest stage of all."""
    meaning = _with_stages(row.cells, sheet)
    earlier = logs.get(row.line, [])
    stages = (meaning.stage, *(_with_stages(one.cells, sheet).stage for one in earlier))
    return Meaning(meaning.outcome, vocabulary.furthest(stages))


def _with_stages(cells: list[str], sheet: _Sheet) -> Meaning:
    """Outcome from the status column, or from the stage column where that is empty; stage from all that tells of it."""
    status = cells[sheet.place["status"]].strip()
    meaning = sheet.meaning(status)
    beside = sheet.meaning(cells[sheet.place["stage"]])
    outcome, stages = meaning.outcome, [meaning.stage, beside.stage]
    if status in EMPTY_LOOKING or (outcome is Outcome.OPEN and beside.outcome is not Outcome.UNDECIDED):
        outcome = beside.outcome
    stages += [sheet.words.stages[name] for place, name in sheet.columns.stages if _ticked(cells[place], sheet.words)]
    if outcome is Outcome.REJECTED and sheet.day(cells[sheet.place["interview"]]):
        stages.append(Stage.INTERVIEW)
    return Meaning(outcome, vocabulary.furthest(tuple(stages)))


def _answering(meaning: Callable[[str], Meaning], answers: Mapping[str, str]) -> Callable[[str], Meaning]:
    """What a status says, or what the person said of it where it is undecided."""

    @cache
    def answered(status: str) -> Meaning:
        found = meaning(status)
        if found.outcome is not Outcome.UNDECIDED:
            return found
        answer = answers.get(_outcome_key(status), "")
        outcome = {"yes": Outcome.REJECTED, "no": Outcome.OPEN}.get(answer, Outcome.UNDECIDED)
        return Meaning(outcome, found.stage)

    return answered


def _ticked(cell: str, words: Words) -> bool:
    text = plain(cell)
    return bool(text) and text not in words.lists["none"]


def _outcome_day(row: Row, logs: Mapping[int, list[Row]], sheet: _Sheet) -> tuple[date | None, DateSource | None]:
    place, cells = sheet.place, row.cells
    stated = sheet.day(cells[place["outcome_date"]])
    if stated is None and (row.line in logs or "event" in sheet.columns.places):
        stated = sheet.day(cells[place["timestamp"]])
    if stated is not None:
        return stated, DateSource.STATED
    weak = sheet.day(cells[place["weak_date"]])
    return (weak, DateSource.WEAK) if weak is not None else _NO_DAY


def _contact(row: Row, logs: Mapping[int, list[Row]], sheet: _Sheet) -> Contact:
    """The contact of a row, or of any row of its log; a column of names beside it gives the name."""
    place = sheet.place["contact"]
    found = sheet.contact(row.cells[place].strip())
    for one in logs.get(row.line, ()):
        if found.email or found.several:
            break
        found = sheet.contact(one.cells[place].strip())
    beside = row.cells[sheet.place["contact_name"]].strip()
    if beside and found.name is None:
        named = sheet.contact(beside)
        found = Contact(found.email or named.email, named.name, found.several)
    return found


def _chosen(row: Row, contact: Contact, sheet: _Sheet) -> Contact:
    """The address that the person chose where several stand, if it is one of them."""
    if not contact.several:
        return contact
    answer = sheet.answers.get(_contact_key(row.company, row.cells[sheet.place["role"]]), "")
    chosen = sheet.contact(answer) if answer in row.cells[sheet.place["contact"]].casefold() else contacts.NOBODY
    return chosen if chosen.email else contact


def _contact_key(company: str, role: str) -> str:
    return f"contact:{plain(company)}:{plain(role)}"


def _clean(text: str) -> str:
    """A cell for people: relation links cut off, odd spaces made plain, `null` and dashes empty."""
    if text.isascii() and "(http" not in text and "\n" not in text:
        return "" if text in EMPTY_LOOKING or text == "null" else text
    cut = text.partition("(http")[0]
    return " ".join("".join(letter if letter.isprintable() else " " for letter in cut.replace("\u200b", "")).split())


def _fingerprints(
    rows: Sequence[Row], logs: Mapping[int, list[Row]], meanings: Sequence[Meaning], found: Sequence[Contact]
) -> Iterator[str]:
    """Equal for two readings of an application in which no cell differs, nor what was understood of them."""
    for row, meaning, contact in zip(rows, meanings, found, strict=True):
        whole = "\x1f".join([*row.cells, meaning.outcome, meaning.stage, contact.email or ""])
        if row.line in logs:
            whole += "\x1e".join(["\x1f".join(one.cells) for one in logs[row.line]])
        yield xxhash.xxh3_128_hexdigest(whole.encode("utf-8", "surrogatepass"))


def _ended(one: Application) -> bool:
    return one.outcome in (Outcome.REJECTED, Outcome.UNDECIDED)


def _is_triage(found: Sequence[Row], sheet: _Sheet) -> bool:
    """Whether the status is the person's own sorting of vacancies never applied to.

    So it is where no column has a day of applying, a sibling says saved or considering, and none tells of more.
    """
    if "applied" in sheet.columns.places or "status" not in sheet.columns.places:
        return False
    place = sheet.columns.places["status"]
    texts = {row.cells[place].strip() for row in found}
    outcomes = {sheet.words.outcomes.get(plain(text)) for text in texts}
    told = any(sheet.meaning(text).stage is not Stage.UNKNOWN for text in texts)
    return Outcome.NOT_APPLIED in outcomes and not told and not outcomes & _AFTER_APPLYING


def _doubts(
    applications: Sequence[Application], found: Sequence[Row], order: DateOrder, sheet: _Sheet
) -> tuple[Doubt, ...]:
    doubts = []
    by_text: dict[str, list[Application]] = {}
    for one in applications:
        if one.outcome is Outcome.UNDECIDED:
            by_text.setdefault(_outcome_key(one.status_text), []).append(one)
    for key, ones in by_text.items():
        text = f"“{ones[0].status_text[:60]}” ({_rows(len(ones))}): did the employer say no?"
        doubts.append(_doubt(QuestionKind.OUTCOME, key, text, ones))
    rejected = [one for one in applications if one.outcome is Outcome.REJECTED]
    if order is DateOrder.AMBIGUOUS and rejected and "date_order" not in sheet.answers:
        text = "Are days in your tracker written day first (dmy) or month first (mdy)?"
        doubts.append(_doubt(QuestionKind.DATE_ORDER, "date_order", text, rejected))
    return (*doubts, *_contact_doubts(rejected, found, sheet))


def _contact_doubts(rejected: Sequence[Application], found: Sequence[Row], sheet: _Sheet) -> list[Doubt]:
    if "contact" not in sheet.columns.places:
        return []
    unaddressed = {one.line: one for one in rejected if one.contact_email is None}
    place = sheet.columns.places["contact"]
    rows = [row for row in found if row.line in unaddressed] if unaddressed else []
    several = [row for row in rows if sheet.contact(row.cells[place].strip()).several]
    return [
        _doubt(
            QuestionKind.CONTACT,
            _contact_key(row.company, row.cells[sheet.place["role"]]),
            f"At {row.company} stand {row.cells[place].strip()[:150]!r}. Which address should a letter go to?",
            [unaddressed[row.line]],
        )
        for row in several
    ]


def _doubt(kind: QuestionKind, key: str, text: str, ones: Sequence[Application]) -> Doubt:
    about = tuple(dict.fromkeys(one.company for one in ones))
    return Doubt(kind=kind, key=key, text=text, about=about, lines=tuple(one.line for one in ones))


def _outcome_key(status: str) -> str:
    start = status[: vocabulary.LONGEST]
    return f"outcome:{plain(start) or start}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _problems(table: Table) -> tuple[Problem, ...]:
    """Rows that hold far more than the header has columns: a stray quote or separator shifted them."""
    if table.header is None:
        return ()
    width = len(table.rows[table.header])
    return tuple(
        Problem(line=line, text=f"it has {len(cells)} cells, the header has {width}.")
        for line, cells in zip(table.lines, table.rows, strict=True)
        if len(cells) > width + 2
    )


def _refused(reason: str) -> Reading:
    return Reading(
        encoding="",
        delimiter="",
        date_order=DateOrder.NONE,
        refused=reason,
        columns=(),
        applications=(),
        doubts=(),
        problems=(),
    )
