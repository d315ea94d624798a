"""The person's own editor: opened on a letter, and again with the reason where its words are refused."""

import os
import shlex
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import click

from followup import config
from followup.errors import FollowupError, Refused
from followup.model.letter import Letter
from followup.steps import review, unsaved
from followup.steps.parts import Parts

DEFAULT = "vi"


def in_editor(parts: Parts, letter: Letter, now: datetime) -> Letter:
    """Open the letter in $VISUAL or $EDITOR and give it the words that come back. Raises Refused, the words kept."""
    command = _command()
    file, typed_before = unsaved.put_down(parts, letter)
    if typed_before:
        click.echo(f"You typed this before, and it could not be kept in L{letter.id} then.")
    while True:
        try:
            _run(command, file)
            return unsaved.take_up(parts, letter, file, now)
        except FollowupError as error:
            if unsaved.is_saved(file, letter):
                file.unlink(missing_ok=True)
                raise
            _ask_to_go_on(error, letter, file)
        letter = review.get(parts, letter.id)


def _ask_to_go_on(error: FollowupError, letter: Letter, file: Path) -> None:
    """Ask whether to open words again that were refused; raises Refused if not, and says where they lie."""
    words = ""
    if sys.stdin.isatty():
        click.echo(click.style(str(error), fg="red"), err=True)
        if click.confirm("Open your words again?", default=True):
            return
    else:
        words = f"\n\n{file.read_text(encoding='utf-8', errors='replace')}\n"
    raise Refused(f"{error}{words} Your words are kept in {file}; followup edit L{letter.id} opens them again.")


def _command() -> list[str]:
    """The words of the command that the person edits with; raises Refused where there is none."""
    name = next((name for name in ("VISUAL", "EDITOR") if os.environ.get(name)), None)
    if name is None:
        if not sys.stdin.isatty():
            raise Refused("Nobody is there to type. Name a program that edits the file in $EDITOR.")
        click.echo(f"Opening {DEFAULT}: to save and leave it, press Esc and type :wq; to leave it as it was, :q!")
        return [DEFAULT]
    try:
        command = shlex.split(os.environ[name])
    except ValueError:
        raise Refused(f"${name} has a quote that does not end: {os.environ[name]}") from None
    if not command:
        raise Refused(f"${name} is set and names no editor. Name one there, such as: nano")
    return command


def _run(command: list[str], file: Path) -> None:
    try:
        result = subprocess.run([*command, str(file)], env=config.environment_for_children(os.environ), check=False)
    except OSError as error:
        raise Refused(
            f"The editor {command[0]!r} cannot be started ({error.strerror}). Name another one in $EDITOR."
        ) from None
    if result.returncode != 0:
        raise Refused(f"The editor {command[0]!r} ended with exit code {result.returncode}, so nothing was changed.")
