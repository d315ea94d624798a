"""Log entries → sentences."""

from followup.model.log import LogEntry

_LETTER = {
    "drafted": "A letter was drafted ({subject}), because {why}.",
    "rewritten": "The letter {subject} was written anew{by}.",
    "approved": "You said yes to {subject}.",
    "sending": "{subject} was on its way to the mail server.",
    "sent": "{subject} was sent; {why}.",
    "failed": "{subject} failed; {why}.",
    "in_doubt": "{subject} is in doubt: {why}.",
    "put off": "{subject} waits: {why}.",
    "draft": "{subject} became a draft again: {why}.",
    "discarded": "You put {subject} away.",
    "handed_over": "You took {subject} over, to send it yourself.",
    "withdrawn": "{subject} was withdrawn: {why}.",
    "noted": "A note on {subject}: {why}.",
}
_NUDGE = {
    "planned": "A nudge was planned ({subject}).",
    "delivering": "The nudge {subject} was on its way to you.",
    "put off": "The nudge {subject} waits: {why}.",
    "delivered": "The nudge {subject} reached you {why}.",
    "cancelled": "The nudge {subject} was cancelled: {why}.",
    "snoozed": "You snoozed the nudge {subject}.",
    "done": "You were done with the nudge {subject}.",
}
_OTHER = {
    "row gone": "Its row was gone from your tracker.",
    "row back": "Its row was back in your tracker.",
    "joined": "Its rejection joined the nudges that were already running ({why}).",
    "first seen": "Your tracker was seen for the first time: {why}.",
    "asked": "followup had a question for you ({why}).",
    "answered": "You answered {subject}.",
    "answer taken back": "You took your answer to {subject} back.",
}


def sentence(entry: LogEntry) -> str:
    """One entry as a sentence; `who` is named where it was the person."""
    by = " by you" if entry.who == "you" else ""
    table = {"L": _LETTER, "N": _NUDGE}.get(entry.subject[:1], _OTHER)
    if entry.what.startswith("is "):
        was = f" (it {entry.why})" if entry.why else ""
        return f"Your tracker said: {entry.what[3:].replace('_', ' ')}{was.replace('_', ' ')}."
    text = table.get(entry.what, "{subject}: {what}.")
    return text.format(subject=entry.subject, why=entry.why or "no reason was kept", what=entry.what, by=by)
