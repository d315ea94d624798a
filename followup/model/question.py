"""A question: anything that waits for the person's word."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class QuestionKind(StrEnum):
    """Up to `identity` what the tracker leaves open; `words` are those of outcome. The rest is from us."""

    OUTCOME = "outcome"
    WORDS = "words"
    ENCODING = "encoding"
    COLUMN = "column"
    DATE_ORDER = "date_order"
    CONTACT = "contact"
    IDENTITY = "identity"
    FIRST_SIGHT = "first_sight"
    BURST = "burst"
    SHRUNK = "shrunk"
    LAYOUT = "layout"
    REPLY = "reply"
    COPIED = "copied"
    CLOCK = "clock"


OF_READING = frozenset(
    {
        QuestionKind.OUTCOME, QuestionKind.WORDS, QuestionKind.ENCODING, QuestionKind.COLUMN, QuestionKind.LAYOUT,
        QuestionKind.DATE_ORDER, QuestionKind.CONTACT,
    }
)  # fmt: skip
"""Questions whose answers change how a tracker is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the store. `key` names the thing asked about, so that it is asked once.

    One that the tracker has settled since is `moot`: it waits for nothing, and has no answer of the person's.
    """

    id: int
    kind: QuestionKind
    key: str
    text: str
    about: tuple[str, ...]
    asked_at: datetime
    answer: str | None = None
    moot: bool = False
