"""Every template against a matrix of facts: what a template gets wrong, with file and line, before a letter does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

from followup.errors import TemplateError
from followup.letters import proofread
from followup.letters.compose import Facts, Templates
from followup.model.application import Stage
from followup.model.letter import QUESTIONS, LetterKind, Text

LONG = "Interdisciplinary Research and Development Coordination Specialist " * 2
ODD = ("Ines Roe", "Frau Dr. König", "Łukasz O'Neill-van der Berg", "محمد عبد الله", "=cmd|' /C calc'!A0", LONG)

_PLAIN = Facts(
    company="Birch & Sons",
    role="Data Analyst",
    stage=Stage.INTERVIEW,
    contact_name=None,
    interview_on=date(2026, 5, 1),
    name="Sam Rivera",
    contact_line="+1 555 0100",
    first_subject="Thank you for the interview",
    asked_on=date(2026, 5, 20),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A template and what is wrong with what it gives; an empty `place` means that the text names it."""

    place: str
    text: str


def everything(templates: Templates, language: str) -> Iterator[Fault]:
    """What is wrong with the templates of a language, each thing once."""
    missing = templates.missing(language)
    if missing:
        yield Fault(f"letters/{language}", f"it is not whole, so it is not used: {', '.join(missing)} is missing.")
        return
    yield from letters(templates, language)
    yield from nudges(templates, language)


def letters(templates: Templates, language: str) -> Iterator[Fault]:
    """What is wrong with the letters of a language, each thing once."""
    found: dict[str, Fault] = {}
    for kind, facts in product(LetterKind, _facts()):
        place = templates.letter_file(kind, facts, language)
        try:
            text = templates.letter(kind, facts, language)
        except TemplateError as error:
            found.setdefault(str(error), Fault("", str(error)))
            continue
        for reason in _gaps(text, facts):
            found.setdefault(f"{place} {reason}", Fault(place, reason))
    yield from found.values()


def nudges(templates: Templates, language: str) -> Iterator[Fault]:
    """What is wrong with the nudges of a language, each thing once."""
    found: dict[str, Fault] = {}
    for name, variables in product(templates.nudges(language), _variables()):
        place = templates.file(f"nudges/{language}/{name}.txt.j2")
        try:
            text = templates.nudge(name, language, variables)
        except TemplateError as error:
            found.setdefault(str(error), Fault("", str(error)))
            continue
        for reason in _gaps(text, _PLAIN):
            found.setdefault(f"{place} {reason}", Fault(place, reason))
    yield from found.values()


def _facts() -> Iterator[Facts]:
    """Each fact there and not, odd names, very long values, one to four questions."""
    for stage, role, day, line in product(Stage, ("Data Analyst", ""), (date(2026, 5, 1), None), ("", "+1 555 0100")):
        plain = replace(_PLAIN, stage=stage, role=role, interview_on=day, asked_on=day, contact_line=line)
        yield plain
        yield replace(plain, rejected=False)
    for name in ODD:
        yield replace(_PLAIN, contact_name=name)
        yield replace(_PLAIN, company=name, role=name)
    yield replace(_PLAIN, first_subject="")
    for stage, number in product(Stage, range(1, len(QUESTIONS) + 1)):
        yield replace(_PLAIN, stage=stage, questions=QUESTIONS[:number])


def _variables() -> Iterator[Mapping[str, Any]]:
    flags = product((True, False), repeat=3)
    for (interviewed, waiting, recipient), number, others in product(flags, (0, 1, 2, 7), ((), ("Cedar Works", "Elm"))):
        yield {
            "name": "Sam",
            "company": "Birch & Sons",
            "role": "Data Analyst" if waiting else "",
            "others": list(others),
            "interviewed": interviewed,
            "interview_on": "1 May" if interviewed and recipient else "",
            "interviews": number,
            "open_applications": number,
            "days_since_last_application": number if recipient else None,
            "letter_waiting": waiting,
            "has_recipient": recipient,
            "review_command": "followup review L3",
            "answered_command": "followup answered A3",
        }


def _gaps(text: Text, facts: Facts) -> list[str]:
    notes = proofread.errors_of(text)
    said = [facts.name] if facts.name and facts.name.split()[0] not in text.text else []
    return [*notes, *(f"it does not say {name!r}." for name in said)]
