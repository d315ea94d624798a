"""A mail as the one who gets it sees it, whatever its bytes look like."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What stands in a mail of ours. Addresses are as servers carry them, in ASCII; `recipient` may be open still.

    `answered` is the Message-ID of the mail that it follows in the same thread (RFC 5322, 3.6.4). `generated` marks a
    mail that no person wrote (RFC 3834), so that no robot answers it. `unexpected` names header lines that no mail of
    ours has, or has otherwise; it is empty in every mail that we mean to send.
    """

    sender_name: str
    sender: str
    recipient: str | None
    subject: str
    text: str
    message_id: str
    answered: str | None = None
    generated: bool = False
    unexpected: tuple[str, ...] = ()
