"""Opening the settings and the store for a command, and finding what a person named: L3, N7, A12, Q2 or a company."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from followup import assembly, config
from followup.config import Settings
from followup.errors import Refused
from followup.model.application import Known
from followup.model.letter import Letter, LetterKind
from followup.model.nudge import Nudge
from followup.model.question import Question
from followup.steps import drafting
from followup.steps.parts import Parts
from followup.store import applications, letters, nudges, questions

Thing = TypeVar("Thing")


def settings_file(ctx: click.Context) -> Path:
    """The settings file this call means."""
    return config.find(ctx.obj["config"], os.environ)


def settings(ctx: click.Context) -> Settings:
    """The settings this call means; raises UsageError."""
    return assembly.settings(settings_file(ctx))


@contextmanager
def parts(ctx: click.Context) -> Iterator[tuple[Parts, datetime]]:
    """All parts, and now."""
    joined = assembly.join(settings(ctx))
    try:
        with joined.store.telling():
            yield joined, joined.clock()
    finally:
        joined.store.close()


def letter(open_parts: Parts, name: str) -> Letter:
    """The letter of this id or company; raises Refused."""
    number = _number("L", name)
    if number is not None:
        found = letters.one(open_parts.store, number)
        if found is None:
            raise Refused(f"There is no letter L{number}. To see them: followup outbox")
        return found
    # Of several letters to one employer the latest is meant.
    latest = {one.application: one for one in letters.everything(open_parts.store)}
    return _one_by_company(name, [(one.company, f"L{one.id}", one) for one in latest.values()], "letter", "outbox")


def asked(open_parts: Parts, name: str) -> int:
    """The application of this id, letter or company that a feedback request was written for; raises Refused."""
    if _number("A", name) is not None or _number("L", name) is not None:
        return application(open_parts, name).id
    first = [one for one in letters.everything(open_parts.store) if one.kind is LetterKind.FEEDBACK_REQUEST]
    return _one_by_company(name, [(one.company, f"L{one.id}", one) for one in first], "letter", "outbox").application


def nudge(open_parts: Parts, name: str) -> Nudge:
    """The nudge of this id or company; raises Refused."""
    number = _number("N", name)
    if number is not None:
        found = nudges.one(open_parts.store, number)
        if found is None:
            raise Refused(f"There is no nudge N{number}. To see them: followup nudges")
        return found
    return _one_by_company(
        name, [(one.company, f"N{one.id}", one) for one in nudges.everything(open_parts.store)], "nudge", "nudges"
    )


def application(open_parts: Parts, name: str) -> Known:
    """The application of this id or company, or that this letter or nudge is about; raises Refused."""
    if _number("L", name) is not None:
        return drafting.known(open_parts, letter(open_parts, name).application)
    if _number("N", name) is not None:
        return drafting.known(open_parts, nudge(open_parts, name).application)
    number = _number("A", name)
    if number is not None:
        return drafting.known(open_parts, number)
    known = applications.everything(open_parts.store)
    present = [one for one in known if one.present] or known
    return _one_by_company(
        name, [(one.said.company, f"A{one.id} {one.said.role}", one) for one in present], "application", "status"
    )


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


def _one_by_company(name: str, things: list[tuple[str, str, Thing]], noun: str, command: str) -> Thing:
    wanted = name.strip().casefold()
    exact = [(label, thing) for company, label, thing in things if company.casefold() == wanted]
    near = exact or [(label, thing) for company, label, thing in things if wanted and wanted in company.casefold()]
    if len(near) == 1:
        return near[0][1]
    if not near:
        raise Refused(f"There is no {noun} {name!r}. To see them: followup {command}")
    raise Refused(f"{name!r} fits several: {', '.join(label for label, _ in near[:8])}. Type one of these.")
