"""Identity across edits: random trackers, random saves with one edit each, read as files and compared as the scan does.

Whatever the edits, each application keeps its id, and never more than one feedback request exists for it.
"""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from followup import assembly
from followup.model.application import Application, Known
from followup.tracker import reading
from followup.tracker.changes import compare
from followup.tracker.pairing import distinct, set_aside

WORDS = assembly.words((assembly.shipped_templates(),))
NOW = datetime(2026, 11, 23, tzinfo=UTC)
FIRST = ("Acme", "Birch", "Cedar", "Dune", "Elm", "Fjord")
SECOND = ("Ltd", "Café", "AG")
HEADER = {
    "company": "Company",
    "role": "Role",
    "applied": "Date Applied",
    "status": "Status",
    "contact": "Email",
    "notes": "Notes",
}


@dataclass(frozen=True)
class Row:
    """A row and the application it is, which no cell tells."""

    truth: int
    cells: dict[str, str]


@dataclass
class Sheet:
    rows: list[Row]
    columns: list[str] = field(default_factory=lambda: list(HEADER))
    names: dict[str, str] = field(default_factory=lambda: dict(HEADER))
    delimiter: str = ","
    encoding: str = "utf-8"
    saved: list[tuple[list[Row], list[str], dict[str, str]]] = field(default_factory=list)

    def undo(self) -> None:
        """Go back to the save before the last one."""
        if len(self.saved) > 1:
            self.saved.pop()
            rows, columns, names = self.saved.pop()
            self.rows, self.columns, self.names = list(rows), list(columns), dict(names)

    def save(self) -> bytes:
        self.saved.append((list(self.rows), list(self.columns), dict(self.names)))
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter)
        writer.writerow([self.names[column] for column in self.columns])
        writer.writerows([row.cells.get(column, "") for column in self.columns] for row in self.rows)
        return text.getvalue().encode(self.encoding)


def new_row(draw: random.Random, truth: int) -> Row:
    return Row(
        truth,
        {
            "company": f"{draw.choice(FIRST)} {draw.choice(SECOND)}",
            "role": draw.choice(("Engineer", "Analyst", "Cook", "Buyer")),
            "applied": f"2026-{draw.randint(1, 9):02}-{draw.randint(1, 28):02}",
            "status": draw.choice(("Applied", "Applied", "Interview", "Ghosted")),
            "contact": f"hr{truth}@firm{truth}.example.org" if draw.random() < 0.5 else "",
            "notes": draw.choice(("", "call", f"note {truth}")),
            "id": f"J-{truth}",
        },
    )


def edited(row: Row, **cells: str) -> Row:
    return replace(row, cells={**row.cells, **cells})


def _at(draw: random.Random, sheet: Sheet, change: Callable[[Row], Row]) -> None:
    """Edit a row. A copy that gets another company or role is how people enter another application."""
    place = draw.randrange(len(sheet.rows))
    before = sheet.rows[place]
    after = change(before)
    renamed = any(before.cells[name] != after.cells[name] for name in ("company", "role"))
    if renamed and sum(row.truth == before.truth for row in sheet.rows) > 1:
        after = replace(after, truth=draw.randrange(10**6, 10**9))
    sheet.rows[place] = after


def _add_ids(sheet: Sheet) -> None:
    if "id" not in sheet.columns:
        sheet.columns.append("id")
        sheet.names["id"] = "ID"


EDITS: dict[str, Callable[[random.Random, Sheet], object]] = {
    "sort": lambda draw, sheet: sheet.rows.sort(key=lambda row: row.cells[draw.choice(("company", "status"))]),
    "insert": lambda draw, sheet: sheet.rows.insert(
        draw.randint(0, len(sheet.rows)), new_row(draw, draw.randrange(10**6, 10**9))
    ),
    "delete": lambda draw, sheet: sheet.rows.pop(draw.randrange(len(sheet.rows))),
    "rename a column": lambda draw, sheet: sheet.names.update(company=draw.choice(("Company", "Employer", "Firma"))),
    "reorder columns": lambda draw, sheet: draw.shuffle(sheet.columns),
    "fix a company": lambda draw, sheet: _at(
        draw, sheet, lambda row: edited(row, company=row.cells["company"] + " GmbH")
    ),
    "change a role": lambda draw, sheet: _at(draw, sheet, lambda row: edited(row, role="Senior " + row.cells["role"])),
    "add an id column": lambda _draw, sheet: _add_ids(sheet),
    "change the delimiter": lambda draw, sheet: setattr(sheet, "delimiter", draw.choice((",", ";", "\t"))),
    "change the encoding": lambda draw, sheet: setattr(
        sheet, "encoding", draw.choice(("utf-8", "utf-8-sig", "cp1252"))
    ),
    "duplicate a row": lambda draw, sheet: sheet.rows.append(draw.choice(sheet.rows)),
    "move a row": lambda draw, sheet: sheet.rows.insert(0, sheet.rows.pop(draw.randrange(len(sheet.rows)))),
    "reject": lambda draw, sheet: _at(draw, sheet, lambda row: edited(row, status="Rejected")),
    "undo": lambda _draw, sheet: sheet.undo(),
    "take back": lambda draw, sheet: _at(draw, sheet, lambda row: edited(row, status="Applied")),
}


