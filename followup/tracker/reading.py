"""The face of the room: bytes → applications, doubts, problems. Pure; the latest event of an application wins."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
DATE_FIELDS = ("applied", "outcome_date", "weak_date", "interview", "timestamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """The look-ups that one file is read with. `place` sends a field without a column to a row's last, empty cell."""

    columns: Columns
    place: Mapping[str, int]
    words: Words
    meaning: Callable[[str], Meaning]
    day: Callable[[str], date | None]
    contact: Callable[[str], Contact]
    answers: Mapping[str, str]
    tells_stages: bool


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
    table = decode(data, words, encoding)
    if isinstance(table, Refusal):
        return _refused(table.reason)
    if table.header is None:
        return _refused(
            "no header was recognised in it. The first row should name the columns, such as Company, Role, Status;"
            " FOLLOWUP_COLUMNS can say which is which."
        )
    header = table.records[table.header].cells
    below = table.records[table.header + 1 :]
    assigned = assign(header, [record.cells for record in below[:200]], words, columns or {})
    if "company" not in assigned.places:
        return _refused("no column of it names the company. Say which does: FOLLOWUP_COLUMNS=company=Firm")
    found = list(layout.rows(below, header, assigned, words))
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
        meaning=vocabulary.reader(words),
        day=_remembering(
            dates.parser(DateOrder(told) if told and order is DateOrder.AMBIGUOUS else order, words.months)
        ),
        contact=contacts.reader(own),
        answers=answers,
        tells_stages=bool(columns.stages or {"stage", "interview"} & places.keys()),
    )
    triage = _is_triage(found, sheet)
    applications = []
    for rows in layout.group(found, columns):
        one = _application(rows, sheet)
        applications.append(one._replace(outcome=Outcome.NOT_APPLIED) if triage and _ended(one) else one)
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


def _application(rows: list[Row], sheet: _Sheet) -> Application:
    last = rows[-1]
    if len(rows) > 1 and "timestamp" in sheet.columns.places:
        moment = sheet.columns.places["timestamp"]
        last = max(rows, key=lambda row: row.cells[moment])
    place, cells = sheet.place, last.cells
    meaning = _meaning(cells, sheet)
    stage = meaning.stage
    if len(rows) > 1:
        stage = vocabulary.furthest(tuple(_meaning(row.cells, sheet).stage for row in rows))
    outcome_on, outcome_from = _NO_DAY if meaning.outcome is Outcome.OPEN else _outcome_day(cells, sheet, rows)
    contact = _contact(rows, sheet)
    return Application(
        company=_clean(last.company),
        role=_clean(cells[place["role"]]),
        line=last.line,
        outcome=meaning.outcome,
        stage=stage,
        status_text=cells[place["status"]],
        contact_name=contact.name,
        contact_email=contact.email,
        applied_on=sheet.day(cells[place["applied"]]),
        interview_on=sheet.day(cells[place["interview"]]),
        outcome_on=outcome_on,
        outcome_on_from=outcome_from,
        row_id=cells[place["id"]] or None,
        fingerprint=_fingerprint(rows),
    )


def _meaning(cells: list[str], sheet: _Sheet) -> Meaning:
    """Outcome from the status column, or from the stage column where that is empty; stage from all that tells of it."""
    status = cells[sheet.place["status"]]
    meaning = sheet.meaning(status)
    if meaning.outcome is Outcome.UNDECIDED:
        meaning = Meaning(_answered(status, sheet), meaning.stage)
    return _with_stages(meaning, status, cells, sheet) if sheet.tells_stages else meaning


def _with_stages(meaning: Meaning, status: str, cells: list[str], sheet: _Sheet) -> Meaning:
    beside = sheet.meaning(cells[sheet.place["stage"]])
    outcome, stages = meaning.outcome, [meaning.stage, beside.stage]
    if status in EMPTY_LOOKING or (outcome is Outcome.OPEN and beside.outcome is not Outcome.UNDECIDED):
        outcome = beside.outcome
    stages += [sheet.words.stages[name] for place, name in sheet.columns.stages if _ticked(cells[place], sheet.words)]
    if outcome is Outcome.REJECTED and sheet.day(cells[sheet.place["interview"]]):
        stages.append(Stage.INTERVIEW)
    return Meaning(outcome, vocabulary.furthest(tuple(stages)))


