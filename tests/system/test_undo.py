"""P11: the sheet is the undo, whatever happens in whatever order.

Random sequences of edits, of what a person does with letters and questions, and of moments when letters are due, with
the real steps, a real store, a real file, and a server that counts. What must hold afterwards is told by the rows
alone: each carries the number of the application that it is, and no step ever sees which.
"""

import csv
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from followup import assembly
from followup.errors import Refused
from followup.model.letter import UNSENT, Letter, LetterKind, LetterState, Text
from followup.model.question import Question, QuestionKind
from followup.steps import answering, reply, review
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.steps.remind import remind
from followup.steps.scan import scan
from followup.store import applications, letters, questions, tracker
from tests.desk import Desk
from tests.smtp_server import Server

IN_MEMORY = Path("/dev/shm")
FAST, ALL = 200, 2_000
SEQUENCES_OF_A_TEST = 20
ACTS_BEFORE_DUE = (12, 20)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HEADER = ("Company", "Role", "Applied", "Status", "Contact", "Notes")
STATUSES = ("Applied", "Interview", "Offer", "Withdrawn", "Ghosted", "On hold")
REQUEST = LetterKind.FEEDBACK_REQUEST
CLAIM = "letting me know"
"""What only a letter about a decision says."""
PENDING = frozenset({QuestionKind.FIRST_SIGHT, QuestionKind.BURST, QuestionKind.IDENTITY})


@dataclass(frozen=True)
class Line:
    """A row of the sheet, and the number of its application, which also stands in its cells: `Firm7`."""

    truth: int
    cells: tuple[str, ...]

    @property
    def rejected(self) -> bool:
        return self.cells[3] == "Rejected"

    def having(self, **cells: str) -> "Line":
        values = dict(zip(HEADER, self.cells, strict=True)) | {name.capitalize(): text for name, text in cells.items()}
        return replace(self, cells=tuple(values[name] for name in HEADER))


def truth_of(text: str) -> int:
    found = re.search(r"firm(\d+)", text, re.IGNORECASE)
    assert found is not None, text
    return int(found[1])


@cache
def shared() -> Parts:
    """What every sequence has in common: loading templates and words takes longer than a sequence."""
    folder = Path(tempfile.mkdtemp())
    return assembly.join(assembly.settings(Desk(folder).config))


