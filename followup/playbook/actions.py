"""What is told to the decisions, and what may follow from it: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from followup.model.application import Application
from followup.model.letter import Letter, LetterKind, LetterState
from followup.model.nudge import Nudge, Tip
from followup.model.question import QuestionKind
from followup.playbook.rules import Playbook
from followup.playbook.timing import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One change of the tracker, as far as decisions need it. `told` names the fields whose fact the person gave;
    `doubt` asks whether this rejection was known before; `reread` says that the sheet told it before, and that only the
    reading of it is new; `offered`, that the person was asked before whether to write about it.
    """

    application: int
    before: Application | None
    after: Application | None
    fields: frozenset[str]
    returned: bool
    letters: tuple[Letter, ...]
    told: frozenset[str]
    doubt: str | None = None
    reread: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Draft this letter for this application."""

    application: int
    kind: LetterKind
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Write an unedited draft anew, in place."""

    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Note on a draft what its reader should know, or that it is so no more."""

    letter: Letter
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Move a letter; `rewrite` says that the draft it becomes is to be written anew."""

    letter: Letter
    to: LetterState
    reason: str
    rewrite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Plan a nudge."""

    application: int
    event: str
    tip: Tip
    template: str
    when: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Let a running series speak of this rejection too."""

    series: int
    application: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """A nudge that is no longer true or wanted."""

    nudge: Nudge
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """A series no longer speaks of this rejection."""

    series: int
    application: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn:
    """A nudge speaks of another rejection of its series from now on."""

    nudge: Nudge
    application: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFacts:
    """The sheet's cells have changed since the person told us: the sheet speaks again."""

    application: int
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask the person about these applications."""

    kind: QuestionKind
    applications: tuple[int, ...]
    text: str = ""


Action = Draft | Rewrite | Remark | Move | Plan | Join | Leave | PassOn | Cancel | DropFacts | Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decisions look at besides the news. `joined` has, for each waiting series, the rejections that joined it."""

    playbook: Playbook
    calendar: Calendar
    waiting: tuple[Nudge, ...]
    joined: Mapping[int, Sequence[int]]
    read_lately: frozenset[str]
