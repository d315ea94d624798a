"""An employer has answered: what becomes of the letters, the nudges and the question about it."""

from dataclasses import replace
from datetime import datetime

from followup.errors import Refused
from followup.model.letter import UNSENT, Letter, LetterKind, LetterState
from followup.steps import drafting, nudging
from followup.steps.parts import Parts
from followup.steps.review import YOU, get
from followup.store import journal, letters, questions

_ASKED = (LetterState.SENT, LetterState.HANDED_OVER, LetterState.IN_DOUBT)
"""States in which a letter has reached its employer, or may have."""


def answered(parts: Parts, application: int, text: str | None, now: datetime) -> Letter | None:
    """The employer has answered: the letter is done, its nudges and follow-up stop, a thank-you is drafted.

    `text` is what they wrote, for the journal. Gives the thank-you, if it is a new draft; raises Refused where nothing
    was sent to them.
    """
    first = letters.of_kind(parts.store, application, LetterKind.FEEDBACK_REQUEST)
    if first is None or first.state not in (*_ASKED, LetterState.ANSWERED):
        company = drafting.known(parts, application).said.company
        raise Refused(f"No letter has gone to {company}, so there is nothing to answer.")
    with parts.store.transaction():
        for letter in letters.of_application(parts.store, application):
            _close(parts, letter, now)
        nudging.leave(parts, application, now, why="they have answered")
        for question in questions.unanswered(parts.store):
            if question.key == drafting.reply_key(application):
                questions.answer(parts.store, question, "yes", now, who=YOU)
        if text:
            journal.put(parts.store, application, text, now)
    rule = parts.playbook().letter("reply", LetterKind.THANK_YOU)
    if rule is None or letters.of_kind(parts.store, application, LetterKind.THANK_YOU) is not None:
        return None
    with parts.store.transaction():
        thanks = drafting.draft(parts, LetterKind.THANK_YOU, application, now, "they have answered")
    return get(parts, thanks)


def _close(parts: Parts, letter: Letter, now: datetime) -> None:
    """What an answer makes of a letter of its application: what went is answered, what has not gone stays here."""
    reason = "they have answered"
    if letter.state in _ASKED:
        if letter.state is not LetterState.SENT:
            letters.move(parts.store, letter, LetterState.SENT, now, who=YOU, reason=reason)
        sent_now = replace(letter, state=LetterState.SENT)
        letters.move(parts.store, sent_now, LetterState.ANSWERED, now, who=YOU, reason=reason)
    elif letter.kind is LetterKind.FOLLOW_UP and letter.state in UNSENT:
        letters.move(parts.store, letter, LetterState.WITHDRAWN, now, who=YOU, reason=reason)
    elif letter.kind is LetterKind.FOLLOW_UP and letter.state is LetterState.SENDING:
        letters.remark(parts.store, letter, reason, now)
