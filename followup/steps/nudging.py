"""Plans → nudges of the store, what a nudge says of its case on the day it is due, and what the person does with it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from followup.errors import Refused, TemplateError
from followup.letters import prose
from followup.model.letter import LetterKind, LetterState, Text
from followup.model.nudge import WAITING, Nudge, NudgeState
from followup.playbook import due, series
from followup.playbook.actions import Action, Cancel, Join, Leave, PassOn, Plan
from followup.steps import drafting
from followup.steps.parts import Parts
from followup.store import applications, letters, nudges


def carry_out(parts: Parts, actions: Iterable[Action], now: datetime) -> None:
    """Plan, join and cancel nudges, inside a transaction; where they are off, none is planned and none joins."""
    next_id = nudges.last_id(parts.store) + 1
    for action in actions:
        match action:
            case Plan() | Join() if parts.nudges == "off":
                continue
            case Plan(event=event):
                nudges.add(parts.store, planned(parts, action, next_id, now), now, why=event)
                next_id += 1
            case Join(series=series, application=application):
                nudges.join(parts.store, series, application, now)
            case Leave(series=series, application=application):
                nudges.leave(parts.store, series, application)
            case PassOn(nudge=nudge, application=application, why=why):
                subject = _subject(parts, replace(nudge, application=application), now)
                nudges.pass_on(parts.store, nudge, application, subject, now, why=why)
            case Cancel(nudge=nudge, why=why):
                nudges.move(parts.store, nudge, NudgeState.CANCELLED, now, why=why)


def leave(parts: Parts, application: int, now: datetime, *, why: str) -> None:
    """Nothing more is to be said of this rejection; to be called inside a transaction."""
    waiting = nudges.waiting(parts.store)
    joined = {one.series: nudges.joined(parts.store, one.series) for one in waiting}
    carry_out(parts, series.on_end(waiting, joined, {application}, why), now)


def planned(parts: Parts, plan: Plan, number: int, now: datetime) -> Nudge:
    """A plan as the nudge it becomes."""
    known = drafting.known(parts, plan.application)
    nudge = Nudge(
        id=number,
        application=plan.application,
        series=plan.application,
        company=known.said.company,
        role=known.said.role,
        event=plan.event,
        tip=plan.tip,
        template=plan.template,
        conditions=plan.when,
        state=NudgeState.PLANNED,
        due_at=plan.due_at,
        subject="",
    )
    return replace(nudge, subject=_subject(parts, nudge, now))


def retitle(parts: Parts, now: datetime) -> None:
    """Let the waiting nudges be called by what the tracker tells now, in its language; inside a transaction."""
    for nudge in nudges.waiting(parts.store):
        subject = _subject(parts, nudge, now)
        if subject != nudge.subject:
            nudges.retitle(parts.store, nudge, subject)


def _subject(parts: Parts, nudge: Nudge, now: datetime) -> str:
    """What a nudge will be about; empty where its template cannot be filled, which is told when it is due."""
    try:
        return write(parts, nudge, now).subject
    except TemplateError:
        return ""


def case(parts: Parts, nudge: Nudge) -> due.Case:
    """What is true of a nudge's application now."""
    known = drafting.known(parts, nudge.application)
    facts = applications.facts(parts.store, nudge.application)
    return due.Case(
        application=known.said,
        present=known.present,
        interviewed=due.interviewed(known.said, facts),
        letter=letters.of_kind(parts.store, nudge.application, _about(nudge)),
        others=_others(parts, nudge),
    )


def _about(nudge: Nudge) -> LetterKind:
    """The letter that a nudge speaks of."""
    return LetterKind.FOLLOW_UP if nudge.event == "no_reply" else LetterKind.FEEDBACK_REQUEST


def write(parts: Parts, nudge: Nudge, now: datetime) -> Text:
    """The nudge in words, with the facts of today; raises TemplateError."""
    return parts.templates().nudge(nudge.template, drafting.language(parts), _variables(parts, nudge, now))


def _variables(parts: Parts, nudge: Nudge, now: datetime) -> dict[str, Any]:
    facts = case(parts, nudge)
    standing = applications.standing(parts.store)
    said = drafting.told(facts.application, applications.facts(parts.store, nudge.application))
    today = parts.calendar().local(now).date()
    applied = standing.last_applied_on
    return {
        "name": parts.person.name.split()[0],
        "company": prose.company(said.company),
        "role": prose.role(said.role, drafting.language(parts)),
        "others": [prose.company(name) for name in facts.others],
        "interviewed": facts.interviewed,
        "interview_on": parts.templates().day(said.interview_on, drafting.language(parts)),
        "interviews": standing.interviews,
        "open_applications": standing.open_applications,
        "days_since_last_application": None if applied is None or applied > today else (today - applied).days,
        "letter_waiting": facts.letter is not None and facts.letter.state is LetterState.DRAFT,
        "has_recipient": facts.letter is not None and facts.letter.to is not None,
        "answered_command": f"followup answered A{nudge.application}",
        "review_command": f"followup review L{facts.letter.id}" if facts.letter else "followup review",
    }


def _others(parts: Parts, nudge: Nudge) -> tuple[str, ...]:
    joined = nudges.joined(parts.store, nudge.series) if nudge.event == "rejected" else []
    return tuple(drafting.known(parts, number).said.company for number in joined if number != nudge.application)


def snooze(parts: Parts, nudge: Nudge, until: datetime, now: datetime) -> None:
    """Let a nudge come again then."""
    if until <= now:
        raise Refused("That moment has passed. Give a later one, such as 3d or 2026-12-01.")
    _move_nudge(parts, nudge, NudgeState.SNOOZED, now, due_at=until)


def done(parts: Parts, nudge: Nudge, now: datetime) -> None:
    """The person has done it, or does not want it."""
    if nudge.state in (NudgeState.DONE, NudgeState.CANCELLED):
        raise Refused(f"N{nudge.id} is {nudge.state} already, and does not come again.")
    if nudge.state in WAITING:
        _move_nudge(parts, nudge, NudgeState.CANCELLED, now, why="you were done with it")
    else:
        _move_nudge(parts, nudge, NudgeState.DONE, now)


def _move_nudge(
    parts: Parts,
    nudge: Nudge,
    to: NudgeState,
    now: datetime,
    *,
    due_at: datetime | None = None,
    why: str | None = None,
) -> None:
    with parts.store.transaction():
        try:
            moved = nudges.move(parts.store, nudge, to, now, who="you", due_at=due_at, why=why)
        except ValueError:
            raise Refused(f"N{nudge.id} is {nudge.state}, so that cannot be done with it.") from None
        if not moved:
            raise Refused(f"N{nudge.id} was changed elsewhere just now. Look again: followup nudges")
