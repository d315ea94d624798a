"""The standard output: it shows what it can, and says where nothing came of it."""

import io
import os
import sys
from pathlib import Path

import click

from followup.errors import Refused


def never_fail() -> None:
    """Show what the terminal's encoding does not have as a question mark, instead of dying of it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def must_print(text: str) -> None:
    """Print what has to come out before anything is recorded; raises Refused where it does not."""
    if sys.stdout is None:
        raise Refused("There is no standard output to print to, so nothing was changed.")
    try:
        click.echo(text)
    except OSError as error:
        leave()
        raise Refused(f"It could not be printed ({error.strerror}), so nothing was changed.") from None


def leave() -> None:
    """Let what could not be printed go, so that Python does not try it again at its end."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def not_shown(text: str) -> str:
    """The signs of a text that the terminal's encoding does not have."""
    encoding = sys.stdout.encoding
    return " ".join(dict.fromkeys(sign for sign in text if not sign.encode(encoding, errors="ignore")))