class World:
    """A desk, its sheet, and the person; what they asked for is remembered for the rules at the end."""

    def __init__(self, folder: Path, server: Server, draw: random.Random) -> None:
        self.draw, self.server, self.desk = draw, server, Desk(folder)
        self.desk.use_server(server.port)
        self.desk.write_settings(NUDGES="terminal")
        self.now = MONDAY
        self.columns = list(range(len(HEADER)))
        self.saves = 0
        self.next_truth = 1
        self.by_name: set[int] = set()
        self.asked_for: set[int] = set()
        self.answered: set[int] = set()
        self.expected: set[int] = set()
        self.was_rejected: set[int] = set()
        self.words: dict[int, Text] = {}
        self.states: dict[int, LetterState] = {}
        self.mails_before = len(server.mails)
        self.open()
        self.rows = [self._new() for _ in range(draw.randint(3, 6))]
        self.was_rejected = {row.truth for row in self.rows if row.rejected}
        self.save()
        scan(self.parts, self.now, whole=True)

    def open(self) -> None:
        joined, common = assembly.join(assembly.settings(self.desk.config)), shared()
        self.parts = replace(
            joined,
            words=common.words,
            playbook=common.playbook,
            templates=common.templates,
            calendar=common.calendar,
            clock=lambda: self.now,
        )

    def save(self) -> None:
        """As a spreadsheet program does, and old enough to be read at once."""
        self.saves += 1
        new = self.desk.tracker.with_name("new.tmp")
        with new.open("w", newline="", encoding="utf-8") as file:
            for cells in (HEADER, *(row.cells for row in self.rows)):
                csv.writer(file).writerow([cells[place] for place in self.columns])
        self.desk.age(new, self.saves)
        new.replace(self.desk.tracker)

    def _new(self) -> Line:
        number, self.next_truth = self.next_truth, self.next_truth + 1
        status = "Rejected" if self.draw.random() < 0.25 else self.draw.choice(STATUSES)
        role, day = self.draw.choice(("Engineer", "Cook", "Buyer")), self.draw.randint(1, 28)
        return Line(
            number, (f"Firm{number} Works", role, f"2026-09-{day:02}", status, f"jobs@firm{number}.example.org", "")
        )

    # Edits of the sheet.

    def edit_status(self) -> None:
        place = self._place()
        status = "Rejected" if self.draw.random() < 0.5 else self.draw.choice(STATUSES)
        self.rows[place] = self.rows[place].having(status=status)

    def duplicate(self) -> None:
        row = self.rows[self._place()]
        changed = self.draw.choice(
            ({}, {}, {"notes": f"note {self.saves}"}, {"status": "Applied"}, {"status": "Rejected"})
        )
        self.rows.insert(self.draw.randint(0, len(self.rows)), row.having(**changed))

    def delete(self) -> None:
        copies = [place for place, row in enumerate(self.rows) if self._copies(row) > 1]
        if len(self.rows) > 2 or copies:
            self.rows.pop(self.draw.choice(copies) if copies and self.draw.random() < 0.7 else self._place())

    def insert(self) -> None:
        self.rows.insert(self.draw.randint(0, len(self.rows)), self._new())

    def sort(self) -> None:
        column = self.draw.randrange(len(HEADER))
        self.rows.sort(key=lambda row: row.cells[column], reverse=self.draw.random() < 0.5)

    def swap(self) -> None:
        one, other = self._place(), self._place()
        self.rows[one], self.rows[other] = self.rows[other], self.rows[one]

    def reorder_columns(self) -> None:
        self.draw.shuffle(self.columns)

    def fix_a_typo(self) -> None:
        """One of the cells that tell an application from another; of copies, that would make another application."""
        place = self._place()
        row = self.rows[place]
        company, role, _, _, contact, _ = row.cells
        typo = self.draw.choice(
            (
                {"company": f"{company} Ltd"},
                {"role": f"Senior {role}"},
                {"applied": f"2026-08-{self.draw.randint(1, 28):02}"},
                {"contact": contact.replace("@", ".team@", 1)},
            )
        )
        if self._copies(row) == 1:
            self.rows[place] = row.having(**typo)

    def blank_and_refill(self) -> None:
        self.desk.tracker.write_bytes(b"")
        self.desk.age(self.desk.tracker, self.saves)
        scan(self.parts, self.now, whole=True)

    def _place(self) -> int:
        return self.draw.randrange(len(self.rows))

    def _copies(self, row: Line) -> int:
        return sum(other.truth == row.truth for other in self.rows)

    # What the person does.

    def _any_letter(self) -> Letter | None:
        found = letters.everything(self.parts.store)
        return self.draw.choice(found) if found else None

    def answer(self) -> None:
        waiting = questions.unanswered(self.parts.store)
        if waiting:
            question = self.draw.choice(waiting)
            self._noted(question)
            given = ("yes", "no") if question.kind not in (QuestionKind.FIRST_SIGHT, QuestionKind.BURST) else (
                "all", "none", "1"
            )  # fmt: skip
            answering.answer(self.parts, question, self.draw.choice(given), self.now)

    def answer_a_stale_one(self) -> None:
        moot = [one for one in questions.everything(self.parts.store) if one.moot]
        if moot:
            question = self.draw.choice(moot)
            scan(self.parts, self.now, whole=True)  # What was saved since the last look may well be drafted.
            before = letters.last_id(self.parts.store)
            with suppress(Refused):
                answering.answer(self.parts, replace(question, moot=False), "yes", self.now)
            assert letters.last_id(self.parts.store) == before, "a stale answer drafts nothing"

    def take_an_answer_back(self) -> None:
        given = [one for one in questions.everything(self.parts.store) if one.answer]
        if given:
            answering.take_answer_back(self.parts, self.draw.choice(given), self.now)

    def _noted(self, question: Question) -> None:
        if question.kind in PENDING:
            self.answered |= {self._truth(int(name[1:])) for name in question.about}

    def edit_words(self) -> None:
        letter = self._any_letter()
        if letter is not None:
            text = Text(subject=letter.subject, text=f"{letter.text}\nThank you, {self.saves}.\n")
            review.edit(self.parts, letter, text, self.now)
            self.words[letter.id] = text

    def edit_to(self) -> None:
        letter = self._any_letter()
        if letter is not None:
            address = f"people{self.saves}@firm{truth_of(letter.company)}.example.org"
            review.tell(self.parts, letter, {"contact_email": address}, self.now)

    def approve(self) -> None:
        letter = self._any_letter()
        if letter is not None:
            letter = review.current(self.parts, letter)
            at_once = self.draw.random() < 0.4
            review.approve(self.parts, letter, letter.digest, self.now, at_once=at_once)
            known = applications.one(self.parts.store, letter.application)
            assert known is not None
            assert known.present, "a letter without a row was approved"

    def take_back(self) -> None:
        letter = self._any_letter()
        if letter is not None:
            review.take_back(self.parts, letter, self.now)

    def discard(self) -> None:
        letter = self._any_letter()
        if letter is not None:
            review.discard(self.parts, letter, self.now)

    def hand_over(self) -> None:
        letter = self._any_letter()
        if letter is not None:
            review.hand_over(self.parts, letter, self.now)
            if letter.state is LetterState.HANDED_OVER:
                return
            known = applications.one(self.parts.store, letter.application)
            assert known is not None
            assert known.present, "a letter without a row was handed over"

    def say_sent(self) -> None:
        letter = self._any_letter()
        if letter is not None and letter.state is LetterState.HANDED_OVER:
            review.sent(self.parts, letter, self.now)

    def settle(self) -> None:
        """The person looks among their mail, and tells the truth."""
        for letter in letters.in_state(self.parts.store, LetterState.IN_DOUBT):
            went = any(letter.message_id.encode() in mail.data for mail in self.server.mails)
            (review.sent if went else review.not_sent)(self.parts, letter, self.now)

    def employer_answers(self) -> None:
        letter = self._any_letter()
        if letter is not None:
            reply.answered(self.parts, letter.application, "You were close.", self.now)

    def draft_by_name(self) -> None:
        known = self.draw.choice(applications.everything(self.parts.store))
        self.asked_for |= {one.id for one in review.draft(self.parts, [known.id], self.now, "you asked for it")}
        if known.present:
            self.by_name.add(self._truth(known.id))

    def restart(self) -> None:
        self.parts.store.close()
        self.open()

    def due(self) -> None:
        """A later moment: nudges and follow-ups, then the letters."""
        self.now += timedelta(days=self.draw.choice((0, 1, 1, 3, 10)), hours=self.draw.choice((0, 1)))
        self.server.script = {
            "dot": [self.draw.choice(("250 ok", "250 ok", "drop", "accept-drop", "451 later", "550 no"))]
        }
        remind(self.parts, self.now)
        before = len(self.server.mails)
        dispatch(self.parts, self.now)
        said = {row.truth for row in self.rows if row.rejected}
        there = {row.truth for row in self.rows}
        for mail in self.server.mails[before:]:
            letter = next(one for one in letters.everything(self.parts.store) if one.message_id.encode() in mail.data)
            truth = truth_of(mail.recipient)
            assert truth in there, f"{mail.recipient}: no row of it is left"
            if letter.kind is not LetterKind.THANK_YOU and truth not in self.by_name:
                assert truth in said, f"{mail.recipient} got a {letter.kind}, and its row does not say rejected"

    # What must hold.

    def look(self) -> None:
        if self.draw.random() < 0.2:
            self._answer_what_shrank()
        scan(self.parts, self.now, whole=True)
        self._answer_what_shrank()
        self._hold_rows_to_letters()
        self._hold_letters_to_what_was()
        self._hold_mails()

    def _answer_what_shrank(self) -> None:
        for question in questions.unanswered(self.parts.store):
            if question.kind is QuestionKind.SHRUNK:
                answering.answer(self.parts, question, "yes", self.now)
                scan(self.parts, self.now, whole=True)

    def _hold_rows_to_letters(self) -> None:
        rejected = {row.truth for row in self.rows if row.rejected}
        single = {row.truth for row in self.rows if self._copies(row) == 1}
        self.by_name -= rejected & single  # The letter is the sheet's again, and goes as the sheet says.
        self.expected = (self.expected | rejected - self.was_rejected) & rejected
        self.was_rejected = rejected
        seen = tracker.seen(self.parts.store)
        assert seen is not None
        assert seen.trouble is None
        present = [known for known in applications.everything(self.parts.store) if known.present]
        assert len(present) == len({row.cells for row in self.rows}), "equal rows are one application, others are not"
        waiting = [one for one in questions.unanswered(self.parts.store) if one.kind in PENDING]
        asked = {int(name[1:]) for one in waiting for name in one.about}
        for question in waiting:
            assert any(self._truth(int(name[1:])) in rejected for name in question.about), question
        having: set[int] = set()
        for letter in letters.everything(self.parts.store):
            if letter.kind is not REQUEST:
                continue
            known = applications.one(self.parts.store, letter.application)
            assert known is not None
            truth = self._truth(letter.application)
            if letter.state is not LetterState.WITHDRAWN:
                having.add(truth)
            if letter.state is LetterState.APPROVED:
                assert known.present, f"L{letter.id} is approved and has no row"
            if letter.state in UNSENT and known.present and truth not in self.by_name:
                assert truth in rejected, f"L{letter.id} is {letter.state}, and its row says {known.said.status_text}"
            if letter.state in UNSENT and known.present and letter.id not in self.words and CLAIM in letter.text:
                assert truth in rejected, f"L{letter.id} claims a decision, and its row says {known.said.status_text}"
        without = (self.expected & single) - having - self.answered - {self._truth(number) for number in asked}
        assert not without, f"rejected, and nothing was drafted: Firm{without}"

    def _hold_letters_to_what_was(self) -> None:
        for letter in letters.everything(self.parts.store):
            known = applications.one(self.parts.store, letter.application)
            assert known is not None
            if self.states.get(letter.id) is LetterState.WITHDRAWN and letter.state in UNSENT:
                said = self._truth(letter.application) in self.was_rejected | self.by_name
                assert said or letter.id in self.asked_for, f"L{letter.id} is {letter.state} again"
            if letter.id in self.words:
                kept = Text(subject=letter.subject, text=letter.text)
                assert kept == self.words[letter.id], f"words of L{letter.id} are lost"
        self.states = {letter.id: letter.state for letter in letters.everything(self.parts.store)}

    def _hold_mails(self) -> None:
        mails = self.server.mails[self.mails_before :]
        ids = [re.search(rb"Message-ID: (\S+)", mail.data, re.IGNORECASE) for mail in mails]
        assert all(ids)
        once = [found[1] for found in ids if found]
        assert len(once) == len(set(once)), "a letter went twice"
        texts = [(mail.recipient, mail.data.partition(b"\r\n\r\n")[2]) for mail in mails]
        assert len(texts) == len(set(texts)), "a text went to one address twice"

    def _truth(self, application: int) -> int:
        known = applications.one(self.parts.store, application)
        assert known is not None
        return truth_of(known.said.company)


