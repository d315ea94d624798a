"""Template and facts → subject and text. Values are data, never template; a paragraph is one line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from followup.errors import TemplateError
from followup.letters import prose
from followup.model.application import Application, Outcome, Stage
from followup.model.letter import QUESTIONS, LetterKind, Text
from followup.model.person import Person

WITHOUT_INTERVIEW = ("different", "deciding")
"""The questions asked where no interview took place, unless the person chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a letter may say: sheet and person taken together, `name` being who signs."""

    company: str
    role: str
    stage: Stage
    contact_name: str | None
    interview_on: date | None
    name: str
    contact_line: str
    questions: tuple[str, ...] = ()
    first_subject: str = ""
    asked_on: date | None = None
    rejected: bool = True

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions of the letter: those chosen, else all after an interview and two otherwise."""
        usual = QUESTIONS if self.stage is Stage.INTERVIEW else WITHOUT_INTERVIEW
        return self.questions or usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Careful:
    """Phrases of one language that a letter had better not have; a * stands for any ending."""

    interview: tuple[str, ...] = ()
    contesting: tuple[str, ...] = ()
    pleading: tuple[str, ...] = ()


def facts_of(said: Application, person: Person, questions: tuple[str, ...] = ()) -> Facts:
    """What a letter about this application may say; `questions` are those the person chose for it."""
    return Facts(
        company=said.company,
        role=said.role,
        stage=said.stage,
        contact_name=said.contact_name,
        interview_on=said.interview_on,
        name=person.name,
        contact_line=person.contact_line,
        questions=questions or person.questions,
        rejected=said.outcome is Outcome.REJECTED,
    )


