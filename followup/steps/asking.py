"""Questions about applications: each waits only as long as a row of the sheet bears it out."""

from collections.abc import Sequence
from datetime import datetime

from followup.model.application import Outcome
from followup.model.letter import UNSENT, LetterKind
from followup.model.question import Question, QuestionKind
from followup.steps.parts import Parts
from followup.store import applications, letters, questions

ABOUT_A_REQUEST = frozenset({QuestionKind.FIRST_SIGHT, QuestionKind.BURST, QuestionKind.IDENTITY})
"""Questions whether a feedback request is wanted."""


def settle(parts: Parts, now: datetime) -> None:
    """Drop the questions whose rows are gone or set back, and ask again where they are there once more.

    To be called inside the transaction that puts a reading down.
    """
    for question in questions.everything(parts.store):
        if question.answer is not None or question.kind not in {*ABOUT_A_REQUEST, QuestionKind.REPLY}:
            continue
        waits = any(_waits(parts, question, int(name[1:])) for name in question.about)
        if question.moot and waits:
            questions.ask(parts.store, question.kind, question.key, question.text, question.about, now)
        elif not question.moot and not waits:
            questions.drop(parts.store, question, now)


def offered(parts: Parts) -> frozenset[int]:
    """The applications of which the person was asked, among others that were rejected already, whether to write."""
    asked = (one for one in questions.everything(parts.store) if one.kind is QuestionKind.FIRST_SIGHT)
    return frozenset(int(name[1:]) for question in asked for name in question.about)


def wanting(parts: Parts, numbers: Sequence[int]) -> list[int]:
    """Those of the applications whose row says rejected and that never had a feedback request."""
    return [number for number in numbers if _wants_request(parts, number)]


def _waits(parts: Parts, question: Question, number: int) -> bool:
    if question.kind in ABOUT_A_REQUEST:
        return _wants_request(parts, number)
    follow_up = letters.of_kind(parts.store, number, LetterKind.FOLLOW_UP)
    return _is_rejected(parts, number) and follow_up is not None and follow_up.state in UNSENT


def _wants_request(parts: Parts, number: int) -> bool:
    return _is_rejected(parts, number) and letters.of_kind(parts.store, number, LetterKind.FEEDBACK_REQUEST) is None


def _is_rejected(parts: Parts, number: int) -> bool:
    known = applications.one(parts.store, number)
    return known is not None and known.present and known.said.outcome is Outcome.REJECTED
