"""A letter in the person's own hands: as a file or a link for their mail program, or as a mail to themselves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

from followup import files
from followup.errors import Refused
from followup.letters import mime, prose
from followup.letters.proofread import arrival_notes
from followup.mail import smtp
from followup.mail.result import Ending
from followup.model.letter import Letter, LetterState, Text
from followup.model.mail import Mail
from followup.steps import review, sealing
from followup.steps.parts import Parts
from followup.store import letters


def eml(parts: Parts, letter: Letter, now: datetime) -> bytes:
    """The letter as a file that a mail program opens for sending. Raises Refused where it would show something else."""
    if letter.state is LetterState.DRAFT:
        review.refuse_flawed(letter, arrival_notes(sealing.flaws(parts, letter)))
        text = Text(subject=letter.subject, text=letter.text)
        message = sealing.seal_again(parts, letter, text, letter.to).message
    else:
        message, _ = letters.message(parts.store, letter.id)
    return b"X-Unsent: 1\r\n" + mime.dated(message, mime.date_line(parts.calendar().local(now)))


def eml_name(letter: Letter) -> str:
    """What that file is called: letters and digits of the company, so that it can lead nowhere else."""
    name = "".join(sign if sign.isalnum() else "-" for sign in letter.company.casefold())
    return f"L{letter.id}-{'-'.join(part for part in name.split('-') if part)[:40] or 'letter'}.eml"


@contextmanager
def new_eml(parts: Parts, letter: Letter, now: datetime) -> Iterator[Path]:
    """That file in the current folder, under a name that nothing has yet; gone again where what follows fails.

    Raises Refused where it cannot be written.
    """
    try:
        file = _create(Path.cwd() / eml_name(letter), eml(parts, letter, now))
    except OSError as error:
        raise Refused(
            f"The file for L{letter.id} cannot be written here ({error.strerror}), so nothing was changed."
            f" Do it in a folder of yours, or print the text: followup export --text L{letter.id}"
        ) from None
    try:
        yield file
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _create(wanted: Path, content: bytes) -> Path:
    """Write a new file under this name, or under the first one numbered on from it that is free."""
    for number in count(1):
        file = wanted if number == 1 else wanted.with_stem(f"{wanted.stem}-{number}")
        try:
            files.create(file, content)
        except FileExistsError:
            continue
        break
    return file


def mailto(letter: Mail) -> str:
    """The letter as a link that a mail program opens (RFC 6068)."""
    text = letter.text.replace("\n", "\r\n")
    return f"mailto:{quote(letter.recipient or '', safe='@')}?subject={quote(letter.subject)}&body={quote(text)}"


def mail_to_myself(parts: Parts, letter: Letter, now: datetime) -> None:
    """Mail the letter to the person alone, to see it as it will arrive. Raises Refused where that fails."""
    account = parts.account()
    if account is None:
        raise Refused("No mail account is set up. To set one up: followup init")
    address, text = parts.person.email, Text(subject=letter.subject, text=letter.text)
    meant = sealing.mail(parts.person, text, address, mime.new_message_id(parts.person))
    review.refuse_flawed(letter, arrival_notes(sealing.unlike(meant)))
    message = mime.dated(mime.write(meant), mime.date_line(parts.calendar().local(now)))
    result = asyncio.run(smtp.send_one(account, address, address, message))
    if result.ending is not Ending.ACCEPTED:
        raise Refused(f"It could not be mailed to you: {prose.sentence(result.words)}")
