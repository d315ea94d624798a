"""Whether mail may go to employers now: not while paused, not from a copied store, not by a clock that went back."""

from datetime import datetime, timedelta

from followup.model.question import QuestionKind
from followup.steps.parts import Parts
from followup.store import log, pause, questions

BACKWARDS = timedelta(hours=12)
"""A clock that shows so much less than it did was wrong then or is now; smaller steps are its being put right."""


def reason(parts: Parts, now: datetime) -> str | None:
    """Why no mail goes to employers, or None. A new doubt pauses it and asks."""
    held = pause.why(parts.store)
    if held is not None:
        return f"Mail to employers is paused ({held}). To let it go again: followup resume"
    at_home = pause.is_home(parts.store, parts.machine)
    if at_home is None:
        with parts.store.transaction():
            pause.settle(parts.store, parts.machine)
    elif not at_home:
        text = f"{parts.store.folder} was copied, restored or moved to another machine. Shall letters go from here?"
        return _hold(parts, QuestionKind.COPIED, pause.place(parts.store, parts.machine), text, now)
    last = log.last_at(parts.store)
    if last is not None and now < last - BACKWARDS:
        text = f"This machine's clock shows {now:%Y-%m-%d}, and was at {last:%Y-%m-%d} before. Is it right now?"
        return _hold(parts, QuestionKind.CLOCK, f"{last:%Y-%m-%d}", text, now)
    return None


def _hold(parts: Parts, kind: QuestionKind, about: str, text: str, now: datetime) -> str | None:
    """Pause and ask, unless this very thing was answered with yes."""
    key = f"{kind}:{about}"
    if questions.answers(parts.store).get(key) == "yes":
        return None
    with parts.store.transaction():
        pause.hold(parts.store, kind, now, who="followup")
        questions.ask(parts.store, kind, key, text, (), now)
    return f"{text} Until you answer, no mail goes to employers: followup questions"
