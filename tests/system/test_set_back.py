"""P11, case by case: what an edit of the sheet makes of letters, questions and nudges. Sequences: `test_undo.py`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from followup.errors import Refused
from followup.model.letter import Letter, LetterKind, LetterState, Text
from followup.model.nudge import NudgeState
from followup.model.question import QuestionKind
from followup.steps import answering, reply, review
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.steps.scan import scan
from followup.store import applications, letters, nudges, questions
from tests.desk import BIRCH, CEDAR, MONDAY_MORNING, Desk, Row, rejected
from tests.smtp_server import Server

OFFER = replace(BIRCH, status="Offer")
NO = rejected(BIRCH)
NOTED = replace(NO, interview="2026-10-20")
"""A copy of the row in which a cell was changed that tells no application from another."""


class Sheet:
    """A sheet that is read as soon as it is saved."""

    def __init__(self, desk: Desk, parts: Parts) -> None:
        self._desk = desk
        self.parts = parts

    def save(self, *rows: Row) -> None:
        self._desk.save(*rows)
        scan(self.parts, MONDAY_MORNING, whole=True)

    def letter(self, number: int = 1) -> Letter:
        return review.get(self.parts, number)

    def states(self) -> list[str]:
        return [str(letter.state) for letter in letters.everything(self.parts.store)]

    def approve(self, number: int = 1) -> None:
        letter = self.letter(number)
        review.approve(self.parts, letter, letter.digest, MONDAY_MORNING, at_once=True)

    def send(self) -> None:
        dispatch(self.parts, MONDAY_MORNING)

    def asked(self, kind: QuestionKind) -> list[str]:
        return [name for one in questions.unanswered(self.parts.store) if one.kind is kind for name in one.about]

    def planned(self) -> list[int]:
        return [nudge.application for nudge in nudges.in_state(self.parts.store, NudgeState.PLANNED)]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def sheet(desk: Desk, server: Server) -> Iterator[Sheet]:
    """Birch was rejected after the first sight, and has a draft."""
    desk.use_server(server.port)
    with desk.parts() as parts:
        sheet = Sheet(desk, parts)
        sheet.save(BIRCH, CEDAR)
        sheet.save(NO, CEDAR)
        yield sheet


def test_p11_a_row_that_was_copied_and_its_copy_deleted_is_still_undone_by_the_sheet(
    sheet: Sheet, server: Server
) -> None:
    sheet.save(NO, NO, CEDAR)
    sheet.save(NO, CEDAR)
    sheet.approve()
    for status in ("Applied", "Offer"):
        sheet.save(replace(BIRCH, status=status), CEDAR)
    sheet.send()
    assert sheet.states() == ["withdrawn"]
    assert server.mails == []


@pytest.mark.parametrize("copy", [NO, NOTED], ids=["equal", "changed"])
@pytest.mark.parametrize("deleted", ["original", "copy"])
def test_p11_whichever_of_a_row_and_its_copy_is_deleted_the_letter_stays_with_the_other(
    sheet: Sheet, copy: Row, deleted: str
) -> None:
    sheet.save(copy, NO, CEDAR)
    left = copy if deleted == "original" else NO
    sheet.save(left, CEDAR)
    assert sheet.states() == ["draft"]
    known = applications.one(sheet.parts.store, sheet.letter().application)
    assert known is not None
    assert known.present
    sheet.save(replace(left, status="Applied"), CEDAR)
    assert sheet.states() == ["withdrawn"]


def test_p11_rows_equal_in_every_cell_are_one_application_and_ask_nothing(sheet: Sheet) -> None:
    sheet.save(NO, NO, NO, CEDAR, CEDAR)
    sheet.save(NO, rejected(CEDAR), rejected(CEDAR))
    assert len(applications.everything(sheet.parts.store)) == 2
    assert sheet.asked(QuestionKind.IDENTITY) == []
    assert sheet.states() == ["draft", "draft"]


@pytest.mark.parametrize(
    "edit", [{"role": "Cook"}, {"contact": "people@birch.example.org"}, {"status": "Interview"}, {"status": "Offer"}]
)
def test_p11_a_withdrawn_letter_stays_so_at_a_later_edit_of_its_row(sheet: Sheet, edit: dict[str, str]) -> None:
    sheet.save(BIRCH, CEDAR)
    sheet.save(replace(BIRCH, **edit), CEDAR)
    assert sheet.states() == ["withdrawn"]
    sheet.save(rejected(replace(BIRCH, **edit)), CEDAR)
    assert sheet.states() == ["draft"]


def test_p11_rejected_undone_and_rejected_again_has_the_same_letter_with_the_persons_words(sheet: Sheet) -> None:
    own = Text(subject="My own subject", text="Hello,\n\nmy own words.\n\nSam\n")
    review.edit(sheet.parts, sheet.letter(), own, MONDAY_MORNING)
    sheet.save(BIRCH, CEDAR)
    sheet.save(rejected(replace(BIRCH, contact="people@birch.example.org")), CEDAR)
    letter = sheet.letter()
    assert (letter.subject, letter.text, letter.edited) == (own.subject, own.text, True)
    assert letter.to == "people@birch.example.org", "the address is that of the sheet"
    assert len(letters.everything(sheet.parts.store)) == 1


def test_p11_the_nudges_of_a_rejection_stop_with_it_and_are_planned_anew_when_it_is_said_again(sheet: Sheet) -> None:
    before = sheet.planned()
    sheet.save(BIRCH, CEDAR)
    assert sheet.planned() == []
    sheet.save(NO, CEDAR)
    assert sheet.planned() == before


def test_p11_a_second_rejection_keeps_the_nudges_it_shares_when_the_first_is_set_back(sheet: Sheet) -> None:
    sheet.save(NO, rejected(CEDAR))
    first, second = (known.id for known in applications.everything(sheet.parts.store))
    assert set(sheet.planned()) == {first}
    sheet.save(BIRCH, rejected(CEDAR))
    assert set(sheet.planned()) == {second}


@pytest.mark.parametrize("kind", [LetterKind.FEEDBACK_REQUEST, LetterKind.THANK_YOU])
def test_p11_a_letter_whose_row_is_gone_can_be_neither_approved_nor_handed_over(sheet: Sheet, kind: LetterKind) -> None:
    if kind is LetterKind.THANK_YOU:
        sheet.approve()
        sheet.send()
        reply.answered(sheet.parts, sheet.letter().application, None, MONDAY_MORNING)
    number = letters.last_id(sheet.parts.store)
    sheet.approve(number)
    sheet.save(CEDAR)
    assert sheet.letter(number).state is LetterState.DRAFT
    with pytest.raises(Refused, match="row is gone"):
        sheet.approve(number)
    with pytest.raises(Refused, match="row is gone"):
        review.hand_over(sheet.parts, sheet.letter(number), MONDAY_MORNING)
    sheet.save(NO, CEDAR)
    assert sheet.letter(number).state is LetterState.DRAFT, "the yes does not return"
    sheet.approve(number)


def test_p11_the_letters_of_the_sheet_before_are_held_when_another_sheet_takes_its_place(
    desk: Desk, sheet: Sheet, server: Server, tmp_path: Path
) -> None:
    sheet.approve()
    other = tmp_path / "sheet" / "other.csv"
    desk.save(*(replace(CEDAR, company=f"Company {number}") for number in range(6)))
    desk.tracker.rename(other)
    parts = replace(sheet.parts, tracker=other)
    assert scan(parts, MONDAY_MORNING, whole=True).first_sight
    assert sheet.states() == ["draft"]
    dispatch(parts, MONDAY_MORNING)
    assert server.mails == []


def test_p11_an_approved_letter_that_the_store_kept_without_a_row_is_held_before_it_goes(
    sheet: Sheet, server: Server
) -> None:
    sheet.approve()
    applications.vanish(sheet.parts.store, sheet.letter().application)
    sheet.send()
    assert sheet.states() == ["draft"]
    assert server.mails == []


def test_p11_a_question_about_a_row_ends_with_it_and_its_late_answer_drafts_nothing(sheet: Sheet) -> None:
    sheet.save(NO, NOTED, CEDAR)
    (question,) = (one for one in questions.unanswered(sheet.parts.store) if one.kind is QuestionKind.IDENTITY)
    sheet.save(NO, CEDAR)
    assert sheet.asked(QuestionKind.IDENTITY) == []
    with pytest.raises(Refused, match="no longer asked"):
        answering.answer(sheet.parts, question, "yes", MONDAY_MORNING)
    assert sheet.states() == ["draft"]
    sheet.save(NO, NOTED, CEDAR)
    assert len(sheet.asked(QuestionKind.IDENTITY)) == 1, "the row is back, and so is the question"


@pytest.mark.parametrize("kind", [QuestionKind.FIRST_SIGHT, QuestionKind.BURST])
def test_p11_an_offer_of_several_drafts_none_for_a_row_that_was_set_back_or_deleted(
    desk: Desk, kind: QuestionKind
) -> None:
    rows = [replace(BIRCH, company=f"Company {number}") for number in range(8)]
    with desk.parts() as parts:
        sheet = Sheet(desk, parts)
        if kind is QuestionKind.BURST:
            sheet.save(*rows)
        sheet.save(*map(rejected, rows))
        sheet.save(rows[0], *map(rejected, rows[2:]))
        desk.save(*rows[:1], *rows[3:4], *map(rejected, rows[4:]))
        (question,) = (one for one in questions.unanswered(parts.store) if one.kind is kind)
        drafted = answering.answer(parts, question, "all", MONDAY_MORNING)
        assert sorted(letter.company for letter in drafted) == [row.company for row in rows[4:]], "as the file is now"


def test_p11_a_letter_brought_back_is_withdrawn_where_its_row_no_longer_says_rejected(sheet: Sheet) -> None:
    review.discard(sheet.parts, sheet.letter(), MONDAY_MORNING)
    sheet.save(OFFER, CEDAR)
    assert sheet.states() == ["discarded"]
    assert review.take_back(sheet.parts, sheet.letter(), MONDAY_MORNING).state is LetterState.WITHDRAWN
    sheet.save(NO, CEDAR)
    assert sheet.states() == ["draft"]


def test_p11_a_letter_brought_back_speaks_of_the_sheet_as_it_is_now(sheet: Sheet) -> None:
    review.discard(sheet.parts, sheet.letter(), MONDAY_MORNING)
    sheet.save(replace(NO, role="Clerk", contact="people@birch.example.org"), CEDAR)
    letter = review.take_back(sheet.parts, sheet.letter(), MONDAY_MORNING)
    assert letter.to == "people@birch.example.org"
    assert "Clerk" in letter.text


def test_p11_what_was_asked_for_by_name_needs_no_rejection_until_its_row_says_something_else(sheet: Sheet) -> None:
    (letter,) = review.draft(sheet.parts, [2], MONDAY_MORNING, "you asked for it")
    sheet.save(NO, replace(CEDAR, role="Clerk"))
    assert sheet.letter(letter.id).state is LetterState.DRAFT
    sheet.save(NO, replace(CEDAR, status="Offer"))
    assert sheet.letter(letter.id).state is LetterState.WITHDRAWN


@pytest.mark.parametrize("put_by", ["discarded", "failed", "in doubt", "handed over"])
@pytest.mark.parametrize("status", ["Offer", "Offer accepted", "Offer declined", "Wishlist"])
def test_p11_what_was_asked_for_by_name_comes_back_as_no_draft_once_there_is_nothing_to_ask_for(
    sheet: Sheet, server: Server, put_by: str, status: str
) -> None:
    reached = replace(CEDAR, contact="jobs@cedar.example.org")
    sheet.save(NO, reached)
    (letter,) = review.draft(sheet.parts, [2], MONDAY_MORNING, "you asked for it")
    sheet.approve(letter.id)
    server.script = {"dot": {"failed": "550 5.1.1 no", "in doubt": "accept-drop"}.get(put_by, "250 ok")}
    if put_by in ("failed", "in doubt"):
        sheet.send()
    elif put_by == "handed over":
        review.hand_over(sheet.parts, sheet.letter(letter.id), MONDAY_MORNING)
    else:
        review.discard(
            sheet.parts, review.take_back(sheet.parts, sheet.letter(letter.id), MONDAY_MORNING), MONDAY_MORNING
        )
    sheet.save(NO, replace(reached, status=status))
    back = review.not_sent if put_by == "in doubt" else review.take_back
    assert back(sheet.parts, sheet.letter(letter.id), MONDAY_MORNING).state is LetterState.WITHDRAWN


def test_p11_words_typed_for_a_rejection_need_a_yes_of_their_own_where_there_is_none(sheet: Sheet) -> None:
    text = Text(subject="Thank you", text="Thank you for letting me know your decision.\n")
    review.edit(sheet.parts, sheet.letter(), text, MONDAY_MORNING)
    assert review.own_yes(sheet.parts, sheet.letter(), MONDAY_MORNING) == ()
    sheet.save(BIRCH, CEDAR)
    (letter,) = review.draft(sheet.parts, [1], MONDAY_MORNING, "you asked for it")
    assert letter.text == text.text
    with pytest.raises(Refused, match="Your tracker says “Applied”, and its words are your own"):
        review.approve(sheet.parts, letter, letter.digest, MONDAY_MORNING)
    assert review.approve(sheet.parts, letter, letter.digest, MONDAY_MORNING, again=True).state is LetterState.APPROVED


def test_p11_a_letter_is_not_handed_over_for_a_row_that_was_set_back_just_now(desk: Desk, sheet: Sheet) -> None:
    desk.save(OFFER, CEDAR)
    with pytest.raises(Refused):
        review.hand_over(sheet.parts, sheet.letter(), MONDAY_MORNING)
    assert sheet.states() == ["withdrawn"]


def test_k2_a_clock_that_went_back_makes_no_interview_of_the_past_one_to_come(desk: Desk, sheet: Sheet) -> None:
    sheet.save(NOTED, CEDAR)
    sheet.approve()
    desk.save(NOTED, replace(CEDAR, role="Clerk"))
    scan(sheet.parts, datetime(1970, 1, 1, tzinfo=UTC), whole=True)
    assert sheet.states() == ["approved"]
