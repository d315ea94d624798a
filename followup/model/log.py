"""A log entry: what happened, when, by whom and why; ids and reasons, never names, addresses or text."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the append-only log; `subject` is an id as a person types it (`L3`, `N7`, `A12`)."""

    id: int
    at: datetime
    who: str
    application: int | None
    subject: str
    what: str
    why: str | None = None
    digest: str | None = None
