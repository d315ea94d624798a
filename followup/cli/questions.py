"""What waits for the person's word, and the answers."""

import shlex
import sys

import click

from followup.cli import opening, speech
from followup.errors import Refused, UsageError
from followup.model.question import Question, QuestionKind
from followup.steps import review
from followup.steps.parts import Parts
from followup.steps.preview import recency
from followup.store import applications
from followup.store import questions as store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def questions(ctx: click.Context, as_json: bool) -> None:
    """List what waits for your word."""
    with opening.parts(ctx) as (parts, _):
        if as_json:
            speech.as_json([_json(one) for one in store.everything(parts.store) if not one.moot])
            return
        waiting = store.unanswered(parts.store)
        if not waiting:
            click.echo("Nothing waits for your word.")
        for one in waiting:
            click.echo(f"Q{one.id}  {speech.clean(one.text)}")
            for line in listed(parts, one):
                click.echo(f"    {line}")
            click.echo(f"    followup answer Q{one.id} {_choices(one).split(' / ', 1)[0]}")


@click.command()
@click.argument("question")
@click.argument("reply", required=False)
@click.option("--undo", is_flag=True, help="Take the answer back.")
@click.pass_context
def answer(ctx: click.Context, question: str, reply: str | None, undo: bool) -> None:
    """Answer a question; it applies from the next look at the tracker on."""
    if (reply is None) != undo:
        raise UsageError("Give an answer, or --undo to take one back.")
    with opening.parts(ctx) as (parts, now):
        one = opening.question(parts, question)
        if reply is not None:
            give(parts, one, reply)
        else:
            review.take_answer_back(parts, one, now)
            click.echo(f"Q{one.id} is open again.")


def ask_all(parts: Parts) -> None:
    """Ask on a terminal what waits; an empty answer leaves the question where it is."""
    if not sys.stdin.isatty():
        return
    for one in store.unanswered(parts.store):
        ask(parts, one)


def ask(parts: Parts, one: Question) -> None:
    """Ask one question; an empty answer leaves it open."""
    click.echo(speech.clean(one.text))
    for line in listed(parts, one):
        click.echo(f"  {line}")
    default = "none" if one.kind is QuestionKind.FIRST_SIGHT else ""
    reply = str(click.prompt(_choices(one), default=default, show_default=bool(default)))
    if reply.strip():
        try:
            give(parts, one, reply)
        except Refused as error:
            click.echo(f"{error} It stays open: followup answer Q{one.id} …")


def give(parts: Parts, one: Question, reply: str) -> None:
    """Keep an answer, and say what came of it."""
    drafted = review.answer(parts, one, in_shown_order(parts, one, reply), parts.clock())
    for letter in drafted:
        click.echo(f"L{letter.id} for {speech.clean(letter.company)} waits for you: followup review L{letter.id}")
    if not drafted:
        click.echo("Noted.")


def listed(parts: Parts, one: Question) -> list[str]:
    """The applications a question is about, numbered, the latest rejection first."""
    lines = []
    for place, number in enumerate(_shown(parts, one), 1):
        known = applications.one(parts.store, number)
        if known is not None:
            day = known.said.outcome_on
            when = f", {day:%d %b %Y}" if day else ""
            lines.append(f"{place}. {speech.clean(known.said.company)}, {speech.clean(known.said.role) or '-'}{when}")
    return lines


def in_shown_order(parts: Parts, one: Question, reply: str) -> str:
    """Places of the list as shown → places of the question's own list."""
    if one.kind not in (QuestionKind.FIRST_SIGHT, QuestionKind.BURST):
        return reply
    shown = _shown(parts, one)
    own = [int(name[1:]) for name in one.about]
    places = [part.strip() for part in reply.split(",")]
    if not all(place.isdecimal() and 0 < int(place) <= len(shown) for place in places):
        return reply
    return ",".join(str(own.index(shown[int(place) - 1]) + 1) for place in places)


def _shown(parts: Parts, one: Question) -> list[int]:
    if one.kind not in (QuestionKind.FIRST_SIGHT, QuestionKind.BURST):
        return []
    known = [applications.one(parts.store, int(name[1:])) for name in one.about]
    ordered = sorted((found for found in known if found), key=lambda found: recency(found.said), reverse=True)
    return [found.id for found in ordered]


def _choices(one: Question) -> str:
    if one.kind in (QuestionKind.FIRST_SIGHT, QuestionKind.BURST):
        return "1 / none" if len(one.about) == 1 else "1,3 / all / none"
    if one.kind is QuestionKind.DATE_ORDER:
        return "dmy / mdy"
    if one.kind is QuestionKind.CONTACT:
        return "ADDRESS"
    if one.kind in (QuestionKind.COLUMN, QuestionKind.LAYOUT):
        return f"{shlex.quote(speech.clean(next(iter(one.about), 'COLUMN')))} / none"
    return "yes / no"


def _json(one: Question) -> dict[str, object]:
    return {
        "id": f"Q{one.id}",
        "kind": str(one.kind),
        "text": one.text,
        "about": list(one.about),
        "asked_at": one.asked_at.isoformat(),
        "answer": one.answer,
    }
