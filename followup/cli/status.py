"""How things stand: bare `followup`, `status`, and the story that the log tells."""

from datetime import datetime

import click

from followup.cli import opening, speech
from followup.model.letter import LetterState
from followup.steps import holding
from followup.steps import overview as standing
from followup.steps.holding import YOU_PAUSED
from followup.steps.overview import Overview
from followup.steps.parts import Parts
from followup.steps.story import told
from followup.store import log as store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show how everything stands."""
    with opening.parts(ctx) as (parts, now):
        view = standing.overview(parts, now)
        if as_json:
            speech.as_json(to_json(view))
            return
        click.echo(_tracker(view, parts))
        if view.outcomes:
            counts = ", ".join(f"{number} {outcome.replace('_', ' ')}" for outcome, number in view.outcomes.items())
            click.echo(f"Applications: {counts}.")
        if view.letters:
            counts = ", ".join(f"{number} {state.replace('_', ' ')}" for state, number in view.letters.items())
            click.echo(f"Letters: {counts}.")
        for line in obstacles(view):
            click.echo(click.style(line, fg="yellow"))
        for line in (_needs(view), *_coming(view, parts, now), _running(view), *_next(view)):
            click.echo(line)


@click.command()
@click.argument("application", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def log(ctx: click.Context, application: str | None, as_json: bool) -> None:
    """Tell the story of one application in sentences, or the latest events."""
    with opening.parts(ctx) as (parts, _):
        if application is None:
            entries = store.latest(parts.store, 30)
        else:
            known = opening.application(parts, application)
            entries = store.of_application(parts.store, known.id)
            role = f", {speech.clean(known.said.role)}" if known.said.role else ""
            if not as_json:
                click.echo(f"A{known.id}  {speech.clean(known.said.company)}{role}")
                seen = speech.day(known.first_seen, parts.person)
                click.echo(f"  {seen}  followup saw it in your tracker for the first time.")
        if as_json:
            speech.as_json(
                [
                    {
                        "at": one.at.isoformat(),
                        "who": one.who,
                        "subject": one.subject,
                        "what": one.what,
                        "why": one.why,
                        "digest": one.digest,
                    }
                    for one in entries
                ]
            )
            return
        for at, sentence in told(entries):
            click.echo(f"  {speech.day(at, parts.person)}  {sentence}")


def print_briefly(ctx: click.Context) -> None:
    """At most five lines: what needs the person, what goes when, whether anything runs, the one command to type."""
    if not opening.settings_file(ctx).exists():
        click.echo("followup asks kindly for feedback when an application ends in a rejection.")
        click.echo("See what it makes of your tracker:  followup preview FILE.csv")
        click.echo("Watch it work on a sample:          followup demo")
        click.echo("Set it up:                          followup init")
        return
    with opening.parts(ctx) as (parts, now):
        view = standing.overview(parts, now)
        for line in brief(view, parts, now)[:5]:
            click.echo(line)


def brief(view: Overview, parts: Parts, now: datetime) -> list[str]:
    """Five lines at most: what stands in the way, needs you, goes when, runs; and the one command to type."""
    trouble = [click.style(line, fg="yellow") for line in obstacles(view)[:1]]
    coming = _coming(view, parts, now)
    return [*trouble, _needs(view), *(coming[:1] if trouble else coming), _running(view), *_next(view)]


def obstacles(view: Overview) -> list[str]:
    """What stands in the way, each with what to do about it."""
    paused = [holding.paused(view.paused)] if view.paused is not None else []
    unsent = [view.unsent] if view.unsent is not None else []
    return [speech.clean(text) for text in dict.fromkeys((*paused, *view.troubles, *unsent))]


def next_command(view: Overview) -> str | None:
    """The one command to type now."""
    if view.worst is not None:
        doubt = view.worst.state is LetterState.IN_DOUBT
        return f"followup settle L{view.worst.id}" if doubt else f"followup show L{view.worst.id}"
    if view.questions:
        return "followup questions"
    if view.paused not in (None, YOU_PAUSED):
        return "followup resume"
    if view.letters.get(LetterState.DRAFT):
        return "followup review"
    if view.paused is not None:
        return "followup resume"
    return None if view.running else "followup service"


def _next(view: Overview) -> list[str]:
    command = next_command(view)
    return [f"Next: {command}"] if command else []


def to_json(view: Overview) -> dict[str, object]:
    """The contract of `status --json`."""
    nudge = view.next_nudge
    return {
        "daemon": view.daemon,
        "paused": view.paused,
        "last_scan": view.seen.read_at.isoformat() if view.seen else None,
        "last_tick": view.runs["tick"].at.isoformat() if "tick" in view.runs else None,
        "tracker": None
        if view.seen is None
        else {
            "path": view.seen.path,
            "trouble": view.unread,
            "problems": [{"line": problem.line, "text": problem.text} for problem in view.seen.problems],
        },
        "applications": {str(outcome): number for outcome, number in view.outcomes.items()},
        "letters": {str(state): number for state, number in view.letters.items()},
        "nudges": {str(state): number for state, number in view.nudges.items()},
        "questions": len(view.questions),
        "next": {
            "letter": view.next_leaves.isoformat() if view.next_leaves else None,
            "nudge": nudge.due_at.isoformat() if nudge else None,
        },
        "needs_you": standing.needs_you(view),
    }


def _needs(view: Overview) -> str:
    waiting = standing.needs_you(view)
    return f"Needs you: {', '.join(waiting)}." if waiting else "Nothing needs you."


def _coming(view: Overview, parts: Parts, now: datetime) -> list[str]:
    lines = []
    if view.next_letter is not None and view.next_leaves is not None:
        letter = f"L{view.next_letter.id} to {speech.clean(view.next_letter.company)}"
        goes = speech.moment(view.next_leaves, parts.person, now)
        held = view.paused is not None
        lines.append(f"Held while mail is paused: {letter}." if held else f"Goes next: {letter}, {goes}.")
    if view.next_nudge is not None:
        lines.append(f"Next nudge: {speech.moment(view.next_nudge.due_at, parts.person, now)}.")
    return lines


def _running(view: Overview) -> str:
    if view.daemon:
        return "The daemon is running."
    if view.ticked:
        return "It was ticked within the last quarter of an hour."
    return "Nothing is running: followup run, or followup service --install."


def _tracker(view: Overview, parts: Parts) -> str:
    if view.seen is None:
        return f"{parts.tracker} has not been looked at yet: followup scan"
    problems = f", {standing.count(len(view.seen.problems), 'problem')}" if view.seen.problems else ""
    return f"Tracker: {view.seen.path}, read {speech.day(view.seen.read_at, parts.person)}{problems}."
