"""What a careful friend would say before the letter goes: an error blocks approval, an advice does not."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from followup.letters.compose import Careful, Facts
from followup.letters.prose import sentence
from followup.model.address import identity, is_no_reply
from followup.model.application import Application, Outcome, Stage
from followup.model.letter import LetterKind, Note, NoteLevel, Text

LONGEST_WORDS = 150
ASKED_LATELY = timedelta(days=90)
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|%\}|\[(?:name|company|role|date)\]|<<|>>", re.IGNORECASE)
_EMPTY = re.compile(
    r"\b(?:undefined|null|nan|NaN)\b|\b(?:at|for|to) None\b|(?<=\S)  (?=\S)|(?<=\w) [.,](?:\s|$)|\(\s*\)"
)
_ONE_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What went before between this person and that address or company.

    `own_words_of` is the status of a row that does not say rejected, where the words are the person's own.
    `may_have_gone_on` is the day of an attempt to send this very letter of which nobody knows the end; `elsewhere` are
    the other folders from which this tracker is followed, and `unknown` is why it is not known what went from there.
    """

    never: bool = False
    refused_on: date | None = None
    asked_on: date | None = None
    may_have_gone_on: date | None = None
    own_words_of: str | None = None
    same_text: bool = False
    unanswered: str | None = None
    answered: bool = False
    elsewhere: tuple[str, ...] = ()
    unknown: str | None = None


def proofread(
    text: Text, recipient: str | None, facts: Facts, own_address: str, careful: Careful, past: Past
) -> tuple[Note, ...]:
    """Notes on a letter as it would go, errors first."""
    notes = [_error(reason) for reason in _errors(text, recipient, own_address, past)]
    words = words_in(text.text)
    if words > LONGEST_WORDS:
        notes.append(_advice(f"It has {words} words; up to {LONGEST_WORDS} are read to the end."))
    if facts.stage is not Stage.INTERVIEW and _said(text, careful.interview):
        notes.append(_advice("It speaks of an interview, and neither your tracker nor you told of one."))
    if found := _said(text, careful.contesting):
        notes.append(_advice(f"“{found}” argues with the decision; that closes doors and opens none."))
    if found := _said(text, careful.pleading):
        notes.append(_advice(f"“{found}” pleads; you only ask for a word of feedback."))
    if past.same_text:
        notes.append(_advice("The very same text went to somebody at this company before."))
    if past.asked_on is not None:
        day = f"{past.asked_on.day} {past.asked_on:%b}"
        notes.append(
            _advice(f"Another letter to this address is of {day}. A second ask within 90 days needs its own yes.")
        )
    if past.may_have_gone_on is not None:
        day = f"{past.may_have_gone_on.day} {past.may_have_gone_on:%b}"
        notes.append(_advice(f"It may have gone on {day}. To send it all the same needs its own yes."))
    if past.answered:
        notes.append(_advice("They have written to you already: followup feedback"))
    notes += [
        _advice(f"The followup of {folder} follows this tracker too; let letters go from one of them only.")
        for folder in past.elsewhere
    ]
    return tuple(notes)


def own_yes(past: Past, recipient: str | None) -> tuple[str, ...]:
    """What a letter needs a yes of its own for, beside the one to its words."""
    reasons = []
    if past.may_have_gone_on is not None:
        reasons.append(f"It may have gone on {past.may_have_gone_on.day} {past.may_have_gone_on:%b}.")
    if past.asked_on is not None:
        reasons.append(f"Another letter to {recipient} is of {past.asked_on.day} {past.asked_on:%b}.")
    if past.own_words_of is not None:
        status = f"Your tracker says “{past.own_words_of}”"
        reasons.append(f"{status}, and its words are your own: they may speak of a no that never came.")
    return tuple(reasons)


def words_in(text: str) -> int:
    """How many words; a sign that stands alone, as French has them, is none."""
    return sum(any(map(str.isalnum, part)) for part in text.split())


def arrival_notes(flaws: Sequence[str]) -> tuple[Note, ...]:
    """An error where a mail program would show something otherwise than the person sees it."""
    return (_error(f"It would not arrive as it is shown here: {', '.join(flaws)} would differ."),) if flaws else ()


def timing_notes(applied_on: date | None, rejected_on: date | None) -> tuple[Note, ...]:
    """Advice on whether asking is likely to help at all."""
    if applied_on and rejected_on and rejected_on - applied_on <= timedelta(days=1):
        return (_advice("Rejected within a day of applying: probably no person has read it, and asking rarely helps."),)
    return ()


def row_notes(kind: LetterKind, said: Application, *, present: bool) -> tuple[Note, ...]:
    """What its row says against a letter: that it is gone, or of one about a rejection that there is none."""
    if not present:
        return (_error("Its row is gone from your tracker. Put it back, or discard the letter."),)
    if kind is not LetterKind.THANK_YOU and said.outcome is not Outcome.REJECTED:
        return (_advice(f"Your tracker says “{said.status_text}”, not that they rejected you."),)
    return ()


def reason_note(reason: str) -> Note:
    """Why the letter stands where it does, as an advice."""
    return _advice(sentence(reason[0].upper() + reason[1:]))


def _errors(text: Text, recipient: str | None, own_address: str, past: Past) -> list[str]:
    errors = [reason for reason in (past.unanswered, past.unknown) if reason is not None]
    if recipient is None:
        errors.append("It has no recipient: type an address, or hand it over.")
    elif not _ONE_ADDRESS.fullmatch(recipient) or not recipient.isprintable():
        errors.append("Its recipient is not one plain address.")
    elif identity(recipient) == identity(own_address):
        errors.append("The recipient is your own address.")
    elif is_no_reply(recipient):
        errors.append("Nobody reads what is sent to that address; type another, or hand it over.")
    elif past.never:
        errors.append("You said never to write to that address.")
    elif past.refused_on is not None:
        day = f"{past.refused_on.day} {past.refused_on:%b}"
        errors.append(f"A mail server refused that address for good on {day}; type another, or hand it over.")
    return errors + errors_of(text)


def errors_of(text: Text) -> list[str]:
    """What no letter may have in its words, whoever it goes to."""
    errors = []
    if not text.subject or not text.text:
        errors.append("It is empty.")
    if "\ufffd" in text.subject + text.text:
        errors.append("A sign in it is broken, as it is in your tracker: “\ufffd”.")
    if PLACEHOLDER.search(text.subject + text.text):
        errors.append("A placeholder is left in it.")
    elif _EMPTY.search(f"{text.subject}\n{text.text}"):
        errors.append("A value is missing in it: look for a gap or a word such as “null”.")
    return errors


def _said(text: Text, phrases: Iterable[str]) -> str | None:
    """The first of these phrases that the letter has, as it stands there."""
    parts = [re.escape(phrase).replace(r"\*", r"\w*") for phrase in phrases]
    found = re.search(rf"\b(?:{'|'.join(parts)})\b", f"{text.subject}\n{text.text}", re.IGNORECASE) if parts else None
    return found and found[0]


def _error(text: str) -> Note:
    return Note(level=NoteLevel.ERROR, text=text)


def _advice(text: str) -> Note:
    return Note(level=NoteLevel.ADVICE, text=text)
