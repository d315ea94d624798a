"""`followup outbox`: all letters, each in a line. It imports little, since it is typed often."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import click

from followup.cli import opening, speech
from followup.model.letter import STAYED, Letter, LetterState
from followup.steps import overview as standing
from followup.steps.next_step import next_step
from followup.steps.parts import Parts
from followup.store import letters, pause, questions

LATEST = 100
"""So many of the letters that went are listed."""


@click.command()
@click.option("--all", "everything", is_flag=True, help=f"Also what went before the latest {LATEST}.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def outbox(ctx: click.Context, everything: bool, as_json: bool) -> None:
    """List the letters."""
    with opening.parts(ctx) as (parts, now):
        found = letters.everything(parts.store) if everything else _latest(parts)
        if as_json:
            speech.as_json([letter_json(parts, letter, now) for letter in found])
            return
        for text in dict.fromkeys(filter(None, (*standing.troubles(parts), standing.unsent(parts, now)))):
            click.echo(click.style(speech.clean(text), fg="yellow"))
        for line in _questions(parts):
            click.echo(line)
        if not found:
            click.echo("The outbox is empty. A letter appears here when a row of your tracker becomes rejected.")
            return
        rows = [
            [
                f"L{one.id}",
                one.state.replace("_", " "),
                when(one, parts, now),
                speech.clean(one.company),
                one.to or "-",
            ]
            for one in found
        ]
        speech.table([["", "state", "when", "company", "to"], *rows])
        if not everything and sum(one.state not in STAYED for one in found) == LATEST:
            click.echo("\nTo list what went before: followup outbox --all")
        for line in _closing(found):
            click.echo(f"\n{line}")


def _closing(found: Sequence[Letter]) -> Iterator[str]:
    """What to type next: a sentence for each state that waits for the person."""
    for state in (LetterState.IN_DOUBT, LetterState.FAILED, LetterState.HANDED_OVER):
        there = [one for one in found if one.state is state]
        if there:
            also = ", ".join(f"L{one.id}" for one in there[1 : opening.LISTED])
            yield f"{next_step(there[0])}{f' (likewise {also})' if also else ''}"
    if any(one.state is LetterState.DRAFT for one in found):
        yield "To read the drafts and say yes or no: followup review"


def _questions(parts: Parts) -> list[str]:
    """What waits for the person's word, a blank line after it."""
    waiting = questions.unanswered(parts.store)
    if not waiting:
        return []
    from followup.cli.questions import asked

    return [*(line for one in waiting for line in asked(parts, one, opening.LISTED)), ""]


def _latest(parts: Parts) -> list[Letter]:
    """All that has not gone, and the latest of what has."""
    stayed = [one for state in STAYED for one in letters.in_state(parts.store, state)]
    return sorted([*letters.gone(parts.store, LATEST), *stayed], key=lambda one: one.id)


def letter_json(parts: Parts, letter: Letter, now: datetime) -> dict[str, Any]:
    """The contract of `outbox --json`."""
    from followup.steps import review

    return {
        "id": f"L{letter.id}",
        "kind": str(letter.kind),
        "state": str(letter.state),
        "revision": letter.revision,
        "company": letter.company,
        "role": letter.role,
        "to": letter.to,
        "subject": letter.subject,
        "digest": review.current(parts, letter).digest,
        "not_before": letter.not_before.isoformat(),
        "notes": [{"level": str(note.level), "text": note.text} for note in review.notes(parts, letter, now)],
    }


def when(letter: Letter, parts: Parts, now: datetime) -> str:
    """When a letter goes or went, or why it stands where it does."""
    match letter.state:
        case LetterState.APPROVED if pause.why(parts.store) is not None:
            return "held while mail is paused"
        case LetterState.APPROVED:
            return f"goes {speech.day(standing.when(parts, letter, now), parts.person)}"
        case LetterState.SENT if letter.sent_at:
            return f"sent {speech.day(letter.sent_at, parts.person)}"
        case LetterState.DRAFT:
            later = max(letter.not_before, now)
            return f"could go {speech.day(later, parts.person)}"
        case _:
            return letter.reason or ""