class Templates:
    """The person's own templates before the shipped ones."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """`folders` hold `letters/` and `nudges/`; an earlier one is searched first."""
        self._folders = tuple(folders)
        self._careful: dict[str, Careful] = {}
        self._spoken: dict[str, bool] = {"en": True}
        self._environment: Environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader([str(folder) for folder in folders]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        # What a template could fill the memory with, and no letter needs: `range`, `lipsum`, `namespace` and the like.
        self._environment.globals.clear()

    def letter(self, kind: LetterKind, facts: Facts, language: str) -> Text:
        """Write a letter. Raises TemplateError naming file and line."""
        folder = f"letters/{language}"
        interviewed = facts.stage is Stage.INTERVIEW
        form, title, contact_name, surname = prose.addressee(facts.contact_name)
        greeting = self._render(
            f"{folder}/greeting.txt.j2",
            {"form": form, "title": title, "contact_name": contact_name, "surname": surname},
        )
        return self._text(
            f"{folder}/{template_name(kind, facts.stage, rejected=facts.rejected)}.txt.j2",
            {
                "greeting": greeting,
                "company": prose.company(facts.company),
                "role": prose.role(facts.role, language),
                "interviewed": interviewed,
                "interview_on": self._day(folder, facts.interview_on if interviewed else None),
                "questions": [
                    self._render(f"{folder}/questions/{name}.txt.j2", {"interviewed": interviewed})
                    for name in facts.asked
                ],
                "name": facts.name,
                "contact_line": facts.contact_line,
                "first_subject": prose.flatten(facts.first_subject),
                "asked_on": self._day(folder, facts.asked_on),
            },
        )

    def letter_file(self, kind: LetterKind, facts: Facts, language: str) -> str:
        """The file that such a letter is written with."""
        return self.file(f"letters/{language}/{template_name(kind, facts.stage, rejected=facts.rejected)}.txt.j2")

    def nudges(self, language: str) -> list[str]:
        """The names of all nudges of a language."""
        folder, end = f"nudges/{language}/", ".txt.j2"
        names = self._environment.list_templates()
        return [name[len(folder) : -len(end)] for name in names if name.startswith(folder) and name.endswith(end)]

    def file(self, name: str) -> str:
        """Where a template of this name stands: the person's own before the shipped one, or just its name."""
        return next((str(folder / name) for folder in self._folders if (folder / name).is_file()), name)

    def names(self) -> list[str]:
        """The names of all templates, as `letters/en/follow-up.txt.j2`."""
        return self._environment.list_templates()

    def languages(self) -> list[str]:
        """The languages that letters are written in, complete or not."""
        return sorted({name.split("/")[1] for name in self.names() if name.startswith("letters/")})

    def choose(self, *wanted: str | None) -> str:
        """The first of these languages that is there, letters and nudges, complete; else English."""
        return next((code for code in wanted if code is not None and self.speaks(code)), "en")

    def speaks(self, language: str) -> bool:
        """Whether all letters and nudges are there in this language."""
        if language not in self._spoken:
            self._spoken[language] = not self.missing(language)
        return self._spoken[language]

    def missing(self, language: str) -> list[str]:
        """The templates that English has and this language has not."""
        names = self.names()
        wanted = [name.replace("/en/", f"/{language}/", 1) for name in names if "/en/" in name]
        return sorted(set(wanted) - set(names))

    def careful(self, language: str) -> Careful:
        """What a careful friend looks for in a letter of this language. Raises TemplateError naming the file."""
        if language in self._careful:
            return self._careful[language]
        name = f"letters/{language}/careful.toml"
        file = next((folder / name for folder in self._folders if (folder / name).is_file()), None)
        if file is None:
            raise TemplateError(f"There is no {name} among the templates.")
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            self._careful[language] = Careful(**{key: tuple(map(str, phrases)) for key, phrases in table.items()})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, TypeError) as error:
            raise TemplateError(f"{file}: {error}.") from None
        return self._careful[language]

    def nudge(self, name: str, language: str, variables: Mapping[str, Any]) -> Text:
        """Write a nudge. Raises TemplateError naming file and line."""
        return self._text(f"nudges/{language}/{name}.txt.j2", variables)

    def day(self, day: date | None, language: str) -> str:
        """A day as prose says it, without the year; empty for none."""
        return self._day(f"letters/{language}", day)

    def _day(self, folder: str, day: date | None) -> str:
        if day is None:
            return ""
        return self._render(f"{folder}/day.txt.j2", {"day": day.day, "month": day.month})

    def _text(self, path: str, variables: Mapping[str, Any]) -> Text:
        head, _, body = self._render(path, variables).partition("\n\n")
        name, colon, subject = head.partition(":")
        if name.strip() != "Subject" or not colon or "\n" in head or not subject.strip() or not body.strip():
            raise TemplateError(f"{path}, line 1: a template begins with one line 'Subject: …' and an empty line.")
        return Text(subject=prose.flatten(subject), text=re.sub(r"\n{3,}", "\n\n", body))

    def _render(self, path: str, variables: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(path).render(variables).strip()
        except TemplateSyntaxError as error:
            raise TemplateError(f"{error.filename or error.name}, line {error.lineno}: {error.message}") from None
        except TemplateNotFound as error:
            raise TemplateError(f"There is no template {error.name}.") from None
        except RecursionError:
            raise TemplateError(f"{self.file(path)} includes itself, or a part of it does, without an end.") from None
        except (JinjaError, ArithmeticError, TypeError, ValueError, LookupError) as error:
            place = _template_place(error) or path
            raise TemplateError(f"{place}: {error}") from None


def template_name(kind: LetterKind, stage: Stage, *, rejected: bool = True) -> str:
    """The name of the template for a letter, without folder and ending.

    Where the sheet does not say rejected, a request claims no decision.
    """
    if kind is LetterKind.FEEDBACK_REQUEST and not rejected:
        return f"{kind}-open"
    if kind is not LetterKind.FEEDBACK_REQUEST or stage is Stage.UNKNOWN:
        return kind.value
    return f"{kind}-{stage}"


def _template_place(error: BaseException) -> str | None:
    traceback, place = error.__traceback__, None
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            place = f"{name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
