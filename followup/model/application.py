"""An application: one attempt at one job, as the tracker tells it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

FORGOTTEN = "(forgotten)"
"""The company of an application that the person had us forget."""


class Outcome(StrEnum):
    """How an application ended, or that it has not."""

    OPEN = "open"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OFFER = "offer"
    ACCEPTED = "accepted"
    OFFER_DECLINED = "offer_declined"
    GHOSTED = "ghosted"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"
    NOT_APPLIED = "not_applied"
    UNDECIDED = "undecided"


NOTHING_TO_ASK = frozenset({Outcome.OFFER, Outcome.ACCEPTED, Outcome.OFFER_DECLINED, Outcome.NOT_APPLIED})
"""Outcomes in which nothing was, or will be, decided against the person: no feedback is asked for, not even by name."""


class Stage(StrEnum):
    """How far an application got."""

    UNKNOWN = "unknown"
    SCREENING = "screening"
    INTERVIEW = "interview"


class DateSource(StrEnum):
    """Whether the sheet states the day of the outcome, or only a weaker stand-in (last edited)."""

    STATED = "stated"
    WEAK = "weak"


class Application(NamedTuple):
    """What one reading of the tracker says about one application.

    `line` is the 1-based line of the file, `row_id` the cell of the sheet's own id column, `fingerprint` a digest of
    all its cells and of what was understood of them, `language` a code such as `de` where a column tells it. `cells` is
    a digest of its cells as written, `skeleton` of the ASCII in them, which nearly every encoding reads alike; both are
    empty where a followup before 0.2 read it last. A named tuple, not a dataclass: a reading makes thousands, and this
    takes a third of the time.
    """

    company: str
    role: str
    line: int
    outcome: Outcome
    stage: Stage
    status_text: str
    contact_name: str | None = None
    contact_email: str | None = None
    applied_on: date | None = None
    interview_on: date | None = None
    outcome_on: date | None = None
    outcome_on_from: DateSource | None = None
    row_id: str | None = None
    fingerprint: str = ""
    language: str | None = None
    cells: str = ""
    skeleton: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An application the store remembers: its id and what the tracker said last. Not `present`: its row is gone."""

    id: int
    said: Application
    present: bool
    first_seen: datetime


def recency(application: Application) -> tuple[date, int]:
    """Sorts the rejections of a file, the newest last, as far as the file tells."""
    return application.outcome_on or application.applied_on or date.min, application.line
