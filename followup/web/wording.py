"""How the page says times, states and errors."""

import re
from datetime import datetime, timedelta

from markupsafe import Markup

from followup.model.letter import LetterState
from followup.model.person import Person

HTTP = {
    400: "This address is not the page's own, or the request is broken. Nothing was done.",
    403: "This page is for the person who started it. Open the link that `followup web` prints; each is good for once.",
    404: "There is nothing here.",
    405: "That is not how it is done here. Nothing was done.",
    413: "That is too long for a letter. Nothing was done.",
    500: "Something unexpected happened. What was being done was not done.",
}
STATES = {
    LetterState.DRAFT: "waits for your yes",
    LetterState.APPROVED: "approved",
    LetterState.SENDING: "on its way",
    LetterState.SENT: "sent",
    LetterState.IN_DOUBT: "in doubt",
    LetterState.FAILED: "failed",
    LetterState.HANDED_OVER: "yours to send",
    LetterState.DISCARDED: "put away",
    LetterState.WITHDRAWN: "withdrawn",
    LetterState.ANSWERED: "answered",
    LetterState.BOUNCED: "came back",
}
_SPANS = (
    (timedelta(days=60), timedelta(days=30), "month"),
    (timedelta(days=2), timedelta(days=1), "day"),
    (timedelta(minutes=90), timedelta(hours=1), "hour"),
    (timedelta(minutes=1), timedelta(minutes=1), "minute"),
)


def state(of: LetterState) -> str:
    """The state of a letter in the page's words."""
    return STATES[of]


def moment(at: datetime, person: Person, now: datetime) -> Markup:
    """`Tue 24 Nov, 9:20 (in 14 hours)` in the person's zone, as a time element."""
    local = at.astimezone(person.zone)
    year = "" if local.year == now.astimezone(person.zone).year else f" {local.year}"
    exact = f"{local:%a} {local.day} {local:%b}{year}, {local.hour}:{local:%M}"
    return Markup('<time datetime="{}">{} <small>({})</small></time>').format(
        local.isoformat(timespec="seconds"), exact, relative(at - now)
    )


def relative(span: timedelta) -> str:
    """`in 3 days`, `2 hours ago`, `now`."""
    size = abs(span)
    for least, unit, name in _SPANS:
        if size >= least:
            number = round(size / unit)
            told = f"{number} {name}{'' if number == 1 else 's'}"
            return f"in {told}" if span > timedelta() else f"{told} ago"
    return "now"


def back(path: str) -> str:
    """Where a form wants to go back to, if that is on this page (RFC 3986: `//` would lead elsewhere)."""
    return path if re.fullmatch(r"/(?!/)[\w/?=&.-]*", path) else "/"
