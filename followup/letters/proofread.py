"""What a careful friend would say before the letter goes: an error blocks approval, an advice does not."""

import re
from datetime import date, timedelta

from followup.letters.compose import Facts
from followup.model.application import Stage
from followup.model.letter import Note, NoteLevel, Text

LONGEST_WORDS = 150
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|%\}|\[(?:name|company|role|date)\]|<<|>>", re.IGNORECASE)
NO_REPLY = re.compile(r"(?:^|[._+-])(?:no|do[._-]?not|nicht)[._-]?(?:reply|antworten|answer)", re.IGNORECASE)


def proofread(text: Text, recipient: str | None, facts: Facts, own_address: str) -> tuple[Note, ...]:
    """Notes on a letter as it would go, errors first."""
    notes = [_error(reason) for reason in _errors(text, recipient, own_address)]
    words = len(text.text.split())
    if words > LONGEST_WORDS:
        notes.append(_advice(f"It has {words} words; up to {LONGEST_WORDS} are read to the end."))
    if facts.stage is not Stage.INTERVIEW and re.search(r"\binterview(ed)?\b", text.text, re.IGNORECASE):
        notes.append(_advice("It speaks of an interview, and neither your tracker nor you told of one."))
    return tuple(notes)


def timing_notes(applied_on: date | None, rejected_on: date | None) -> tuple[Note, ...]:
    """Advice on whether asking is likely to help at all."""
    if applied_on and rejected_on and rejected_on - applied_on <= timedelta(days=1):
        return (_advice("Rejected within a day of applying: probably no person has read it, and asking rarely helps."),)
    return ()


def reason_note(reason: str) -> Note:
    """Why the letter stands where it does, as an advice."""
    return _advice(reason[0].upper() + reason[1:].rstrip(".") + ".")


def is_no_reply(address: str) -> bool:
    """Whether nobody reads what is sent there."""
    return NO_REPLY.search(address.partition("@")[0]) is not None


def _errors(text: Text, recipient: str | None, own_address: str) -> list[str]:
    errors = []
    if recipient is None:
        errors.append("It has no recipient: type an address, or hand it over.")
    elif recipient.casefold() == own_address.casefold():
        errors.append("The recipient is your own address.")
    elif is_no_reply(recipient):
        errors.append("Nobody reads what is sent to that address; type another, or hand it over.")
    if not text.subject.strip() or not text.text.strip():
        errors.append("It is empty.")
    if PLACEHOLDER.search(text.subject + text.text):
        errors.append("A placeholder is left in it.")
    return errors


def _error(text: str) -> Note:
    return Note(level=NoteLevel.ERROR, text=text)


def _advice(text: str) -> Note:
    return Note(level=NoteLevel.ADVICE, text=text)
