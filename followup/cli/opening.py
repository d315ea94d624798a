"""Opening the settings and the store for a command, and finding what a person named: L3, N7, A12, Q2 or a company."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

import click

from followup import assembly, config
from followup.cli import speech
from followup.config import Settings
from followup.errors import Refused
from followup.model import company
from followup.model.application import Known
from followup.model.letter import Letter
from followup.model.nudge import Nudge
from followup.model.question import Question
from followup.steps import sweeping
from followup.steps.parts import Parts
from followup.store import applications, letters, nudges, questions

Thing = TypeVar("Thing")
LISTED = 8


@dataclass(frozen=True, slots=True)
class Choice(Generic[Thing]):
    """One thing that a company's name may mean."""

    company: str
    id: str
    about: str
    thing: Thing

    def words(self) -> str:
        """`A3 Acme Tools (Engineer)`."""
        return f"{self.id} {speech.clean(self.company)}{f' ({speech.clean(self.about)})' if self.about else ''}"


def settings_file(ctx: click.Context) -> Path:
    """The settings file this call means."""
    return config.find(ctx.obj["config"], os.environ)


def settings(ctx: click.Context) -> Settings:
    """The settings this call means; raises UsageError."""
    return assembly.settings(settings_file(ctx))


@contextmanager
def parts(ctx: click.Context, *, look: bool = True) -> Iterator[tuple[Parts, datetime]]:
    """All parts, and now. `look` is False where the step that is called sweeps up by itself, and says so."""
    joined = assembly.join(settings(ctx))
    try:
        with joined.store.telling():
            if look:
                sweeping.look(joined, joined.clock())
            yield joined, joined.clock()
    finally:
        joined.store.close()


def letter(open_parts: Parts, name: str, *, whole_name: bool = False) -> Letter:
    """The letter of this id or company; raises Refused.

    `whole_name` is for what cannot be undone: there a part of a company's name is not enough.
    """
    number = _number("L", name)
    if number is not None:
        found = letters.one(open_parts.store, number)
        if found is None:
            raise Refused(f"There is no letter L{number}. To see them: followup outbox")
        return found
    # Of several letters to one employer the latest is meant.
    latest = {one.application: one for one in letters.everything(open_parts.store)}
    choices = [Choice(one.company, f"L{one.id}", one.role, one) for one in latest.values()]
    return _one_of(name, _named(name, choices, whole_name=whole_name), "letter", "outbox")


def nudge(open_parts: Parts, name: str) -> Nudge:
    """The nudge of this id or company; raises Refused."""
    number = _number("N", name)
    if number is not None:
        found = nudges.one(open_parts.store, number)
        if found is None:
            raise Refused(f"There is no nudge N{number}. To see them: followup nudges")
        return found
    choices = [Choice(one.company, f"N{one.id}", one.subject, one) for one in nudges.everything(open_parts.store)]
    return _one_of(name, _named(name, choices), "nudge", "nudges")


def application(open_parts: Parts, name: str, *, whole_name: bool = False) -> Known:
    """The application of this id or company, or that this letter or nudge is about; raises Refused.

    Where rows of the sheet are called so, those that are gone from it are not meant; but with `whole_name`, which is
    for what cannot be undone, all are asked about.
    """
    known = applications.everything(open_parts.store)
    by_id = _application_by_id(open_parts, name)
    if by_id is not None:
        # There are companies called N26 and A1: what looks like an id of ours may be the name that was meant.
        namesakes = [one for one in known if company.has_words(one.said.company, name) and one.id != by_id.id]
        return _one_of(name, [_choice(one) for one in (by_id, *namesakes)], "application", "applications")
    named = _named(name, [_choice(one) for one in known], whole_name=whole_name)
    in_sheet = [] if whole_name else [choice for choice in named if choice.thing.present]
    return _one_of(name, in_sheet or named, "application", "applications")


def _application_by_id(open_parts: Parts, name: str) -> Known | None:
    """The application that this id of an application, a letter or a nudge leads to."""
    number = _number("A", name)
    if number is not None:
        return applications.one(open_parts.store, number)
    if (number := _number("L", name)) is not None:
        thing: Letter | Nudge | None = letters.one(open_parts.store, number)
    elif (number := _number("N", name)) is not None:
        thing = nudges.one(open_parts.store, number)
    else:
        return None
    return applications.one(open_parts.store, thing.application) if thing is not None else None


def question(open_parts: Parts, name: str) -> Question:
    """The question of this id; raises Refused."""
    number = _number("Q", name)
    found = questions.one(open_parts.store, number) if number is not None else None
    if found is None:
        raise Refused(f"There is no question {name}. To see them: followup questions")
    return found


def _number(prefix: str, name: str) -> int | None:
    found = re.fullmatch(rf"{prefix}(\d{{1,9}})", name.strip(), re.IGNORECASE)
    return int(found[1]) if found else None


def _choice(known: Known) -> Choice[Known]:
    about = ", ".join(filter(None, (known.said.role, "" if known.present else "its row is gone")))
    return Choice(known.said.company, f"A{known.id}", about, known)


def _named(name: str, choices: Sequence[Choice[Thing]], *, whole_name: bool = False) -> list[Choice[Thing]]:
    """Those of the company called so, else with these words in its name; raises Refused where that is too little."""
    called = [choice for choice in choices if company.is_called(choice.company, name)]
    if called:
        return called
    partly = [choice for choice in choices if company.has_words(choice.company, name)]
    if partly and whole_name:
        raise Refused(
            f"{name!r} is only a part of a name, and this cannot be undone."
            f" Type an id or the whole name: {_listed(partly)}."
        )
    return partly


def _one_of(name: str, choices: Sequence[Choice[Thing]], noun: str, command: str) -> Thing:
    """The only choice, or the one that the person at the terminal takes; raises Refused."""
    if not choices:
        raise Refused(f"There is no {noun} {name!r}. To see them: followup {command}")
    if len(choices) == 1:
        return choices[0].thing
    if not sys.stdin.isatty():
        raise Refused(f"{name!r} fits several: {_listed(choices)}. Type one of these ids.")
    click.echo(f"{name!r} fits several:", err=True)
    for place, choice in enumerate(choices, 1):
        click.echo(f"  {place}  {choice.words()}", err=True)
    place = click.prompt("Which one?", type=click.IntRange(1, len(choices)), err=True)
    return choices[place - 1].thing


def _listed(choices: Sequence[Choice[Thing]]) -> str:
    more = f" and {len(choices) - LISTED} more" if len(choices) > LISTED else ""
    return "; ".join(choice.words() for choice in choices[:LISTED]) + more
