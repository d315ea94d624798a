"""A letter's words → the bytes that a yes binds to; and what is shown of a letter, which is what its bytes show."""

from dataclasses import replace

from followup.letters import mime, readback
from followup.model.address import as_carried, for_people
from followup.model.letter import MAY_HAVE_REACHED, Letter, LetterKind, LetterState, Text
from followup.model.mail import Mail
from followup.model.person import Person
from followup.steps.parts import Parts
from followup.store import letters
from followup.store.letters import Content


def mail(person: Person, text: Text, recipient: str | None, message_id: str, before: Letter | None = None) -> Mail:
    """What an employer is meant to see of a letter; `before` is the letter that it follows in the same thread."""
    return Mail(
        sender_name=person.name,
        sender=as_carried(person.email),
        recipient=None if recipient is None else as_carried(recipient),
        subject=text.subject,
        text=text.text,
        message_id=message_id,
        answered=before.message_id if before is not None and before.approved_at is not None else None,
    )


def seal(parts: Parts, text: Text, recipient: str | None, message_id: str, before: Letter | None = None) -> Content:
    """The bytes and digest of a text for a recipient; `before` is the letter that it follows in the same thread."""
    message = mime.write(mail(parts.person, text, recipient, message_id, before))
    return Content(
        recipient=recipient, subject=text.subject, body=text.text, message=message, digest=mime.digest(message)
    )


def seal_again(parts: Parts, letter: Letter, text: Text, recipient: str | None) -> Content:
    """The bytes and digest of a letter of the outbox with this text and recipient."""
    return seal(parts, text, recipient, letter.message_id, before(parts, letter.kind, letter.application))


def before(parts: Parts, kind: LetterKind, application: int) -> Letter | None:
    """The letter that one of this kind follows: the feedback request for all others, if the employer may have it."""
    if kind is LetterKind.FEEDBACK_REQUEST:
        return None
    first = letters.of_kind(parts.store, application, LetterKind.FEEDBACK_REQUEST)
    return first if first is not None and first.state in MAY_HAVE_REACHED else None


def flaws(parts: Parts, letter: Letter) -> tuple[str, ...]:
    """What of a draft would not arrive as it is shown, in words."""
    return unlike(_meant(parts, letter))


def unlike(meant: Mail) -> tuple[str, ...]:
    """What of a mail its reader would see otherwise than it is meant, in words."""
    return readback.differences(readback.read(mime.write(meant)), meant)


def shown(parts: Parts, letter: Letter) -> Mail:
    """What is shown of a letter: a draft with today's name and address, any other as its bytes have it."""
    message, _ = letters.message(parts.store, letter.id)
    if letter.state is LetterState.DRAFT or not message:
        return replace(_meant(parts, letter), sender=parts.person.email, recipient=letter.to)
    seen = readback.read(message)
    recipient = None if seen.recipient is None else for_people(seen.recipient)
    return replace(seen, sender=for_people(seen.sender), recipient=recipient)


def objection(parts: Parts, letter: Letter) -> str | None:
    """Why the bytes of an approved letter are not to leave now; None if they may.

    The name may have changed since the yes: the letter goes under the one that was shown. Raises StoreError where the
    bytes are not those of the yes.
    """
    message = letters.message(parts.store, letter.id)[0]
    if mime.digest(message) != letter.digest:
        raise parts.store.damaged(f"L{letter.id} is not as it was approved")
    seen = readback.read(message)
    if seen.sender != as_carried(parts.person.email):
        return "your address has changed in your settings; read it again before it goes"
    meant = replace(_meant(parts, letter), sender_name=seen.sender_name)
    wrong = readback.differences(seen, meant)
    return f"it would not arrive as it was shown ({', '.join(wrong)}); read it again before it goes" if wrong else None


def _meant(parts: Parts, letter: Letter) -> Mail:
    text = Text(subject=letter.subject, text=letter.text)
    return mail(parts.person, text, letter.to, letter.message_id, before(parts, letter.kind, letter.application))
