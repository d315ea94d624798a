"""What one reading of a tracker gives."""

from dataclasses import dataclass
from enum import StrEnum

from followup.model.application import Application
from followup.model.question import QuestionKind


class DateOrder(StrEnum):
    """How the file writes numeric days: proven, ambiguous, or not at all; `iso` for every form that needs no order."""

    ISO = "iso"
    DMY = "dmy"
    MDY = "mdy"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What the file leaves open: to be asked, never guessed. `key` names it from reading to reading."""

    kind: QuestionKind
    key: str
    text: str
    about: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that could not be read, with its 1-based line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Rows that are no applications: of what kind, and their 1-based lines."""

    kind: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """Which column is read as what: the field's name (company, status …), the header as written, one sample cell."""

    field: str
    header: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Applications, doubts and problems; or `refused` with the reason, and then nothing else.

    `unknown` are the status texts of which nobody knows whether they are an end; their applications count as open.
    `language` is the code of the one that most of its known words are of, None where none stands out.
    """

    encoding: str
    delimiter: str
    date_order: DateOrder
    refused: str | None
    columns: tuple[ColumnUse, ...]
    applications: tuple[Application, ...]
    doubts: tuple[Doubt, ...]
    unknown: tuple[Doubt, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[LeftOut, ...] = ()
    language: str | None = None
