"""How the page says times, states, reasons and errors."""

import re
from datetime import datetime, timedelta

from flask import request
from markupsafe import Markup, escape

from followup.model.letter import LetterState
from followup.model.nudge import Nudge, Tip
from followup.model.person import Person

HTTP = {
    400: "This address is not the page's own, or the request is broken. Nothing was done.",
    401: "This page is for the person who started it. For a new way in type: followup web",
    403: "This page is for the person who started it. For a way in type: followup web",
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
TIPS = {
    Tip.FOR_THE_BEST: "the first of five tips is that it may be for the best",
    Tip.KEEP_MOVING: "the second of five tips is to keep the search moving",
    Tip.PRACTICE: "the third of five tips is to be thankful for the practice",
    Tip.ASK_FEEDBACK: "the fourth of five tips is to ask for feedback",
    Tip.NO_SECOND_GUESSING: "the last of five tips is not to second-guess yourself",
}
EVENTS = {
    "interview_planned": "It comes because {} is going to talk to you.",
    "interview_held": "It comes because {} has talked to you.",
    "no_reply": "It comes because {} has been silent since your letter.",
    "reply": "It comes because {} has answered.",
}
HELD = {
    "copied": "followup was copied, restored or moved, and waits for your answer",
    "clock": "this machine's clock went back, and followup waits for your answer",
}
"""Why mail is paused, where that is a question."""
PAGES = {
    "outbox": "/",
    "nudges": "/nudges",
    "questions": "/applications",
    "scan": "/applications",
    "resume": "/state",
}
"""Commands whose work is done on a page."""
_COMMAND = re.compile(
    r"followup (?:"
    r"(?:show|review|settle|sent|unapprove|discard --undo|approve --(?:again|now)) (?P<letter>L\d+)"
    r"|answered (?P<application>A\d+)"
    r"|answer (?P<question>Q\d+)(?: yes \(or no\))?"
    rf"|(?P<page>{'|'.join(PAGES)})\b)"
)
_SPANS = (
    (timedelta(days=60), timedelta(days=30), "month"),
    (timedelta(days=2), timedelta(days=1), "day"),
    (timedelta(minutes=90), timedelta(hours=1), "hour"),
    (timedelta(minutes=1), timedelta(minutes=1), "minute"),
)


def state(of: LetterState) -> str:
    """The state of a letter in the page's words."""
    return STATES[of]


def held(why: str) -> str:
    """Why mail to employers is paused, in the page's words."""
    return HELD.get(why, why)


def why(nudge: Nudge) -> Markup:
    """Why a nudge comes, in one sentence."""
    company = Markup("<bdi>{}</bdi>").format(nudge.company)
    if nudge.event in EVENTS:
        return Markup(EVENTS[nudge.event]).format(company)
    return Markup("It comes because {} turned you down: {}.").format(company, TIPS[nudge.tip])


def linked(text: str) -> Markup:
    """A text with a link around each command whose work is done on a page. No letter of it is another: it may hold the
    words of a server, a sheet or an employer.
    """
    return Markup(_COMMAND.sub(_link, str(escape(text))))


def _link(found: re.Match[str]) -> str:
    if found["page"]:
        path = PAGES[found["page"]]
    elif found["question"]:
        path = f"/applications#{found['question']}"
    elif found["letter"]:
        path = f"/letter/{found['letter']}"
    else:
        path = f"/application/{found['application']}"
    return f'<a href="{path}">{found[0]}</a>'


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


def back(otherwise: str = "/") -> str:
    """Where the form wants to go back to, if that is on this page (RFC 3986: `//` would lead elsewhere)."""
    path = request.form.get("back", "")
    return path if re.fullmatch(r"/(?!/)[\w/?=&.%+*-]*", path) else otherwise
