"""Sheet and person taken together → what a letter says, and the notes on it."""

from collections.abc import Mapping
from datetime import date, datetime

from followup.errors import Refused, TemplateError
from followup.letters import mime, proofread
from followup.letters.compose import facts_of
from followup.model.application import Application, Known, Stage
from followup.model.letter import Letter, LetterKind, Note, Text
from followup.model.nudge import NudgeState
from followup.playbook import decide, timing
from followup.steps.parts import Parts
from followup.store import applications, letters, nudges
from followup.store.letters import Content


def known(parts: Parts, application: int) -> Known:
    """The application of this id; raises Refused if there is none."""
    found = applications.one(parts.store, application)
    if found is None:
        raise Refused(f"There is no application A{application}. To see them: followup status")
    return found


def told(said: Application, facts: Mapping[str, str]) -> Application:
    """The application with what the person said of it in place of the sheet's cells."""
    day = facts.get("interview_on")
    return said._replace(
        stage=Stage(facts.get("stage", said.stage)),
        interview_on=date.fromisoformat(day) if day else said.interview_on,
        contact_name=facts.get("contact_name", said.contact_name),
        contact_email=facts.get("contact_email", said.contact_email),
    )


def write(parts: Parts, kind: LetterKind, said: Application, message_id: str) -> Content:
    """Compose a letter; raises TemplateError with what is wrong and where."""
    text = parts.templates().letter(kind, facts_of(said, parts.person), parts.person.language)
    return seal(parts, text, said.contact_email, message_id)


def seal(parts: Parts, text: Text, recipient: str | None, message_id: str) -> Content:
    """The bytes and digest of a text for a recipient; raises TemplateError where a value would break a header."""
    try:
        message = mime.letter(parts.person, recipient, text, message_id)
    except ValueError as error:
        raise TemplateError(f"The letter cannot be made into a mail: {error}.") from None
    return Content(
        recipient=recipient, subject=text.subject, body=text.text, message=message, digest=mime.digest(message)
    )


def add(
    parts: Parts, letter: int, application: int, content: Content, message_id: str, now: datetime, why: str
) -> None:
    """Put a composed draft into the outbox."""
    not_before = timing.first_civil_moment(now, letter, parts.calendar())
    letters.add(
        parts.store,
        letter,
        application,
        LetterKind.FEEDBACK_REQUEST,
        content,
        message_id,
        not_before,
        now,
        why=why,
    )


def notes(parts: Parts, letter: Letter) -> tuple[Note, ...]:
    """What stands against a letter as it is now, and the advice on it."""
    said = known(parts, letter.application).said
    whole = told(said, applications.facts(parts.store, letter.application))
    text = Text(subject=letter.subject, text=letter.text)
    own = (proofread.reason_note(letter.reason),) if letter.reason else ()
    return (
        *proofread.proofread(text, letter.to, facts_of(whole, parts.person), parts.person.email),
        *own,
        *proofread.timing_notes(said.applied_on, said.outcome_on),
    )


def circumstances(parts: Parts, now: datetime) -> decide.Circumstances:
    """What decisions look at besides the news."""
    waiting = (
        *nudges.in_state(parts.store, NudgeState.PLANNED),
        *nudges.in_state(parts.store, NudgeState.SNOOZED),
    )
    series = {nudge.series for nudge in waiting}
    return decide.Circumstances(
        playbook=parts.playbook(),
        calendar=parts.calendar(),
        waiting=waiting,
        shared_series=frozenset(number for number in series if nudges.joined(parts.store, number)),
        read_lately=nudges.recent_templates(parts.store, now - decide.READ_LATELY),
    )
