"""What the person does with the store as a whole: back it up, restore it, forget an employer."""

from datetime import datetime
from pathlib import Path

from followup.errors import Refused
from followup.model.letter import LetterKind, LetterState
from followup.model.nudge import WAITING, NudgeState
from followup.steps import drafting
from followup.steps.parts import Parts
from followup.steps.review import LOCK_SECONDS, YOU, stands
from followup.store import backup, forgotten, letters, log, never, nudges, pause
from followup.store.database import migrate


def forget(parts: Parts, application: int, now: datetime) -> None:
    """Blank what is known of an employer; that they were asked, and are never to be written to, still holds.

    Raises Refused while a letter to them may still go or is in doubt.
    """
    known = drafting.known(parts, application).said
    found = letters.of_application(parts.store, application)
    for letter in found:
        if letter.state in (LetterState.APPROVED, LetterState.SENDING, LetterState.IN_DOUBT):
            raise Refused(f"L{letter.id} is {stands(letter)}. First: followup unapprove or settle L{letter.id}")
    waiting = [one for state in WAITING for one in nudges.in_state(parts.store, state)]
    addresses = {address for address in (known.contact_email, *(one.to for one in found)) if address}
    asked = [one.sent_at for one in found if one.kind is LetterKind.FEEDBACK_REQUEST and one.sent_at]
    with parts.store.transaction():
        for letter in found:
            if letter.state is LetterState.DRAFT:
                letters.move(parts.store, letter, LetterState.DISCARDED, now, who=YOU, reason="forgotten")
        for nudge in waiting:
            if nudge.application == application:
                nudges.move(parts.store, nudge, NudgeState.CANCELLED, now, who=YOU, why="forgotten")
        for address in addresses:
            at_all = never.stands(parts.store, address)
            forgotten.keep(parts.store, address, asked_at=max(asked, default=None), never=at_all)
        forgotten.blank(parts.store, application, known.company, now)
    forgotten.purge(parts.store)


def back_up(parts: Parts, file: Path) -> None:
    """Copy the store into a new file."""
    backup.save(parts.store, file)


def restore(parts: Parts, file: Path, now: datetime) -> Path:
    """Put a backup in the store's place; where the present one is kept. Raises Refused while a daemon runs."""
    with parts.store.lock("daemon"), parts.store.lock("dispatch", wait=LOCK_SECONDS):
        kept = backup.load(parts.store, file)
    migrate(parts.store)
    with parts.store.transaction():
        pause.unsettle(parts.store)
        log.add(parts.store, now, YOU, "store", "restored")
    return kept
