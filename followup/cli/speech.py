"""How things are said on a terminal: moments, letters, notes; colour only where the terminal wants it."""

import json
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from followup.model import plain
from followup.model.letter import Letter, Note, NoteLevel, Text
from followup.model.mail import Mail
from followup.model.person import Person
from followup.model.reading import LeftOut

WIDTH = 78
LINES = 10
"""So many lines of a sheet are named."""


def moment(at: datetime, person: Person, now: datetime) -> str:
    """`Tuesday 24 Nov about 9:20`, in the person's zone; with the year where it is another."""
    local, today = at.astimezone(person.zone), now.astimezone(person.zone)
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local:%A} {local.day} {local:%b}{year} about {local.hour}:{local:%M}"


def rows(left_out: LeftOut) -> str:
    """Rows of one kind that were left out: how many, and the first of their lines."""
    lines = ", ".join(map(str, left_out.lines[:LINES]))
    more = ", …" if len(left_out.lines) > LINES else ""
    return f"{len(left_out.lines)} {left_out.kind} (line{'' if len(left_out.lines) == 1 else 's'} {lines}{more})"


def day(at: datetime, person: Person) -> str:
    """`Tue 24 Nov, 9:20`, in the person's zone."""
    local = at.astimezone(person.zone)
    return f"{local:%a} {local.day} {local:%b}, {local.hour}:{local:%M}"


def clean(text: str) -> str:
    """One line that can do nothing to a terminal: a sheet's cell may hold anything (P21)."""
    return plain.visible(text)


def fold(text: str) -> str:
    """A letter's text folded for reading; only the terminal folds, the mail does not."""
    lines = []
    for line in text.strip("\n").split("\n"):
        indent = "  " if line.startswith("- ") else ""
        lines += textwrap.wrap(clean(line), WIDTH, subsequent_indent=indent, break_on_hyphens=False) or [""]
    return "\n".join(lines)


def heading(letter: Letter) -> str:
    """The letter's id, company, role and state in a line."""
    role = f" · {clean(letter.role)}" if letter.role else ""
    return f"L{letter.id}  {clean(letter.company)}{role}"


def letter_lines(letter: Mail, notes: Sequence[Note]) -> list[str]:
    """The letter as the employer will see it, then the notes."""
    lines = [
        f"From:    {clean(letter.sender_name)} <{clean(letter.sender)}>",
        f"To:      {clean(letter.recipient) if letter.recipient else click.style('nobody yet', bold=True)}",
        f"Subject: {clean(letter.subject)}",
        "",
        fold(letter.text),
    ]
    return lines + [note_line(note) for note in notes]


def text_lines(text: Text) -> str:
    """A subject and a text."""
    return f"Subject: {clean(text.subject)}\n\n{fold(text.text)}"


def note_line(note: Note) -> str:
    """A note, its level told by a word as well as by colour."""
    if note.level is NoteLevel.ERROR:
        return click.style(f"To mend: {note.text}", fg="red")
    return click.style(f"Note: {note.text}", fg="yellow")


def also_followed(folder: Path) -> str:
    """That another store follows the same tracker."""
    return (
        f"Your tracker is followed from {clean(str(folder))} too: each would write to its employers."
        " Let one of them do it, and pause the other: followup pause"
    )


def as_json(value: Any) -> None:
    """Print a value as JSON; with its own escapes where the terminal's encoding is not the one of JSON."""
    in_utf_8 = sys.stdout is not None and sys.stdout.encoding.casefold() in ("utf-8", "utf8")
    click.echo(json.dumps(value, ensure_ascii=not in_utf_8, indent=1))


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; the last one is cut to the terminal's width."""
    widths = [max(_columns(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    room = max(20, shutil.get_terminal_size((100, 24)).columns - sum(widths) - 2 * len(widths))
    for row in rows:
        cells = [cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, cut(row[-1], room)]).rstrip())


def cut(text: str, width: int) -> str:
    """A text of so many letters at most, with a sign that it went on."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: wide letters two, marks above another letter none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.category(letter) in ("Mn", "Cf") for letter in text)
