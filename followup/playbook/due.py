"""What becomes of the nudges whose time has come: conditions are looked at now, and one message a day is enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from followup.model.application import Application, Outcome, Stage
from followup.model.letter import Letter, LetterState
from followup.model.nudge import Nudge
from followup.playbook.actions import Cancel
from followup.playbook.timing import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is true of a due nudge's application now."""

    application: Application
    present: bool
    interviewed: bool
    letter: Letter | None
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """This nudge goes to the person now."""

    nudge: Nudge


def on_time(
    due: Sequence[tuple[Nudge, Case]], last_delivered: datetime | None, calendar: Calendar, now: datetime
) -> list[Deliver | Cancel]:
    """What becomes of the nudges that are due: conditions are looked at now; at most one message a day.

    One that had to wait for another day comes at its own hour there. Nothing is noted of its waiting, so that a clock
    that was wrong for a while leaves no trace.
    """
    last = None if last_delivered is None else calendar.local(last_delivered).date()
    spoken = spoken_today(last_delivered, calendar, now)
    results: list[Deliver | Cancel] = []
    for nudge, case in due:
        reason = _untrue(nudge, case)
        if reason:
            results.append(Cancel(nudge=nudge, why=reason))
            continue
        at = calendar.local(nudge.due_at)
        waited = last is not None and last >= at.date()
        if not spoken and (not waited or calendar.local(now).time() >= at.time()):
            spoken = True
            results.append(Deliver(nudge=nudge))
    return results


def spoken_today(last_delivered: datetime | None, calendar: Calendar, now: datetime) -> bool:
    """Whether a nudge has come today, as the person's days are."""
    return last_delivered is not None and calendar.local(last_delivered).date() == calendar.local(now).date()


def _untrue(nudge: Nudge, case: Case) -> str | None:
    """Why a due nudge would not be true or of use any more, or None."""
    of_rejection = nudge.event in ("rejected", "no_reply")
    if not of_rejection and (case.application.outcome is not Outcome.OPEN or not case.present):
        return "the application is no longer open"
    if of_rejection and case.application.outcome is not Outcome.REJECTED and not case.others:
        return "your tracker no longer says rejected"
    if "interviewed" in nudge.conditions and not case.interviewed:
        return "there was no interview"
    if "letter_waiting" in nudge.conditions and (case.letter is None or case.letter.state is not LetterState.DRAFT):
        return "the letter no longer waits"
    return None


def interviewed(application: Application, told: Mapping[str, str]) -> bool:
    """Whether sheet or person says that an interview took place."""
    return (told.get("stage") or application.stage) == Stage.INTERVIEW
