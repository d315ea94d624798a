"""What waits for the person's word, and the answers."""

import shlex
import sys
from collections.abc import Sequence

import click

from followup.cli import opening, speech
from followup.cli.running import offered_lines
from followup.errors import Refused, UsageError, WorkError
from followup.model.question import OF_READING, Question, QuestionKind
from followup.steps import answering
from followup.steps.parts import Parts
from followup.steps.scan import scan
from followup.store import applications
from followup.store import questions as store

PATIENCE = 5.0
LATER = "A row that comes to say so later is drafted."


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
            for line in asked(parts, one):
                click.echo(line)


@click.command()
@click.argument("question")
@click.argument("reply", required=False)
@click.option("--undo", is_flag=True, help="Take the answer back.")
@click.pass_context
def answer(ctx: click.Context, question: str, reply: str | None, undo: bool) -> None:
    """Answer a question; the tracker is read with it at once."""
    if (reply is None) != undo:
        raise UsageError("Give an answer, or --undo to take one back.")
    with opening.parts(ctx) as (parts, now):
        one = opening.question(parts, question)
        if reply is not None:
            give(parts, one, reply)
        else:
            answering.take_answer_back(parts, one, now)
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
    drafted = answering.answer(parts, one, reply, parts.clock())
    for letter in drafted:
        click.echo(f"L{letter.id} for {speech.clean(letter.company)} waits for you: followup review L{letter.id}")
    if one.kind in OF_READING:
        for line in _read_with_it(parts, one):
            click.echo(line)
    elif not drafted:
        click.echo("Noted.")


def _read_with_it(parts: Parts, one: Question) -> list[str]:
    """What the tracker tells with this answer, in words."""
    try:
        report = scan(parts, parts.clock(), wait=PATIENCE)
    except WorkError as error:
        return [f"Noted; it applies from the next look at your tracker on. {error}"]
    if report.trouble:
        return [f"Noted. {report.trouble}"]
    later = [LATER] if report.offered and one.kind in (QuestionKind.OUTCOME, QuestionKind.WORDS) else []
    return ["Noted.", *offered_lines(report), *later]


def asked(parts: Parts, one: Question, most: int | None = None) -> list[str]:
    """A question that waits, what it lets choose from (the first `most` of it), and the command that answers it."""
    choices = listed(parts, one)
    shown = (
        choices if most is None or len(choices) <= most else [*choices[:most], "… To see them all: followup questions"]
    )
    command = f"followup answer Q{one.id} {_choices(one).split(' / ', 1)[0]}"
    return [f"Q{one.id}  {speech.clean(one.text)}", *(f"    {line}" for line in (*shown, command))]


def listed(parts: Parts, one: Question) -> list[str]:
    """What a question lets choose from, numbered: words of outcome, or applications, the latest rejection first."""
    if one.kind is QuestionKind.WORDS:
        return [f"{place}. {speech.clean(text)}" for place, text in enumerate(one.about, 1)]
    if one.kind not in (QuestionKind.FIRST_SIGHT, QuestionKind.BURST):
        return []
    lines = []
    for place, name in enumerate(one.about, 1):
        known = applications.one(parts.store, int(name[1:]))
        if known is not None:
            day = known.said.outcome_on
            when = f", {day:%d %b %Y}" if day else ""
            lines.append(f"{place}. {speech.clean(known.said.company)}, {speech.clean(known.said.role) or '-'}{when}")
    return lines


def _choices(one: Question) -> str:
    if one.kind in (QuestionKind.FIRST_SIGHT, QuestionKind.BURST):
        return "1 / none" if len(one.about) == 1 else "1,3 / all / none"
    if one.kind is QuestionKind.WORDS:
        return "none / 1,3 / all" if len(one.about) > 1 else "none / 1"
    if one.kind is QuestionKind.DATE_ORDER:
        return "dmy / mdy"
    if one.kind is QuestionKind.CONTACT:
        return f"{_example(answering.addresses_in(one), 'ADDRESS')} / none"
    if one.kind is QuestionKind.ENCODING:
        return " / ".join((*one.about, "none"))
    if one.kind in (QuestionKind.COLUMN, QuestionKind.LAYOUT):
        return f"{_example(one.about, 'COLUMN')} / none"
    return "yes / no"


def _example(answers: Sequence[str], kind: str) -> str:
    """The likeliest answer as it is typed; what kind of answer is wanted where none is likely."""
    likeliest = next(iter(answers), "none")
    return kind if likeliest == "none" else shlex.quote(speech.clean(likeliest))


def _json(one: Question) -> dict[str, object]:
    return {
        "id": f"Q{one.id}",
        "kind": str(one.kind),
        "text": one.text,
        "about": list(one.about),
        "asked_at": one.asked_at.isoformat(),
        "answer": one.answer,
    }
