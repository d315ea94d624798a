"""A letter: a mail to the employer, from draft to answered, and the table of its moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from followup.model import plain


class LetterKind(StrEnum):
    """The three letters there are; at most one of each for an application."""

    FEEDBACK_REQUEST = "feedback-request"
    FOLLOW_UP = "follow-up"
    THANK_YOU = "thank-you"


QUESTIONS = ("deciding", "not-right", "different", "successful")
"""The article's four, in its order."""


class LetterState(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    HANDED_OVER = "handed_over"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"
    BOUNCED = "bounced"


MOVES: Mapping[LetterState, frozenset[LetterState]] = {
    LetterState.DRAFT: frozenset(
        {
            LetterState.APPROVED,
            LetterState.HANDED_OVER,
            LetterState.DISCARDED,
            LetterState.WITHDRAWN,
            LetterState.SENT,  # The person's word on one that may have gone
        }
    ),
    LetterState.APPROVED: frozenset(
        {LetterState.SENDING, LetterState.FAILED, LetterState.DRAFT, LetterState.WITHDRAWN}
    ),
    LetterState.SENDING: frozenset({LetterState.SENT, LetterState.APPROVED, LetterState.FAILED, LetterState.IN_DOUBT}),
    LetterState.IN_DOUBT: frozenset({LetterState.SENT, LetterState.DRAFT}),
    LetterState.HANDED_OVER: frozenset({LetterState.SENT, LetterState.DRAFT}),
    LetterState.FAILED: frozenset({LetterState.DRAFT, LetterState.DISCARDED}),
    LetterState.WITHDRAWN: frozenset({LetterState.DRAFT}),
    LetterState.DISCARDED: frozenset({LetterState.DRAFT}),
    LetterState.SENT: frozenset({LetterState.ANSWERED, LetterState.BOUNCED}),
    LetterState.ANSWERED: frozenset(),
    LetterState.BOUNCED: frozenset(),
}
"""From each state, where a letter may go. Being put off before DATA is no move: it stays approved."""

STAYED = frozenset(LetterState) - {LetterState.SENT, LetterState.ANSWERED, LetterState.BOUNCED}
"""What has not gone to its employer for certain."""

MAY_HAVE_REACHED = frozenset(LetterState) - {
    LetterState.DRAFT,
    LetterState.APPROVED,
    LetterState.FAILED,
    LetterState.DISCARDED,
    LetterState.WITHDRAWN,
}
"""What its employer has, or may have, or is about to get."""

UNSENT = frozenset({LetterState.DRAFT, LetterState.APPROVED})
"""What an edit of the sheet may still rewrite, hold or withdraw."""

REMARKED = frozenset({LetterState.DRAFT, LetterState.SENDING})
"""What can carry a remark: a draft for its reader; a letter on its way, for the case that the server refuses it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The words of a letter or nudge: the subject, one line, and the text, a line for each paragraph.

    Whatever it is made of, it holds only what a mail program shows as it stands.
    """

    subject: str
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", plain.one_line(self.subject))
        object.__setattr__(self, "text", plain.lines(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter. `digest` binds an approval to bytes; `reason` says in a sentence why it stands where it does.

    `not_before` is the civil hour it may leave from, which `at_once` skips; `try_after` the back-off after a failure.
    `begun_at` is when it last set out, to the mail server or in the person's own hands. `may_have_gone_at` is when it
    last set out with an end that nobody knows; it stays, whatever becomes of the letter. `asks_known` is the latest ask
    of any store that was looked at when it was approved.
    `by_name`: the person asked for it although the row did not say rejected.
    """

    id: int
    application: int
    company: str
    role: str
    kind: LetterKind
    state: LetterState
    revision: int
    to: str | None
    subject: str
    text: str
    edited: bool
    message_id: str
    digest: str
    not_before: datetime
    created_at: datetime
    at_once: bool = False
    approved_at: datetime | None = None
    sent_at: datetime | None = None
    reason: str | None = None
    attempts: int = 0
    try_after: datetime | None = None
    begun_at: datetime | None = None
    may_have_gone_at: datetime | None = None
    asks_known: int | None = None
    by_name: bool = False

    @property
    def said_now(self) -> datetime | None:
        """When it was approved to go at once; None where it goes at a civil hour."""
        return self.approved_at if self.at_once else None


class NoteLevel(StrEnum):
    """An error blocks approval, an advice does not."""

    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a careful friend would say before the letter goes."""

    level: NoteLevel
    text: str
