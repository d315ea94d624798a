"""Log entries → sentences."""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from followup.letters import prose
from followup.model.log import LogEntry

_KIND = re.compile(r"^(you chose it) \((?:first_sight|burst)\)$")

_LETTER = {
    "drafted": "A letter was drafted ({subject}), because {why}.",
    "rewritten": "The letter {subject} was written anew{by}.",
    "approved": "You said yes to {subject}.",
    "hastened": "You wanted {subject} to go at once.",
    "sending": "{subject} was on its way to the mail server.",
    "sent": "{subject} was sent; {why}.",
    "failed": "{subject} failed; {why}.",
    "in_doubt": "{subject} is in doubt: {why}.",
    "put off": "{subject} waits: {why}.",
    "draft": "{subject} became a draft again: {why}.",
    "discarded": "You put {subject} away.",
    "handed_over": "You took {subject} over, to send it yourself.",
    "withdrawn": "{subject} was withdrawn: {why}.",
    "answered": "{subject} was answered.",
    "noted": "A note on {subject}: {why}.",
}
_NUDGE = {
    "planned": "A nudge was planned ({subject}).",
    "delivering": "The nudge {subject} was on its way to you.",
    "put off": "The nudge {subject} waits: {why}.",
    "delivered": "The nudge {subject} came {why}.",
    "cancelled": "The nudge {subject} was cancelled: {why}.",
    "snoozed": "You snoozed the nudge {subject}.",
    "done": "You were done with the nudge {subject}.",
    "passed on": "The nudge {subject} speaks of this one now.",
}
_OTHER = {
    "row gone": "Its row was gone from your tracker.",
    "row back": "Its row was back in your tracker.",
    "joined": "Its rejection joined the nudges that were already running ({why}).",
    "first seen": "Your tracker was seen for the first time: {why}.",
    "asked": "followup had a question for you.",
    "answered": "You answered {subject}.",
    "answer taken back": "You took your answer to {subject} back.",
    "answer kept": "What they wrote was kept in your journal.",
    "moot": "{subject} needed no answer any more.",
    "paused": "Mail to employers was paused.",
    "resumed": "Mail to employers was let go again.",
}


def told(entries: Sequence[LogEntry]) -> list[tuple[datetime, str]]:
    """Entries as sentences with their times; nudges planned one after the other are counted in one."""
    lines = []
    for planned, group in groupby(entries, key=_is_plan):
        several = list(group)
        if planned and len(several) > 1:
            lines.append((several[0].at, f"{len(several)} nudges were planned."))
        else:
            lines += [(entry.at, sentence(entry)) for entry in several]
    return lines


def sentence(entry: LogEntry) -> str:
    """One entry as a sentence; `who` is named where it was the person."""
    by = " by you" if entry.who == "you" else ""
    table = {"L": _LETTER, "N": _NUDGE}.get(entry.subject[:1], _OTHER)
    if entry.what.startswith("is "):
        was = f" (it {entry.why})" if entry.why else ""
        return f"Your tracker said: {entry.what[3:].replace('_', ' ')}{was.replace('_', ' ')}."
    text = table.get(entry.what, "{subject}: {what}.").removesuffix(".")
    return prose.sentence(text.format(subject=entry.subject, why=_reason(entry), what=entry.what, by=by))


def _is_plan(entry: LogEntry) -> bool:
    return entry.subject.startswith("N") and entry.what == "planned"


def _reason(entry: LogEntry) -> str:
    """The reason of an entry, without the kind of question that led to it."""
    return _KIND.sub(r"\1", entry.why or "no reason was kept")
