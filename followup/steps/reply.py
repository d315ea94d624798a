"""An employer has answered: what becomes of the letters, the nudges and the question about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from followup.model.letter import UNSENT, Letter, LetterKind, LetterState
from followup.steps import drafting, nudging
from followup.steps.parts import Parts
from followup.steps.review import YOU, get
from followup.store import journal, letters, questions

_WENT = (LetterState.SENT, LetterState.HANDED_OVER, LetterState.IN_DOUBT)
"""States in which a letter has reached its employer, or may have."""
_OPEN = (LetterState.DRAFT, LetterState.APPROVED, LetterState.FAILED, LetterState.WITHDRAWN)
"""States in which a letter waits, or may wait again, for being sent."""
REASON = "they have answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of the letters: the thank-you, if it is a new draft, and those that need not go any more."""

    thanks: Letter | None
    put_away: tuple[Letter, ...]


def answered(parts: Parts, application: int, text: str | None, now: datetime) -> Answered:
    """The employer has answered, a letter or unasked: what went is answered, the nudges and the follow-up stop, and a
    thank-you is drafted.

    `text` is what they wrote, for the journal. A request that has not gone is put away, since they have spoken already.
    """
    with parts.store.transaction():
        written = letters.of_application(parts.store, application)
        put_away = tuple(letter for letter in written if _close(parts, letter, now))
        nudging.leave(parts, application, now, why=REASON)
        for question in questions.unanswered(parts.store):
            if question.key == drafting.reply_key(application):
                questions.answer(parts.store, question, "yes", now, who=YOU)
        if text:
            journal.put(parts.store, application, text, now)
    return Answered(thanks=_thank(parts, application, now), put_away=put_away)


def _thank(parts: Parts, application: int, now: datetime) -> Letter | None:
    rule = parts.playbook().letter("reply", LetterKind.THANK_YOU)
    if rule is None or letters.of_kind(parts.store, application, LetterKind.THANK_YOU) is not None:
        return None
    with parts.store.transaction():
        thanks = drafting.draft(parts, LetterKind.THANK_YOU, application, now, REASON)
    return get(parts, thanks)


def _close(parts: Parts, letter: Letter, now: datetime) -> bool:
    """What an answer makes of a letter of its application; whether it was put away, as it need not go any more.

    A thank-you is none that they can have answered before they wrote.
    """
    if letter.kind is LetterKind.THANK_YOU:
        return False
    if letter.state in _WENT or (letter.may_have_gone_at is not None and letter.state in _OPEN):
        _step(parts, letter, _WAY_TO_ANSWERED[letter.state], now)
    elif letter.state is LetterState.SENDING:
        letters.remark(parts.store, letter, REASON, now)
    elif letter.kind is LetterKind.FOLLOW_UP and letter.state in UNSENT:
        _step(parts, letter, (LetterState.WITHDRAWN,), now)
    elif letter.kind is LetterKind.FEEDBACK_REQUEST and letter.state in _OPEN:
        _step(parts, letter, _WAY_AWAY[letter.state], now)
        return letter.state is not LetterState.WITHDRAWN
    return False


_BACK = (LetterState.DRAFT,)
_SENT = (LetterState.SENT, LetterState.ANSWERED)
_WAY_TO_ANSWERED: Mapping[LetterState, tuple[LetterState, ...]] = {
    LetterState.SENT: _SENT[1:],
    LetterState.HANDED_OVER: _SENT,
    LetterState.IN_DOUBT: _SENT,
    LetterState.DRAFT: _SENT,
    LetterState.APPROVED: _BACK + _SENT,
    LetterState.FAILED: _BACK + _SENT,
    LetterState.WITHDRAWN: _BACK + _SENT,
}
_WAY_AWAY: Mapping[LetterState, tuple[LetterState, ...]] = {
    LetterState.DRAFT: (LetterState.DISCARDED,),
    LetterState.APPROVED: (*_BACK, LetterState.DISCARDED),
    LetterState.FAILED: (LetterState.DISCARDED,),
    LetterState.WITHDRAWN: (*_BACK, LetterState.DISCARDED),
}
"""The moves that lead there: a withdrawn letter too, so that no edit of the sheet brings it back."""


def _step(parts: Parts, letter: Letter, way: Sequence[LetterState], now: datetime) -> None:
    for state in way:
        letters.move(parts.store, letter, state, now, who=YOU, reason=REASON)
        letter = replace(letter, state=state)
