"""Letters that stand in `sending` with nobody at them: whoever looks turns them into a doubt."""

from contextlib import suppress
from datetime import datetime

from followup.errors import Busy, StoreError
from followup.model.letter import LetterState
from followup.steps.parts import Parts
from followup.store import letters

ENDED_MEANWHILE = "followup ended while it was being sent; it may have left"


def look(parts: Parts, now: datetime) -> None:
    """Sweep, unless some process sends just now. Nothing is written where there is nothing to sweep."""
    # Whoever looks at a store that cannot be written sees what stands in it.
    with suppress(Busy, StoreError):
        if letters.in_state(parts.store, LetterState.SENDING):
            with parts.store.lock("dispatch"):
                sweep(parts, now)


def sweep(parts: Parts, now: datetime) -> tuple[int, ...]:
    """Turn what a dead process left in `sending` into a doubt, and give the ids; to be called holding dispatch's lock,
    since then nobody alive can be in the middle of one.
    """
    found = letters.in_state(parts.store, LetterState.SENDING)
    if found:
        with parts.store.transaction():
            for letter in found:
                letters.move(parts.store, letter, LetterState.IN_DOUBT, now, who="followup", reason=ENDED_MEANWHILE)
    return tuple(letter.id for letter in found)
