"""The journal: feedback received, in the employer's words."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """What one employer wrote, and when the person told us."""

    application: int
    company: str
    role: str
    at: datetime
    text: str
