"""Whether mail may go to employers now: not while paused, not from a copied store, not by a clock that went back."""

from datetime import datetime, timedelta

from followup.errors import Refused
from followup.letters.prose import sentence
from followup.model.letter import Letter, LetterState
from followup.model.question import QuestionKind
from followup.steps.parts import Parts
from followup.store import letters, log, pause, questions, tracker

ONE_DAY = timedelta(days=1)
MAY_HAVE_GONE = (
    "it may have gone from where this was copied from, or since; look among your sent mail before you approve it"
)
YOU_PAUSED = "you paused it"
"""Why mail is paused, where the person did it."""
NO_ACCOUNT = "No mail account is set up, so no letter goes by itself. To send one yourself: followup outbox"
BACKWARDS = timedelta(hours=12)
"""A clock that shows so much less than it did was wrong then or is now; smaller steps are its being put right."""


def reason(parts: Parts, now: datetime) -> str | None:
    """Why no mail goes to employers, or None. A new doubt pauses it and asks."""
    held = pause.why(parts.store)
    if held is not None:
        return paused(held)
    if not pause.is_home(parts.store, parts.machine):
        return _ask_for_home(parts, now)
    last = log.last_at(parts.store)
    if last is not None and now < last - BACKWARDS:
        text = f"This machine's clock shows {now:%Y-%m-%d}, and was at {last:%Y-%m-%d} before. Is it right now?"
        return _hold(parts, QuestionKind.CLOCK, f"{last:%Y-%m-%d}", text, now)
    return None


def paused(why: str) -> str:
    """That mail to employers is paused, why, and what to do."""
    return f"Mail to employers is paused: {sentence(why)} To let it go again: followup resume"


def nudges_too(parts: Parts, now: datetime) -> str | None:
    """Why no nudge comes, or None: a copied or restored store would tell again what another has told."""
    if pause.is_home(parts.store, parts.machine):
        return None
    if pause.why(parts.store) == QuestionKind.COPIED:
        return "Nudges wait until you say whether this is where letters go from: followup questions"
    return _ask_for_home(parts, now)


def _ask_for_home(parts: Parts, now: datetime) -> str | None:
    text = (
        f"{parts.store.folder} was copied, restored or moved to another machine, or has lost what it knew last."
        " Shall letters go from here?"
    )
    return _hold(parts, QuestionKind.COPIED, pause.place(parts.store, parts.machine), text, now)


def look_for_damage(parts: Parts, now: datetime) -> None:
    """Look through the whole store before the first mail of a day; raises StoreError where it is damaged.

    A store of 100,000 letters takes half a second, so this is not done for every mail.
    """
    last = tracker.runs(parts.store).get("check")
    if last is not None and now - ONE_DAY < last.at <= now:
        return
    parts.store.check()
    with parts.store.transaction():
        tracker.ran(parts.store, "check", now)


def _hold(parts: Parts, kind: QuestionKind, about: str, text: str, now: datetime) -> str | None:
    """Pause and ask, unless this very thing was answered with yes."""
    key = f"{kind}:{about}"
    if questions.answers(parts.store).get(key) == "yes":
        return None
    with parts.store.transaction():
        pause.hold(parts.store, kind, now, who="followup")
        questions.ask(parts.store, kind, key, text, (), now)
    return f"{text} Until you answer, no mail goes to employers: followup questions"


def settle_here(parts: Parts, now: datetime) -> None:
    """Send from here from now on. What has not gone from here may have gone from where this store was copied from."""
    for letter in letters.in_state(parts.store, LetterState.APPROVED):
        letters.move(parts.store, letter, LetterState.DRAFT, now, who="followup", reason=MAY_HAVE_GONE)
    warn(parts, now)
    pause.settle(parts.store, parts.machine)


def warn(parts: Parts, now: datetime) -> None:
    """Note on each draft of a copied or restored store that it may have gone; inside a transaction."""
    for letter in letters.in_state(parts.store, LetterState.DRAFT):
        letters.remark(parts.store, letter, MAY_HAVE_GONE, now)


def hold_mail(parts: Parts, now: datetime) -> None:
    """Stop mail to employers, in every process, from the next letter on."""
    with parts.store.transaction():
        pause.hold(parts.store, YOU_PAUSED, now, who="you")


def resume_mail(parts: Parts, now: datetime) -> list[Letter]:
    """Let mail go again; the approved letters that will."""
    asked = [one for one in questions.unanswered(parts.store) if one.kind in (QuestionKind.COPIED, QuestionKind.CLOCK)]
    if asked:
        raise Refused(f"{asked[0].text} First answer that: followup answer Q{asked[0].id} yes (or no)")
    with parts.store.transaction():
        pause.lift(parts.store, now, who="you")
        tracker.ran(parts.store, "dispatch", now)
    return letters.in_state(parts.store, LetterState.APPROVED)