EDITS = (
    *("edit_status",) * 3,
    *("duplicate", "delete") * 2,
    *("insert", "sort", "swap", "reorder_columns", "fix_a_typo", "blank_and_refill"),
)
PERSON = (
    *("approve",) * 3,
    *("answer",) * 2,
    *("answer_a_stale_one", "take_an_answer_back", "edit_words", "edit_to", "take_back", "discard", "hand_over"),
    *("say_sent", "settle", "employer_answers", "draft_by_name", "restart"),
)


def acts(draw: random.Random) -> Iterator[str]:
    """At least twelve acts, then a moment when letters are due; a long sequence has several."""
    for _ in range(draw.randint(1, 2)):
        for _ in range(draw.randint(*ACTS_BEFORE_DUE)):
            yield draw.choice(EDITS if draw.random() < 0.5 else PERSON)
        yield "due"


def run(seed: int, folder: Path, server: Server) -> None:
    draw = random.Random(seed)
    world = World(folder, server, draw)
    done: list[str] = []
    try:
        for act in acts(draw):
            done.append(act)
            step: Callable[[], None] = getattr(world, act)
            with suppress(Refused):
                step()
            if act in EDITS:
                world.save()
            # What is saved may be looked at by the step that comes next, whichever it is.
            if act not in ("edit_status", "sort", "swap") or draw.random() < 0.5:
                world.look()
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error}\nafter {', '.join(done)}") from error
    finally:
        world.parts.store.close()


def sequences(seeds: range) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(Server())
        for seed in seeds:
            folder = Path(tempfile.mkdtemp(dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
            try:
                run(seed, folder, server)
            finally:
                shutil.rmtree(folder)


@pytest.mark.parametrize("first", range(0, FAST, SEQUENCES_OF_A_TEST))
def test_p11_whatever_is_done_in_whatever_order_nothing_goes_that_the_sheet_does_not_bear_out(first: int) -> None:
    sequences(range(first, first + SEQUENCES_OF_A_TEST))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FAST, ALL, SEQUENCES_OF_A_TEST))
def test_p11_the_same_holds_over_two_thousand_sequences(first: int) -> None:
    sequences(range(first, first + SEQUENCES_OF_A_TEST))
