"""The words people write in trackers, from templates/words/<language>.toml, made ready for look-ups.

This is the only file of the room, `source` aside, that reads anything from the disk.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from followup.errors import TemplateError
from followup.model.application import Outcome, Stage

TABLES = frozenset({"headers", "outcomes", "stages", "words", "months"})
FIELDS = frozenset(
    {
        "company", "role", "name", "outcome", "status", "stage", "applied", "outcome_date", "weak_date", "interview",
        "contact", "contact_name", "id", "event", "timestamp", "notes", "ignored",
    }
)  # fmt: skip
LISTS = frozenset({"me", "them", "not", "filler", "total", "yes", "none"})
EMPTY_LOOKING = frozenset({"", "-", "--", "---", "–", "—", "?", "/", "."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All languages together. Every phrase is `plain`; `lists` are the small word classes (me, them, not …)."""

    headers: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    stages: Mapping[str, Stage]
    months: Mapping[str, int]
    lists: Mapping[str, frozenset[str]]
    longest: int


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A phrase without case, punctuation, emoji, odd spaces: `❌ Rejected (phone screen)` → `rejected phone screen`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("´", "'")
    kept = [
        letter if letter.isalnum() or letter == "'" or unicodedata.category(letter) == "Mn" else _gap(letter)
        for letter in text.casefold()
    ]
    return " ".join("".join(kept).split()).strip("'")


def load(folders: Sequence[Path]) -> Words:
    """Read every language; a file of an earlier folder stands for the one of the same name in a later folder."""
    files: dict[str, Path] = {}
    for folder in folders:
        for file in sorted((folder / "words").glob("*.toml")):
            files.setdefault(file.name, file)
    return combine({str(file): _table(file) for file in sorted(files.values(), key=lambda file: file.name)})


def combine(tables: Mapping[str, Mapping[str, Any]]) -> Words:
    """Put the tables of all languages together; raises TemplateError naming file and key."""
    headers: dict[str, str] = {}
    outcomes: dict[str, Outcome] = {}
    stages: dict[str, Stage] = {}
    months: dict[str, int] = {}
    lists: dict[str, set[str]] = {name: set() for name in LISTS}
    for name, table in tables.items():
        for field, phrase in _phrases(name, table, "headers", FIELDS):
            headers.setdefault(phrase, field)
        for outcome, phrase in _phrases(name, table, "outcomes", frozenset(Outcome)):
            outcomes.setdefault(phrase, Outcome(outcome))
        for stage, phrase in _phrases(name, table, "stages", frozenset({Stage.SCREENING, Stage.INTERVIEW})):
            stages.setdefault(phrase, Stage(stage))
        for month, phrase in _phrases(name, table, "months", frozenset(map(str, range(1, 13)))):
            months.setdefault(phrase, int(month))
        for kind, phrase in _phrases(name, table, "words", LISTS):
            lists[kind].add(phrase)
    phrases = [*outcomes, *stages, *(phrase for kind in lists.values() for phrase in kind)]
    return Words(
        headers=headers,
        outcomes=outcomes,
        stages=stages,
        months=months,
        lists={name: frozenset(phrases) for name, phrases in lists.items()},
        longest=max((phrase.count(" ") + 1 for phrase in phrases), default=1),
    )


def _gap(letter: str) -> str:
    """What stands for a letter that is none: nothing for what nobody sees, else a space."""
    return "" if unicodedata.category(letter) == "Cf" else " "


def _table(file: Path) -> Mapping[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TemplateError(f"{file}: {error}.") from None
    unknown = sorted(set(table) - TABLES)
    if unknown:
        raise TemplateError(f"{file}, [{unknown[0]}]: there is no such table; there are {', '.join(sorted(TABLES))}.")
    return table


def _phrases(name: str, table: Mapping[str, Any], part: str, known: Iterable[str]) -> list[tuple[str, str]]:
    found = []
    for key, phrases in table.get(part, {}).items():
        if key not in known:
            raise TemplateError(f"{name}, [{part}] {key}: there is no such key; there are {', '.join(sorted(known))}.")
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
            raise TemplateError(f'{name}, [{part}] {key}: a list such as ["one", "two"] is wanted.')
        found += [(key, plain(phrase)) for phrase in phrases]
    return [(key, phrase) for key, phrase in found if phrase]
