"""`followup review`: the drafts one at a time, one key each; quitting loses nothing."""

import sys
from collections.abc import Callable
from datetime import datetime

import click

from followup.cli import editor, opening, speech
from followup.cli import letter as command
from followup.cli.questions import ask_all
from followup.errors import FollowupError
from followup.model.letter import QUESTIONS, Letter, LetterState
from followup.steps import facts, handover, sealing
from followup.steps import review as step
from followup.steps.next_step import next_step
from followup.steps.parts import Parts
from followup.store import letters

KEYS = {
    "y": "yes, it goes at its hour",
    "e": "edit it in $EDITOR",
    "a": "address: whom it goes to",
    "i": "I was interviewed",
    "t": "tick which questions it asks",
    "h": "hand over: you send it yourself",
    "m": "mail it to myself first",
    "s": "skip, decide later",
    "d": "discard",
    "q": "quit; what is left waits",
}
MENU = "[y]es [e]dit [a]ddress [i]nterview [t]ick [h]and [m]ail me [s]kip [d]rop [q]uit"


@click.command()
@click.argument("letter", required=False)
@click.pass_context
def review(ctx: click.Context, letter: str | None) -> None:
    """Go through the drafts, one key each. Quitting loses nothing."""
    with opening.parts(ctx) as (parts, _):
        ask_all(parts)
        drafts = [opening.letter(parts, letter)] if letter else letters.in_state(parts.store, LetterState.DRAFT)
        if letter and drafts[0].state is not LetterState.DRAFT:
            click.echo(_stands(drafts[0]))
            return
        if not drafts:
            click.echo("No draft waits for you.")
            return
        for place, draft in enumerate(drafts, 1):
            if not _one(parts, draft, f"{place} of {len(drafts)}"):
                break
        left = len(letters.in_state(parts.store, LetterState.DRAFT))
        click.echo(f"{left} {'draft waits' if left == 1 else 'drafts wait'} for you." if left else "All done.")


def _one(parts: Parts, letter: Letter, place: str) -> bool:
    """Show one draft and act on keys until it is decided; False to quit."""
    asked_for_help = False
    while True:
        now = parts.clock()
        letter = step.current(parts, step.get(parts, letter.id))
        if letter.state is not LetterState.DRAFT:
            click.echo(_stands(letter))
            return True
        if not asked_for_help:
            # Shown again below the list of keys, the letter would push that off the screen.
            _show(parts, letter, place, now)
        key = _key()
        asked_for_help = key not in _ACTIONS
        if key in "sq":
            return key == "s"
        try:
            if _ACTIONS.get(key, _help)(parts, letter, now):
                return True
        except FollowupError as error:
            click.echo(click.style(str(error), fg="red"))


def _stands(letter: Letter) -> str:
    """Where a letter stands that is no draft, and what can be done with it there."""
    state = f"L{letter.id} ({speech.clean(letter.company)}) is {step.stands(letter)}."
    return " ".join(filter(None, (state, next_step(letter))))


def _show(parts: Parts, letter: Letter, place: str, now: datetime) -> None:
    goes = speech.moment(max(letter.not_before, now), parts.person, now)
    click.echo(click.style(f"{speech.heading(letter)}  ({place}; would go {goes})", bold=True))
    click.echo("\n".join(speech.letter_lines(sealing.shown(parts, letter), step.notes(parts, letter, now))[1:]))


def _key() -> str:
    """One key on a terminal, one line in a pipe; the end of input quits."""
    click.echo(click.style(MENU, fg="cyan"))
    if sys.stdin.isatty():
        key = click.getchar().lower()
        key = "q" if key in "\x03\x04\x1b" else key
        click.echo(f"> {key if key.isprintable() else '?'}")
        return key[:1] or "?"
    line = sys.stdin.readline()
    return line.strip().lower()[:1] or "?" if line else "q"


def _prompt(text: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(text, default="", show_default=False)).strip()
    click.echo(f"{text}: ", nl=False)
    return sys.stdin.readline().strip()


def _yes(parts: Parts, letter: Letter, now: datetime) -> bool:
    reasons = step.own_yes(parts, letter, now)
    for reason in reasons:
        if _prompt(f"{reason} Send it all the same? (y/n)").casefold() not in ("y", "yes"):
            return False
    command.say_yes(parts, letter, letter.digest, now, again=bool(reasons), on_the_spot=True)
    return True


def _edit(parts: Parts, letter: Letter, now: datetime) -> bool:
    editor.in_editor(parts, letter, now)
    return False


def _address(parts: Parts, letter: Letter, now: datetime) -> bool:
    address = _prompt("Address")
    if address:
        name = _prompt("Name, if you know it")
        step.tell(parts, letter, facts.read(to=address, name=name or None), now)
    return False


def _interviewed(parts: Parts, letter: Letter, now: datetime) -> bool:
    day = _prompt("On which day? (such as 2026-05-12; empty if you don't remember)")
    name = _prompt("By whom? (a name; empty if you don't want it named)")
    told = facts.read(stage="interview", interviewed_on=day or None, name=name or None)
    step.tell(parts, letter, told, now)
    return False


def _tick(parts: Parts, letter: Letter, now: datetime) -> bool:
    for number, name in enumerate(QUESTIONS, 1):
        click.echo(f"  {number}  {name}")
    numbers = [part for part in _prompt("Which? (such as 1,3)").replace(" ", "").split(",") if part]
    if numbers:
        names = [QUESTIONS[int(part) - 1] if part in ("1", "2", "3", "4") else part for part in numbers]
        step.tell(parts, letter, facts.read(questions=",".join(names)), now)
    return False


def _hand_over(parts: Parts, letter: Letter, now: datetime) -> bool:
    command.hand_over(parts, letter, now)
    return True


def _mail_me(parts: Parts, letter: Letter, now: datetime) -> bool:
    handover.mail_to_myself(parts, letter, now)
    click.echo(f"Sent to {parts.person.email}, just as the employer would get it.")
    return False


def _discard(parts: Parts, letter: Letter, now: datetime) -> bool:
    step.discard(parts, letter, now)
    click.echo(f"Put away. To bring it back: followup discard --undo L{letter.id}")
    return True


def _help(_parts: Parts, _letter: Letter, _now: datetime) -> bool:
    for key, meaning in KEYS.items():
        click.echo(f"  {key}  {meaning}")
    return False


_ACTIONS: dict[str, Callable[[Parts, Letter, datetime], bool]] = {
    "y": _yes,
    "e": _edit,
    "a": _address,
    "i": _interviewed,
    "t": _tick,
    "h": _hand_over,
    "m": _mail_me,
    "d": _discard,
}
