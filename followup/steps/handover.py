"""A letter in the person's own hands: as a file or a link for their mail program, or as a mail to themselves."""

import asyncio
from datetime import datetime
from urllib.parse import quote

from followup.errors import Refused
from followup.letters import mime
from followup.mail import smtp
from followup.mail.result import Ending
from followup.model.letter import Letter, Text
from followup.steps import drafting
from followup.steps.parts import Parts
from followup.store import letters


def eml(parts: Parts, letter: Letter, now: datetime) -> bytes:
    """The letter as a file that a mail program opens for sending."""
    message, _ = letters.message(parts.store, letter.id)
    return b"X-Unsent: 1\r\n" + mime.dated(message, mime.date_line(parts.calendar().local(now)))


def eml_name(letter: Letter) -> str:
    """What that file is called: letters and digits of the company, so that it can lead nowhere else."""
    name = "".join(sign if sign.isalnum() else "-" for sign in letter.company.casefold())
    return f"L{letter.id}-{'-'.join(part for part in name.split('-') if part)[:40] or 'letter'}.eml"


def mailto(letter: Letter) -> str:
    """The letter as a link that a mail program opens (RFC 6068)."""
    text = letter.text.replace("\n", "\r\n")
    return f"mailto:{quote(letter.to or '')}?subject={quote(letter.subject)}&body={quote(text)}"


def mail_to_myself(parts: Parts, letter: Letter, now: datetime) -> None:
    """Mail the letter to the person alone, to see it as it will arrive. Raises Refused where that fails."""
    account = parts.account()
    if account is None:
        raise Refused("No mail account is set up. To set one up: followup init")
    address, text = parts.person.email, Text(subject=letter.subject, text=letter.text)
    content = drafting.seal(parts, text, address, mime.new_message_id(parts.person))
    line = mime.date_line(parts.calendar().local(now))
    result = asyncio.run(smtp.send_one(account, address, address, mime.dated(content.message, line)))
    if result.ending is not Ending.ACCEPTED:
        raise Refused(f"It could not be mailed to you: {result.words}.")
