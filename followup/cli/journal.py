"""What employers answered: told, kept, read again."""

import sys

import click

from followup.cli import opening, speech
from followup.model import company
from followup.model.journal import JournalEntry
from followup.steps import reply
from followup.store import journal, letters

FEW = 10
"""Of fewer that were asked, the share of answers says nothing."""


@click.command()
@click.argument("employer", metavar="COMPANY")
@click.option("--text", metavar="TEXT", help="What they wrote, for your journal; - reads it from the standard input.")
@click.pass_context
def answered(ctx: click.Context, employer: str, text: str | None) -> None:
    """Say that an employer has answered: nudges stop, a thank-you is drafted, their words are kept."""
    with opening.parts(ctx) as (parts, now):
        known = opening.application(parts, employer)
        words = _words(text)
        done = reply.answered(parts, known.id, words, now)
        name = speech.clean(known.said.company)
        click.echo(f"{name} has answered." + (" Kept in your journal: followup feedback" if words else ""))
        for letter in done.put_away:
            click.echo(
                f"L{letter.id} need not go, and is put away. To have it back: followup discard --undo L{letter.id}"
            )
        if done.thanks is not None:
            click.echo(f"L{done.thanks.id}, a word of thanks, waits for you: followup review L{done.thanks.id}")


@click.command()
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def feedback(ctx: click.Context, words: tuple[str, ...], as_json: bool) -> None:
    """Read what employers answered; with words, only the answers that have all of them."""
    with opening.parts(ctx) as (parts, _):
        found = [entry for entry in journal.everything(parts.store) if _has(entry, words)]
        asked, have_answered = letters.asked_and_answered(parts.store)
        if as_json:
            speech.as_json({"asked": asked, "answered": have_answered, "answers": [_json(one) for one in found]})
            return
        click.echo(_share(asked, have_answered))
        for entry in found:
            role = f", {speech.clean(entry.role)}" if entry.role else ""
            click.echo(f"\n{speech.clean(entry.company)}{role} ({speech.day(entry.at, parts.person)})")
            click.echo("\n".join(f"  {line}" for line in speech.fold(entry.text).split("\n")))
        if words and not found:
            click.echo(f"No answer has {' and '.join(words)} in it.")


def _words(text: str | None) -> str | None:
    """What they wrote: as given, from the standard input, or asked for on a terminal."""
    if text == "-":
        return sys.stdin.read().strip() or None
    if text is not None or not sys.stdin.isatty():
        return text and text.strip()
    click.echo("What did they write? End with a line that has only a dot; a dot at once keeps nothing.")
    lines: list[str] = []
    for line in sys.stdin:
        if line.strip() == ".":
            break
        lines.append(line)
    return "".join(lines).strip() or None


def _has(entry: JournalEntry, words: tuple[str, ...]) -> bool:
    text = f"{entry.company} {entry.role} {entry.text}"
    return all(company.contains(text, word) for word in words)


def _share(asked: int, have_answered: int) -> str:
    if not asked:
        return "Nobody has been asked yet."
    if not have_answered:
        return f"{asked} asked, none has answered so far."
    few = "" if asked >= FEW else " These are too few to read anything from the share."
    return f"{have_answered} of {asked} asked {'has' if have_answered == 1 else 'have'} answered.{few}"


def _json(entry: JournalEntry) -> dict[str, str]:
    return {
        "application": f"A{entry.application}",
        "company": entry.company,
        "role": entry.role,
        "at": entry.at.isoformat(),
        "text": entry.text,
    }