def _answered(status: str, sheet: _Sheet) -> Outcome:
    answer = sheet.answers.get(_outcome_key(status))
    return {"yes": Outcome.REJECTED, "no": Outcome.OPEN}.get(answer or "", Outcome.UNDECIDED)


def _ticked(cell: str, words: Words) -> bool:
    text = plain(cell)
    return bool(text) and text not in words.lists["none"]


def _outcome_day(cells: list[str], sheet: _Sheet, rows: list[Row]) -> tuple[date | None, DateSource | None]:
    place = sheet.place
    log = len(rows) > 1 or "event" in sheet.columns.places
    stated = sheet.day(cells[place["outcome_date"]]) or (sheet.day(cells[place["timestamp"]]) if log else None)
    if stated is not None:
        return stated, DateSource.STATED
    weak = sheet.day(cells[place["weak_date"]])
    return (weak, DateSource.WEAK) if weak is not None else _NO_DAY


def _contact(rows: list[Row], sheet: _Sheet) -> Contact:
    found, place = contacts.NOBODY, sheet.place["contact"]
    for row in rows:
        found = sheet.contact(row.cells[place])
        if found.email or found.several:
            break
    beside = rows[-1].cells[sheet.place["contact_name"]]
    if beside and found.name is None:
        named = sheet.contact(beside)
        found = Contact(found.email or named.email, named.name, found.several)
    return found


def _clean(text: str) -> str:
    """A cell for people: relation links cut off, odd spaces made plain, `null` and dashes empty."""
    if text.isascii() and "(http" not in text and "\n" not in text:
        return "" if text in EMPTY_LOOKING or text == "null" else text
    cut = text.partition("(http")[0]
    return " ".join("".join(letter if letter.isprintable() else " " for letter in cut.replace("\u200b", "")).split())


def _fingerprint(rows: list[Row]) -> str:
    joined = "\x1e".join(["\x1f".join(row.cells) for row in rows])
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _ended(one: Application) -> bool:
    return one.outcome in (Outcome.REJECTED, Outcome.UNDECIDED)


def _is_triage(found: Sequence[Row], sheet: _Sheet) -> bool:
    """Whether the status is the person's own sorting of vacancies: no day of applying, and siblings such as saved."""
    if "applied" in sheet.columns.places or "status" not in sheet.columns.places:
        return False
    texts = {row.cells[sheet.columns.places["status"]] for row in found}
    return any(sheet.meaning(text).outcome is Outcome.NOT_APPLIED for text in texts)


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
    cells = {row.line: row.cells[sheet.columns.places["contact"]] for row in found}
    several = [one for one in rejected if one.contact_email is None and sheet.contact(cells[one.line]).several]
    return [
        _doubt(
            QuestionKind.CONTACT,
            f"contact:{plain(one.company)}:{plain(one.role)}",
            f"Several addresses stand at {one.company}: which one should a letter go to?",
            [one],
        )
        for one in several
    ]


def _doubt(kind: QuestionKind, key: str, text: str, ones: Sequence[Application]) -> Doubt:
    about = tuple(dict.fromkeys(one.company for one in ones))
    return Doubt(kind=kind, key=key, text=text, about=about, lines=tuple(one.line for one in ones))


def _outcome_key(status: str) -> str:
    return f"outcome:{plain(status) or status}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _remembering(parse: Callable[[str], date | None]) -> Callable[[str], date | None]:
    known: dict[str, date | None] = {}

    def day(cell: str) -> date | None:
        if cell not in known:
            known[cell] = parse(cell)
        return known[cell]

    return day


def _problems(table: Table) -> tuple[Problem, ...]:
    """Rows that hold far more than the header has columns: a stray quote or separator shifted them."""
    if table.header is None:
        return ()
    width = len(table.records[table.header].cells)
    return tuple(
        Problem(line=record.line, text=f"it has {len(record.cells)} cells, the header has {width}.")
        for record in table.records[table.header + 1 :]
        if len(record.cells) > width + 2
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
