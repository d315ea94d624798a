"""The words people write in trackers, from templates/words/<language>.toml, made ready for look-ups.

This is the only file of the room, `source` aside, that reads anything from the disk.
"""

import re
import tomllib
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import xxhash

from followup.errors import TemplateError
from followup.model.application import Outcome, Stage

TABLES = frozenset({"headers", "outcomes", "stages", "words", "months"})
FIELDS = frozenset(
    {
        "company", "role", "name", "outcome", "status", "stage", "applied", "outcome_date", "weak_date", "interview",
        "contact", "contact_name", "id", "event", "timestamp", "language", "notes", "ignored",
    }
)  # fmt: skip
"""What a column can be."""

_HEADERS = FIELDS | {"date", "rejected_on"}
"""Kinds of header: a bare `Date`, and a day that only a rejection has, become one field or another."""

LISTS = frozenset(
    {
        "me", "subject", "passive", "them", "employer", "not", "without", "refusal", "ending", "signs", "filler",
        "total", "yes", "none", "language", "via", "behalf",
        "waiting", "template", "such_as", "unheld", "ticks", "works_at", "reach", "then", "after",
    }
)  # fmt: skip
EMPTY_LOOKING = frozenset({"", "-", "--", "---", "–", "—", "?", "/", "."})
LONGEST_PHRASE = 8
"""So many words, or signs of a script without spaces, a phrase has that is looked for within a text."""
SHORTEST_SLIP = 6
"""A slip of the pen is looked for only in words of this many letters and more."""

_KINDS = {
    "not": "n", "without": "x", "me": "m", "subject": "j", "passive": "b", "them": "t", "employer": "e", "refusal": "u",
    "waiting": "y",
}  # fmt: skip
_LETTERS = {
    Outcome.OPEN: "o", Outcome.REJECTED: "r", Outcome.WITHDRAWN: "w", Outcome.OFFER: "f", Outcome.ACCEPTED: "a",
    Outcome.OFFER_DECLINED: "d", Outcome.GHOSTED: "g", Outcome.ON_HOLD: "h", Outcome.CANCELLED: "c",
    Outcome.NOT_APPLIED: "p", Outcome.UNDECIDED: "v",
}  # fmt: skip
OUTCOME_OF = {letter: outcome for outcome, letter in _LETTERS.items()} | {_KINDS["waiting"]: Outcome.OPEN}
STAGE_OF = {"s": Stage.SCREENING, "i": Stage.INTERVIEW}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_WITHOUT_STROKE = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d"})
_HEADER_PARTS = re.compile(r"[/(\[|,:&+\n]")
_SIGNS = ("signs", "ticks")
"""Lists of single signs, which are no words."""
_SIDES = ("outcome", "status", "stage", "contact", "contact_name")
"""Fields that one header may name together: the first of them stands for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All languages together. Every phrase is `plain`; `lists` are the small word classes (me, them, not …).

    `kinds` gives the letter of every phrase that can stand within a status; `slips` what is left of a word of outcome
    without one of its letters, for finding misspelt ones; `signs` are emoji and the like that look like an end,
    `ticks` those that tick a box.
    `languages` gives the code of a language's name, `spoken` the codes of all languages that a header or outcome is of.
    """

    headers: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    stages: Mapping[str, Stage]
    months: Mapping[str, int]
    lists: Mapping[str, frozenset[str]]
    kinds: Mapping[str, str]
    slips: Mapping[str, frozenset[Outcome]]
    languages: Mapping[str, str]
    spoken: Mapping[str, frozenset[str]]
    signs: frozenset[str]
    ticks: frozenset[str]
    longest: int


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A phrase without case, punctuation, emoji, odd spaces: `❌ Rejected (phone screen)` → `rejected phone screen`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("´", "'").replace("İ", "i")
    kept = [
        letter if letter.isalnum() or letter == "'" or _is_accent(letter) else _gap(letter)
        for letter in text.casefold()
    ]
    return " ".join("".join(kept).split()).strip("'")


def field_of(header: str, headers: Mapping[str, str]) -> str | None:
    """Which field a header names: as a whole, written together, or by one of its parts (`Firma / Arbeitgeber`)."""
    if len(header) > 80:
        return None
    name = plain(header)
    field = headers.get(name) or headers.get(name.replace(" ", ""))
    if field is not None or not _HEADER_PARTS.search(header):
        return field
    found = {headers.get(plain(part), "") for part in _HEADER_PARTS.split(header)} - {"", "ignored"}
    if len(found) == 1 or (found and found <= set(_SIDES)):
        return min(found, key=lambda one: _SIDES.index(one) if one in _SIDES else 0)
    return None


