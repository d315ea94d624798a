"""How things stand: what needs the person, what goes when, whether anything runs. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from followup.model.application import Outcome
from followup.model.letter import Letter, LetterState
from followup.model.nudge import WAITING, Nudge
from followup.model.question import Question
from followup.steps.parts import Parts
from followup.store import applications, letters, nudges, pause, questions, tracker
from followup.store.tracker import Run, Seen

RECENT_TICK = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One look at everything. `daemon` says whether one runs now, `ticked` whether cron did within the hour."""

    daemon: bool
    ticked: bool
    paused: str | None
    seen: Seen | None
    runs: dict[str, Run]
    outcomes: dict[Outcome, int]
    letters: dict[LetterState, int]
    drafts: tuple[Letter, ...]
    approved: tuple[Letter, ...]
    troubled: tuple[Letter, ...]
    questions: tuple[Question, ...]
    nudges: tuple[Nudge, ...]

    @property
    def running(self) -> bool:
        """Whether approved letters will go without another command."""
        return self.daemon or self.ticked

    @property
    def next_nudge(self) -> Nudge | None:
        """The nudge that is due first."""
        return next((nudge for nudge in self.nudges if nudge.state in WAITING), None)

    @property
    def next_letter(self) -> Letter | None:
        """The approved letter that goes first."""
        return min(self.approved, key=when, default=None)


def overview(parts: Parts, now: datetime) -> Overview:
    """Look at everything once."""
    store = parts.store
    runs = tracker.runs(store)
    tick = runs.get("tick")
    return Overview(
        daemon=store.is_locked("daemon"),
        ticked=tick is not None and now - RECENT_TICK < tick.at <= now,
        paused=pause.why(store),
        seen=tracker.seen(store),
        runs=runs,
        outcomes=applications.counts(store),
        letters=letters.counts(store),
        drafts=tuple(letters.in_state(store, LetterState.DRAFT)),
        approved=tuple(letters.in_state(store, LetterState.APPROVED)),
        troubled=tuple(
            letter for state in (LetterState.IN_DOUBT, LetterState.FAILED) for letter in letters.in_state(store, state)
        ),
        questions=tuple(questions.unanswered(store)),
        nudges=tuple(nudges.everything(store)),
    )


def when(letter: Letter) -> datetime:
    """When an approved letter may go."""
    return max(letter.not_before, letter.try_after) if letter.try_after else letter.not_before


def next_due(parts: Parts) -> datetime | None:
    """The next moment at which a letter or a nudge is due."""
    moments = [when(letter) for letter in letters.in_state(parts.store, LetterState.APPROVED)]
    moments += [nudge.due_at for state in WAITING for nudge in nudges.in_state(parts.store, state)]
    return min(moments, default=None)
