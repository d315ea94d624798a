"""How things stand: what needs the person, what goes when, whether anything runs. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from followup.model.application import Outcome
from followup.model.letter import Letter, LetterState
from followup.model.nudge import WAITING, Nudge, NudgeState
from followup.model.question import Question, QuestionKind
from followup.playbook import timing
from followup.steps import holding
from followup.steps.parts import Parts
from followup.store import applications, letters, nudges, pause, questions, tracker
from followup.store.database import Database
from followup.store.tracker import Run, Seen
from followup.tracker import source

STEPS = ("dispatch", "remind", "scan")
TROUBLED = (LetterState.IN_DOUBT, LetterState.FAILED)
RECENT_TICK = timedelta(minutes=15)
"""So long after a tick the next one is counted on: cron's come every five minutes, and one may be skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One look at everything. `daemon` says whether one runs now, `ticked` whether a tick was done lately.

    `next_leaves` is when the next letter goes, unless mail is paused.
    `unread` is why the tracker cannot be read, `troubles` all that stands in the way, `unsent` why an approved letter
    will not go by itself: each says what to do.
    """

    daemon: bool
    ticked: bool
    paused: str | None
    unread: str | None
    troubles: tuple[str, ...]
    unsent: str | None
    seen: Seen | None
    runs: dict[str, Run]
    outcomes: dict[Outcome, int]
    letters: dict[LetterState, int]
    worst: Letter | None
    next_letter: Letter | None
    next_leaves: datetime | None
    questions: tuple[Question, ...]
    nudges: dict[NudgeState, int]
    next_nudge: Nudge | None

    @property
    def running(self) -> bool:
        """Whether approved letters will go without another command."""
        return self.daemon or self.ticked

    @property
    def troubled(self) -> int:
        """How many letters are in doubt or have failed."""
        return sum(self.letters.get(state, 0) for state in TROUBLED)


def overview(parts: Parts, now: datetime) -> Overview:
    """Look at everything once."""
    store = parts.store
    runs = tracker.runs(store)
    next_letter = next(iter(letters.portion(store, LetterState.APPROVED, 1)), None)
    return Overview(
        daemon=store.is_locked("daemon"),
        ticked=_ticked(runs, now),
        paused=pause.why(store),
        unread=unread(parts),
        troubles=troubles(parts),
        unsent=unsent(parts, now),
        seen=tracker.seen(store),
        runs=runs,
        outcomes=applications.counts(store),
        letters=letters.counts(store),
        worst=next((one for state in TROUBLED for one in letters.in_state(store, state)), None),
        next_letter=next_letter,
        next_leaves=when(parts, next_letter, now) if next_letter else None,
        questions=tuple(questions.unanswered(store)),
        nudges=nudges.counts(store),
        next_nudge=_next_nudge(store),
    )


def unread(parts: Parts) -> str | None:
    """Why the tracker cannot be read: it is not there now, or the last look at it ended so."""
    gone = source.missing(parts.tracker)
    if gone is not None:
        return gone.whole
    seen = tracker.seen(parts.store)
    return seen.trouble if seen is not None else None


def troubles(parts: Parts) -> tuple[str, ...]:
    """What stands in the way now, each thing once: of the tracker, and of the last run of each step.

    Why mail is paused is told elsewhere.
    """
    runs, held = tracker.runs(parts.store), pause.why(parts.store)
    troubles = [unread(parts)]
    troubles += [runs[step].trouble for step in STEPS if step in runs]
    return tuple(
        dict.fromkeys(trouble for trouble in troubles if trouble and not (held is not None and held in trouble))
    )


def unsent(parts: Parts, now: datetime) -> str | None:
    """Why approved letters will not go by themselves, and what to do; None where they will, or there is none."""
    approved = letters.portion(parts.store, LetterState.APPROVED, 1)
    if not approved:
        return None
    if parts.mail_host is None:
        return holding.NO_ACCOUNT
    held = pause.why(parts.store)
    if held is not None:
        return holding.paused(held)
    if is_running(parts, now):
        return None
    return f"Nothing is running that would send L{approved[0].id} when its time comes. To have that: followup service"


def is_running(parts: Parts, now: datetime) -> bool:
    """Whether approved letters will go without another command."""
    return parts.store.is_locked("daemon") or _ticked(tracker.runs(parts.store), now)


def when(parts: Parts, letter: Letter, now: datetime) -> datetime:
    """When an approved letter goes, if nothing holds it: now, or later."""
    ready = max(letter.not_before, letter.try_after or letter.not_before, now)
    return timing.next_leave(ready, letter.said_now, letter.id, parts.calendar())


def next_due(parts: Parts, now: datetime) -> datetime | None:
    """The next moment at which a letter or a nudge is due."""
    moments = [when(parts, letter, now) for letter in letters.portion(parts.store, LetterState.APPROVED, 1)]
    nudge = _next_nudge(parts.store)
    moments += [nudge.due_at] if nudge else []
    return min(moments, default=None)


def needs_you(view: Overview) -> list[str]:
    """What waits for the person, in words."""
    waiting = []
    if view.troubled:
        waiting.append(f"{count(view.troubled, 'letter')} in trouble")
    if view.letters.get(LetterState.DRAFT):
        waiting.append(f"{count(view.letters[LetterState.DRAFT], 'draft')} to read")
    if view.questions:
        waiting.append(count(len(view.questions), "question"))
    if view.paused is not None:
        waiting.append(f"mail to employers is paused ({_paused_by(view.paused)})")
    if view.unread is not None:
        waiting.append("your tracker can't be read")
    return waiting


def _paused_by(why: str) -> str:
    return "until you have answered" if why in (QuestionKind.COPIED, QuestionKind.CLOCK) else why


def _next_nudge(store: Database) -> Nudge | None:
    waiting = [one for state in WAITING for one in nudges.portion(store, state, 1)]
    return min(waiting, key=attrgetter("due_at"), default=None)


def _ticked(runs: Mapping[str, Run], now: datetime) -> bool:
    tick = runs.get("tick")
    return tick is not None and now - RECENT_TICK < tick.at <= now


def count(number: int, noun: str) -> str:
    """`1 draft`, `2 drafts`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