def has_phrase(text: str, phrases: Container[str]) -> bool:
    """Whether one of these stands in a `plain` text: as whole words, or anywhere in a script without spaces."""
    tokens = text.split()
    if not text.isascii() and any("\u3040" <= letter <= "\u9fff" for letter in text):
        tokens, joint = list(text.replace(" ", "")), ""
    else:
        joint = " "
    runs = (tokens[first:last] for first in range(len(tokens)) for last in range(first + 1, first + 1 + LONGEST_PHRASE))
    return any(joint.join(run) in phrases for run in runs)


def slips_of(word: str) -> Iterator[str]:
    """The word without doubled letters, and without each of its letters in turn."""
    squeezed = re.sub(r"(.)\1+", r"\1", word)
    yield squeezed
    for place in range(len(squeezed)):
        yield squeezed[:place] + squeezed[place + 1 :]


def load(folders: Sequence[Path]) -> Words:
    """Read every language; a file of an earlier folder stands for the one of the same name in a later folder.

    It takes a fifth of a second, and once for the same files with the same text.
    """
    return _loaded(digest(folders), tuple(_in_force(folders)))


@lru_cache(maxsize=4)
def _loaded(_digest: str, files: tuple[Path, ...]) -> Words:
    return combine({str(file): _table(file) for file in files})


def digest(folders: Sequence[Path]) -> str:
    """Tells whether `load` would give other words: a hundredth of its time. Raises TemplateError."""
    state = xxhash.xxh3_128()
    for file in _in_force(folders):
        try:
            text = file.read_bytes()
        except OSError as error:
            raise TemplateError(f"{file}: {error}.") from None
        state.update(f"{file.name}:{len(text)}:".encode() + text)
    return state.hexdigest()


def _in_force(folders: Sequence[Path]) -> list[Path]:
    files: dict[str, Path] = {}
    for folder in folders:
        for file in sorted((folder / "words").glob("*.toml")):
            files.setdefault(file.name, file)
    return list(files.values())


def combine(tables: Mapping[str, Mapping[str, Any]]) -> Words:
    """Put the tables of all languages together, the first to name a phrase wins; TemplateError names file and key."""
    everything = [part for name, table in tables.items() for part in _parts(name, table)]
    headers: dict[str, str] = {}
    outcomes: dict[str, Outcome] = {}
    stages: dict[str, Stage] = {}
    months: dict[str, int] = {}
    lists: dict[str, set[str]] = {name: set() for name in LISTS}

    def take(phrases: Iterable[tuple[str, str, str]]) -> None:
        for part, key, phrase in phrases:
            if part == "headers":
                headers.setdefault(phrase, key)
            elif part == "outcomes":
                outcomes.setdefault(phrase, Outcome(key))
            elif part == "stages":
                stages.setdefault(phrase, Stage(key))
            elif part == "months":
                months.setdefault(phrase, int(key))
            else:
                lists[key].add(phrase)

    take(everything)
    for phrase in lists["refusal"]:
        outcomes.setdefault(phrase, Outcome.UNDECIDED)
    # Spellings without accents, or written together, come after all others: they never stand in another word's way.
    take(_loose(everything))
    kinds = _kinds(outcomes, stages, months, lists)
    return Words(
        headers=headers,
        outcomes=outcomes,
        stages=stages,
        months=months,
        lists={name: frozenset(phrases) for name, phrases in lists.items()},
        kinds=kinds,
        slips=_slips(outcomes),
        languages=_languages(tables),
        spoken=_spoken(tables),
        signs=frozenset("".join(lists["signs"])),
        ticks=frozenset("".join(lists["ticks"])),
        longest=max((phrase.count(" ") + 1 for phrase in kinds), default=1),
    )


def _kinds(
    outcomes: Mapping[str, Outcome],
    stages: Mapping[str, Stage],
    months: Iterable[str],
    lists: Mapping[str, Iterable[str]],
) -> dict[str, str]:
    """The letter of each phrase that can stand within a status; a filler says nothing. What comes later wins."""
    kinds = dict.fromkeys(months, "")
    kinds |= {phrase: "s" if stage is Stage.SCREENING else "i" for phrase, stage in stages.items()}
    kinds |= {phrase: _LETTERS[outcome] for phrase, outcome in outcomes.items()}
    kinds |= {phrase: "" for phrase in lists["filler"] if phrase not in stages}
    for name, letter in reversed(_KINDS.items()):
        kinds |= dict.fromkeys(lists[name], letter)
    return kinds


