"""Which nudges follow an event, and what ends them: a series for each rejection, and those around an interview."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from followup.model.application import Application, Outcome
from followup.model.nudge import Nudge
from followup.playbook.actions import Action, Cancel, Circumstances, Join, Leave, PassOn, Plan
from followup.playbook.rules import NudgeRule
from followup.playbook.timing import nudge_due

AROUND_INTERVIEW = ("interview_planned", "interview_held")


def start(applications: Iterable[int], circumstances: Circumstances, now: datetime) -> list[Action]:
    """Plan the nudges of a rejection; one that comes while a series runs joins it by name."""
    actions: list[Action] = []
    running = next((one.series for one in circumstances.waiting if one.event == "rejected"), None)
    for application in applications:
        if running is not None:
            actions.append(Join(series=running, application=application))
            continue
        planned = plan(application, "rejected", now, circumstances, now)
        running = application if planned else None
        actions += planned
    return actions


def plan(application: int, event: str, moment: datetime, circumstances: Circumstances, now: datetime) -> list[Plan]:
    """The nudges that follow an event at that moment, those already past left out."""
    plans = []
    for rule in circumstances.playbook.nudges:
        template = _choose(rule, application, circumstances.read_lately)
        due = nudge_due(moment, rule.after, rule.at, circumstances.calendar)
        if rule.on == event and template is not None and due >= now:
            plans.append(
                Plan(
                    application=application,
                    event=event,
                    tip=rule.tip,
                    template=template,
                    when=rule.when,
                    due_at=due,
                )
            )
    return sorted(plans, key=lambda one: one.due_at)


def around_interview(application: int, said: Application, circumstances: Circumstances, now: datetime) -> list[Plan]:
    """The nudges before and after an interview that the tracker tells the day of."""
    if said.interview_on is None or said.outcome is not Outcome.OPEN:
        return []
    day = circumstances.calendar.at(said.interview_on, datetime.min.time())
    actions: list[Plan] = []
    for event in AROUND_INTERVIEW:
        actions += plan(application, event, day, circumstances, now)
    return actions


def on_another_day(application: int, waiting: Iterable[Nudge]) -> list[Cancel]:
    """The nudges around an interview whose day is another one now."""
    mine = [one for one in waiting if one.application == application and one.event in AROUND_INTERVIEW]
    return [Cancel(nudge=nudge, why="the interview is on another day") for nudge in mine]


def on_end(
    waiting: Iterable[Nudge], joined: Mapping[int, Sequence[int]], ended: Collection[int], why: str
) -> tuple[Action, ...]:
    """What becomes of the nudges when nothing more is to be said of some rejections: those about them stop.

    `joined` has the applications that joined each series: they keep it, and it speaks of them alone.
    """
    actions: list[Action] = [
        Leave(series=series, application=application)
        for series, others in joined.items()
        for application in others
        if application in ended
    ]
    for nudge in waiting:
        others = [other for other in joined.get(nudge.series, ()) if other not in ended]
        if nudge.application not in ended or nudge.event not in ("rejected", "no_reply"):
            continue
        if nudge.event == "rejected" and others:
            actions.append(PassOn(nudge=nudge, application=others[0], why=why))
        else:
            actions.append(Cancel(nudge=nudge, why=why))
    return tuple(actions)


def _choose(rule: NudgeRule, application: int, read_lately: frozenset[str]) -> str | None:
    unread = [name for name in rule.templates if name not in read_lately]
    return unread[application % len(unread)] if unread else None