class Memory:
    """What the store would remember, and the requests that would have been drafted."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}
        self.requests: dict[int, int] = {}
        self.questions = 0

    def look(self, sheet: Sheet) -> dict[int, int]:
        """Read and compare as the scan does; {id: truth} of the rows that stand."""
        found = reading.read(sheet.save(), WORDS)
        assert found.refused is None
        by_line = {number + 2: row.truth for number, row in enumerate(sheet.rows)}
        prints = [(one.id, one.said.fingerprint) for one in self.known.values() if one.present]
        read = distinct(found.applications)
        standing, left, fresh = set_aside(prints, read, self.requests)
        candidates = [one for one in self.known.values() if one.id in left or not one.present]
        next_id = max(self.known, default=0) + 1
        first = not self.known
        result = compare(candidates, fresh, next_id, whole=read, standing=standing, written=self.requests)
        self.questions += sum(change.doubt is not None for change in result.changes)
        lines = {one.fingerprint: one.line for one in found.applications}
        for change in result.changes:
            self._remember(change.id, change.after)
            if change.newly_rejected and not first and not change.doubt and change.id not in self.requests:
                assert change.after is not None
                self.requests[change.id] = by_line[change.after.line]
        return {one.id: by_line[lines[one.said.fingerprint]] for one in self.known.values() if one.present}

    def _remember(self, number: int, after: Application | None) -> None:
        if after is None:
            self.known[number] = replace(self.known[number], present=False)
        else:
            self.known[number] = Known(id=number, said=after, present=True, first_seen=NOW)


@pytest.mark.parametrize("block", [0, *(pytest.param(block, marks=pytest.mark.slow) for block in range(1, 12))])
def test_p2_over_any_sequence_of_edits_an_application_gets_at_most_one_request(block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        draw = random.Random(seed)
        sheet = Sheet([new_row(draw, number) for number in range(draw.randint(6, 25))])
        memory = Memory()
        memory.look(sheet)
        done: list[str] = []
        for _ in range(25):
            done.append(draw.choice(list(EDITS)))
            if len(sheet.rows) > 3 or done[-1] == "insert":
                EDITS[done[-1]](draw, sheet)
            memory.look(sheet)
            truths = list(memory.requests.values())
            assert len(truths) == len(set(truths)), (seed, done)


@pytest.mark.parametrize("name", [name for name in EDITS if name not in ("insert", "delete", "duplicate a row")])
def test_d6_each_application_keeps_its_id_through_one_edit(name: str) -> None:
    for seed in range(60):
        draw = random.Random(seed)
        rows = [new_row(draw, number) for number in range(draw.randint(6, 25))]
        keys = {(row.cells["company"], row.cells["role"], row.cells["applied"]) for row in rows}
        if len(keys) < len(rows):
            continue
        sheet = Sheet(rows)
        memory = Memory()
        before = memory.look(sheet)
        EDITS[name](draw, sheet)
        after = memory.look(sheet)
        assert after == before, (seed, name)


def test_equal_keys_never_swap_outcomes_by_sorting() -> None:
    twin = {"company": "Acme Ltd", "role": "Engineer", "applied": "2026-03-01", "contact": "", "notes": ""}
    sheet = Sheet([Row(1, {**twin, "status": "Applied"}), Row(2, {**twin, "status": "Rejected"})])
    memory = Memory()
    before = memory.look(sheet)
    sheet.rows.reverse()
    assert memory.look(sheet) == before
    assert memory.requests == {}


def test_a_second_application_to_the_same_job_is_a_new_one_and_may_be_asked_about() -> None:
    one = {
        "company": "Acme Ltd",
        "role": "Engineer",
        "applied": "2026-03-01",
        "status": "Rejected",
        "contact": "",
        "notes": "",
    }
    sheet = Sheet([Row(1, {**one, "status": "Applied"}), Row(9, {**one, "company": "Birch"})])
    memory = Memory()
    memory.look(sheet)
    sheet.rows[0] = Row(1, one)
    memory.look(sheet)
    sheet.rows.append(Row(2, {**one, "applied": "2026-09-01"}))
    memory.look(sheet)
    assert sorted(memory.requests.values()) == [1, 2]


def test_p11_a_copied_rejected_row_is_the_same_application_and_asks_nothing() -> None:
    one = {
        "company": "Acme Ltd",
        "role": "Engineer",
        "applied": "2026-03-01",
        "status": "Applied",
        "contact": "",
        "notes": "",
    }
    sheet = Sheet([Row(1, one), Row(2, {**one, "company": "Birch"})])
    memory = Memory()
    memory.look(sheet)
    sheet.rows[0] = Row(1, {**one, "status": "Rejected"})
    memory.look(sheet)
    sheet.rows.append(sheet.rows[0])
    memory.look(sheet)
    assert (list(memory.requests.values()), memory.questions) == ([1], 0)