def _languages(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What each language is called, and its own code, which its file is named after."""
    named = {Path(name).stem: table.get("words", {}).get("language", ()) for name, table in tables.items()}
    return {plain(phrase): code for code, names in named.items() if names for phrase in (code, *names)}


def _spoken(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    spoken: dict[str, set[str]] = {}
    for name, table in tables.items():
        for part in ("headers", "outcomes"):
            for phrase in chain.from_iterable(table.get(part, {}).values()):
                spoken.setdefault(plain(phrase), set()).add(Path(name).stem)
    return {phrase: frozenset(codes) for phrase, codes in spoken.items()}


def _slips(outcomes: Mapping[str, Outcome]) -> dict[str, frozenset[Outcome]]:
    slips: dict[str, set[Outcome]] = {}
    for phrase, outcome in outcomes.items():
        if len(phrase) >= SHORTEST_SLIP and " " not in phrase:
            for slip in slips_of(phrase):
                slips.setdefault(slip, set()).add(outcome)
    return {slip: frozenset(found) for slip, found in slips.items()}


def _loose(phrases: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Phrases as typed without accents or umlauts, and headers written together: `societe`, `gespraech`, `jobtitle`."""
    for part, key, phrase in phrases:
        if not phrase.isascii() and key not in _SIGNS:
            letters = unicodedata.normalize("NFD", phrase.translate(_WITHOUT_STROKE))
            yield part, key, "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
            yield part, key, phrase.translate(_UMLAUTS)
        if part == "headers" and " " in phrase:
            yield part, key, phrase.replace(" ", "")


def _is_accent(letter: str) -> bool:
    """Whether this belongs to the letter before; what only says how an emoji is drawn does not."""
    return unicodedata.category(letter) == "Mn" and not "\ufe00" <= letter <= "\ufe0f"


def _gap(letter: str) -> str:
    """What stands for a letter that is none: nothing for what nobody sees, else a space."""
    return "" if unicodedata.category(letter) == "Cf" else " "


def _table(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TemplateError(f"{file}: {error}.") from None
    for name, part in table.items():
        if name not in TABLES:
            raise TemplateError(f"{file}, [{name}]: there is no such table; there are {', '.join(sorted(TABLES))}.")
        _check(str(file), name, part, text.splitlines())
    return table


def _check(file: str, part: str, keys: object, lines: Sequence[str]) -> None:
    """Raise for the first key of a table that is unknown or holds no list, naming its line."""
    if not isinstance(keys, dict):
        raise TemplateError(f"{file}, {part}: it must be a table, which begins with the line [{part}].")
    for key, phrases in keys.items():
        where = f"{file}, line {_line(lines, part, key)}, [{part}] {key}"
        if key not in _KEYS[part]:
            raise TemplateError(f"{where}: there is no such key; there are {', '.join(sorted(_KEYS[part]))}.")
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
            raise TemplateError(f'{where}: a list such as ["one", "two"] is wanted.')


def _line(lines: Sequence[str], part: str, key: str) -> int:
    """The line on which a key of a table stands."""
    inside = False
    for number, text in enumerate(lines, 1):
        if text.lstrip().startswith("["):
            inside = text.strip().startswith(f"[{part}]")
        elif inside and text.partition("=")[0].strip().strip("\"'") == key:
            return number
    return 1


def _parts(name: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every (table, key, phrase) of a file; raises TemplateError where two keys claim the same phrase."""
    for part, keys in table.items():
        claimed: dict[str, str] = {}
        for key, phrases in keys.items():
            for phrase in phrases if key in _SIGNS else filter(None, map(plain, phrases)):
                if part != "words" and claimed.setdefault(phrase, key) != key:
                    other = claimed[phrase]
                    raise TemplateError(f'{name}, [{part}] {key}: "{phrase}" stands under {other} too. Take one out.')
                yield part, key, phrase


_KEYS: Mapping[str, frozenset[str]] = {
    "headers": _HEADERS,
    "outcomes": frozenset(Outcome),
    "stages": frozenset({Stage.SCREENING, Stage.INTERVIEW}),
    "months": frozenset(map(str, range(1, 13))),
    "words": LISTS,
}
