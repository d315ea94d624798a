"""A nudge: a reminder to the person, and the table of its moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tip(StrEnum):
    """The five tips, in the article's order."""

    FOR_THE_BEST = "for-the-best"
    KEEP_MOVING = "keep-moving"
    PRACTICE = "practice"
    ASK_FEEDBACK = "ask-feedback"
    NO_SECOND_GUESSING = "no-second-guessing"


class NudgeState(StrEnum):
    """Where a nudge stands."""

    PLANNED = "planned"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    SNOOZED = "snoozed"
    DONE = "done"
    CANCELLED = "cancelled"


MOVES: Mapping[NudgeState, frozenset[NudgeState]] = {
    NudgeState.PLANNED: frozenset({NudgeState.DELIVERING, NudgeState.SNOOZED, NudgeState.CANCELLED}),
    NudgeState.SNOOZED: frozenset({NudgeState.PLANNED, NudgeState.CANCELLED}),
    NudgeState.DELIVERING: frozenset({NudgeState.DELIVERED, NudgeState.PLANNED}),
    NudgeState.DELIVERED: frozenset({NudgeState.DONE, NudgeState.SNOOZED}),
    NudgeState.DONE: frozenset(),
    NudgeState.CANCELLED: frozenset(),
}
"""From each state, where a nudge may go."""

WAITING = frozenset({NudgeState.PLANNED, NudgeState.SNOOZED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """One reminder. `series` is the application that began the series; `text` is written when it is delivered."""

    id: int
    application: int
    series: int
    company: str
    role: str
    event: str
    tip: Tip
    template: str
    conditions: tuple[str, ...]
    state: NudgeState
    due_at: datetime
    subject: str
    text: str | None = None
    delivered_at: datetime | None = None
