"""The person's answers to questions, and what follows from them at once."""

from collections.abc import Sequence
from datetime import datetime

from followup.errors import Refused
from followup.model.letter import Letter
from followup.model.question import Question, QuestionKind
from followup.steps import asking, holding, review
from followup.steps.parts import Parts
from followup.steps.reply import answered
from followup.steps.scan import scan
from followup.store import pause, questions, tracker

_YES_OR_NO = frozenset(QuestionKind) - {
    QuestionKind.FIRST_SIGHT, QuestionKind.BURST, QuestionKind.CONTACT, QuestionKind.DATE_ORDER, QuestionKind.COLUMN,
    QuestionKind.LAYOUT, QuestionKind.WORDS, QuestionKind.ENCODING,
}  # fmt: skip
_ABOUT_APPLICATIONS = (QuestionKind.FIRST_SIGHT, QuestionKind.BURST, QuestionKind.IDENTITY, QuestionKind.REPLY)


def answer(parts: Parts, question: Question, text: str, now: datetime) -> list[Letter]:
    """Keep an answer; the drafts that follow from it at once. The next scan takes it into account.

    Nothing is drafted for a row that no longer says rejected. Raises Refused where nothing is left to be asked.
    """
    reply = _checked(question, text.strip())
    if question.kind in _ABOUT_APPLICATIONS:
        scan(parts, now, wait=review.LOCK_SECONDS)
        question = questions.one(parts.store, question.id) or question
    if question.moot:
        raise Refused(f"Q{question.id} is no longer asked: your tracker does not say it any more.")
    numbers = [int(name[1:]) for name in question.about if question.kind in _ABOUT_APPLICATIONS]
    drafted: list[Letter] = []
    if question.kind in (QuestionKind.FIRST_SIGHT, QuestionKind.BURST):
        drafted = review.draft_wanted(parts, choose(numbers, reply), now, f"you chose it ({question.kind})")
    elif question.kind is QuestionKind.IDENTITY and reply == "yes":
        drafted = review.draft_wanted(parts, numbers, now, "you said it is another rejection")
    elif question.kind is QuestionKind.REPLY and reply == "yes":
        thanks = answered(parts, numbers[0], None, now).thanks
        return [thanks] if thanks is not None else []
    with parts.store.transaction():
        questions.answer(parts.store, question, reply, now, who=review.YOU)
        tracker.read_again(parts.store)
        if question.kind is QuestionKind.COPIED and reply == "yes":
            holding.settle_here(parts, now)
        if reply == "yes" and pause.why(parts.store) == question.kind:
            pause.lift(parts.store, now, who=review.YOU)
    return drafted


def _checked(question: Question, text: str) -> str:
    """The answer as it is kept; raises Refused for one that does not fit the question."""
    reply = text.casefold()
    if question.kind in _YES_OR_NO and reply not in ("yes", "no"):
        raise Refused("Please answer yes or no.")
    if question.kind is QuestionKind.CONTACT and reply != "none":
        _check_address(question, reply)
    if question.kind is QuestionKind.WORDS:
        return ",".join(map(str, choose(range(1, len(question.about) + 1), reply))) or "none"
    if question.kind is QuestionKind.DATE_ORDER and reply not in ("dmy", "mdy"):
        raise Refused("Please answer dmy (day first) or mdy (month first).")
    if question.kind in (QuestionKind.COLUMN, QuestionKind.LAYOUT, QuestionKind.ENCODING):
        named = next((name for name in (*question.about, "none") if name.casefold() == reply), None)
        if named is None:
            raise Refused(f"{text!r} is none of: {', '.join(question.about)}, none.")
        return named
    return reply


def _check_address(question: Question, reply: str) -> None:
    """Raise Refused unless this is one of the addresses that the question names."""
    addresses = addresses_in(question)
    if reply not in map(str.casefold, addresses):
        raise Refused(f"{reply!r} is none of: {', '.join(addresses)}, none.")


def addresses_in(question: Question) -> list[str]:
    """The addresses that a question of contacts lets choose from, as they stand in its text."""
    return [address for word in question.text.split() if "@" in (address := word.strip("'\"<>(),;."))]


def take_answer_back(parts: Parts, question: Question, now: datetime) -> None:
    """Open a question again; the next scan reads the tracker as if it had not been answered."""
    if question.answer is None:
        raise Refused(f"Q{question.id} has no answer to take back.")
    with parts.store.transaction():
        questions.take_back(parts.store, question, now, who=review.YOU)
        # What was asked may have lost its rows since it was answered.
        asking.settle(parts, now)
        tracker.read_again(parts.store)


def choose(numbers: Sequence[int], reply: str) -> list[int]:
    """Which of the listed were meant by "1,3", "all" or "none"; raises Refused for anything else."""
    if reply in ("", "none"):
        return []
    if reply == "all":
        return list(numbers)
    try:
        by_place = dict(enumerate(numbers, 1))
        return [by_place[place] for place in sorted({int(part) for part in reply.split(",")})]
    except (ValueError, KeyError):
        raise Refused(f"{reply!r} is none of: numbers such as 1,3 up to {len(numbers)}, all, none.") from None
