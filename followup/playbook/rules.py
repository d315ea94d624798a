"""playbook.toml → rules, checked: which letter and which nudges follow which event, and when."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from followup.errors import TemplateError
from followup.model.letter import LetterKind
from followup.model.nudge import Tip

FILE_NAME = "playbook.toml"
EVENTS = ("rejected", "interview_planned", "interview_held", "no_reply", "reply")
CONDITIONS = ("interviewed", "letter_waiting")
_KEYS = frozenset({"on", "letter", "nudge", "templates", "after", "at", "when"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRule:
    """On this event a letter of this kind is drafted, so many working days later."""

    on: str
    kind: LetterKind
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeRule:
    """On this event a nudge is planned. `at` None is at once; `when` is looked at again when it is due."""

    on: str
    tip: Tip
    templates: tuple[str, ...]
    after: int
    at: time | None
    when: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """All rules, in the order of the file."""

    letters: tuple[LetterRule, ...]
    nudges: tuple[NudgeRule, ...]

    def letter(self, event: str, kind: LetterKind) -> LetterRule | None:
        """The rule by which this event brings a letter of this kind."""
        return next((rule for rule in self.letters if rule.on == event and rule.kind is kind), None)


def load(folders: Sequence[Path]) -> Playbook:
    """Read the first playbook.toml of these folders; raises TemplateError naming file, line and key."""
    file = next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)
    if file is None:
        raise TemplateError(f"There is no {FILE_NAME} in {', '.join(map(str, folders))}. Install followup again.")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{file} cannot be read: {error}.") from None
    return parse(text, str(file))


def parse(text: str, name: str) -> Playbook:
    """Rules from the text of a playbook; `name` is the file that errors name."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{name}: {error}.") from None
    unknown = [key for key in table if key != "rule"]
    if unknown:
        raise TemplateError(f"{name}, {unknown[0]}: only [[rule]] stands in a playbook.")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)]
    letters: list[LetterRule] = []
    nudges: list[NudgeRule] = []
    for rule, line in zip(table.get("rule", []), lines, strict=True):
        try:
            parsed = _rule(rule)
        except ValueError as error:
            raise TemplateError(f"{name}, rule at line {line}: {error}") from None
        if isinstance(parsed, LetterRule):
            letters.append(parsed)
        else:
            nudges.append(parsed)
    return Playbook(letters=tuple(letters), nudges=tuple(nudges))


def _rule(rule: dict[str, Any]) -> LetterRule | NudgeRule:
    unknown = [key for key in rule if key not in _KEYS]
    if unknown:
        raise ValueError(f"{unknown[0]}: there is no such key; the keys are {', '.join(sorted(_KEYS))}.")
    if ("letter" in rule) == ("nudge" in rule):
        raise ValueError("letter, nudge: each rule has one of these two.")
    on = _choice(rule, "on", EVENTS)
    if "letter" in rule:
        kind = LetterKind(_choice(rule, "letter", [kind.value for kind in LetterKind]))
        return LetterRule(on=on, kind=kind, after=_days(rule.get("after", 0)))
    tip = Tip(_choice(rule, "nudge", [tip.value for tip in Tip]))
    return NudgeRule(
        on=on,
        tip=tip,
        templates=_templates(rule.get("templates"), tip),
        after=_days(rule.get("after", 0)),
        at=_hour(rule.get("at", "now")),
        when=_conditions(rule.get("when", [])),
    )


def _choice(rule: dict[str, Any], key: str, known: Sequence[str]) -> str:
    value = rule.get(key)
    if value not in known:
        raise ValueError(f"{key}: {value!r} is none of {', '.join(known)}.")
    return str(value)


def _templates(value: object, tip: Tip) -> tuple[str, ...]:
    if value is None:
        return tuple(f"{tip}-{number}" for number in (1, 2, 3))
    if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
        raise ValueError("templates: a list of names of nudges is wanted.")
    return tuple(value)


def _days(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -30 <= value <= 365:
        raise ValueError(f"after: {value!r} is no number of working days.")
    return value


def _hour(value: object) -> time | None:
    if value == "now":
        return None
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f'at: {value!r} is no time of day such as "09:30", nor "now".') from None


def _conditions(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or any(name not in CONDITIONS for name in value):
        raise ValueError(f"when: {value!r} must be a list of {', '.join(CONDITIONS)}.")
    return tuple(value)
