"""What the person does with the store as a whole: back it up, restore it, forget an employer."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from followup.errors import Refused
from followup.model.letter import MAY_HAVE_REACHED, LetterKind, LetterState
from followup.model.nudge import NudgeState
from followup.steps import drafting, holding, nudging, unsaved
from followup.steps.parts import Parts
from followup.steps.review import LOCK_SECONDS, YOU, stands
from followup.store import backup, forgotten, letters, log, never, nudges, pause
from followup.store.database import migrate

_FIRST: Mapping[LetterState, str] = {
    LetterState.APPROVED: "First: followup unapprove L{}",
    LetterState.SENDING: "Wait for its end: followup show L{}",
    LetterState.IN_DOUBT: "First: followup settle L{}",
}
"""What is to be done before an employer can be forgotten to whom a letter may still go."""


def forget(parts: Parts, application: int, now: datetime) -> bool:
    """Blank what is known of an employer; that they were asked, and are never to be written to, still holds.

    False where another program reads the store just now, and its file forgets only once that has ended. Raises Refused
    while a letter to them may still go or is in doubt.
    """
    with parts.store.transaction():
        known = drafting.known(parts, application).said
        found = letters.of_application(parts.store, application)
        for letter in found:
            if letter.state in _FIRST:
                raise Refused(f"L{letter.id} is {stands(letter)}. {_FIRST[letter.state].format(letter.id)}")
            if letter.state is LetterState.DRAFT:
                letters.move(parts.store, letter, LetterState.DISCARDED, now, who=YOU, reason="forgotten")
        asked = [
            one.begun_at or one.sent_at or one.created_at
            for one in found
            if one.kind is LetterKind.FEEDBACK_REQUEST
            and (one.state in MAY_HAVE_REACHED or one.may_have_gone_at is not None)
        ]
        for address in {address for address in (known.contact_email, *(one.to for one in found)) if address}:
            at_all = never.stands(parts.store, address)
            forgotten.keep(parts.store, address, asked_at=max(asked, default=None), never=at_all)
        forgotten.blank(parts.store, application, known.company, now)
        nudging.leave(parts, application, now, why="forgotten")
        for nudge in nudges.waiting(parts.store):
            if nudge.application == application:
                nudges.move(parts.store, nudge, NudgeState.CANCELLED, now, who=YOU, why="forgotten")
    for letter in found:
        unsaved.forget(parts, letter)
    return forgotten.purge(parts.store)


def back_up(parts: Parts, file: Path) -> None:
    """Copy the store into a new file."""
    backup.save(parts.store, file)


def restore(parts: Parts, file: Path, now: datetime) -> Path:
    """Put a backup in the store's place; where the present one is kept. Raises Busy while a daemon runs.

    Whom never to write to, and what is known of addresses, is carried over: it holds for good.
    """
    with parts.store.lock("daemon"), parts.store.lock("dispatch", wait=LOCK_SECONDS):
        kept = backup.load(parts.store, file)
        migrate(parts.store)
        backup.carry_over(parts.store, kept)
    with parts.store.transaction():
        pause.unsettle(parts.store)
        holding.warn(parts, now)
        log.add(parts.store, now, YOU, "store", "restored")
    return kept
