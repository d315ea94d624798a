"""What must hold after every kill: the server's own file against what the store says. Knows nothing of the product."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from types import MappingProxyType

MAY_HAVE_LEFT = {"sending", "sent", "in_doubt"}
STATES = MAY_HAVE_LEFT | {"draft", "approved", "failed", "handed_over", "discarded", "withdrawn", "answered", "bounced"}
HEADERS = sorted(
    ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
)
UNSETTLED = {"approved", "sending"}


@dataclass(frozen=True)
class Mail:
    """What the server accepted. `asked_at` is when it was asked whether it would take a mail for this address."""

    recipient: str
    data: bytes
    asked_at: float = 0.0

    @property
    def digest(self) -> str:
        date, _, rest = self.data.partition(b"\r\n")
        return hashlib.sha256(rest).hexdigest() if date.startswith(b"Date: ") else "no date"

    @property
    def message_id(self) -> str:
        return str(message_from_bytes(self.data)["Message-ID"])

    @property
    def forged(self) -> bool:
        """Whether it has other headers than a letter, or another recipient than its envelope."""
        message = message_from_bytes(self.data)
        return sorted(message.keys()) != HEADERS or message["To"] != self.recipient


def replayed(log: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Letter → the state that the log's entries, (subject, what), lead to."""
    states = {}
    for subject, what in log:
        moved = "draft" if what == "drafted" else what
        if subject.startswith("L") and moved in STATES:
            states[subject] = moved
    return states


def accepted(ledger: Path) -> list[Mail]:
    if not ledger.exists():
        return []
    kept = [json.loads(line) for line in ledger.read_text().splitlines()]
    return [Mail(one["recipient"], base64.b64decode(one["data"]), one["asked_at"]) for one in kept]


def faults(
    approved: Mapping[str, str],
    mails: list[Mail],
    states: Mapping[str, str],
    *,
    final: bool,
    asked: Set[str] = frozenset(),
    set_back: Mapping[str, float] = MappingProxyType({}),
) -> list[str]:
    """Every broken promise in a sentence.

    `approved` is address → digest of the yes; `asked` are those of them whose yes may have died before it was kept.
    Each address belongs to one application. `set_back` is address → when its row stopped saying rejected. `final` says
    that nothing is due any more.
    """
    found = []
    got = Counter(mail.recipient for mail in mails)
    found += [f"{address} got {times} mails" for address, times in got.items() if times > 1]
    ids = Counter(mail.message_id for mail in mails)
    found += [f"{name} was accepted {times} times" for name, times in ids.items() if times > 1]
    found += [fault for mail in mails for fault in _of_mail(mail, approved, set_back)]
    for address in approved:
        state = states.get(address, "lost")
        if got[address] and state not in MAY_HAVE_LEFT:
            found.append(f"{address} got its mail, and the letter is {state}")
        if state == "sent" and not got[address]:
            found.append(f"{address} got nothing, and the letter is sent")
        unkept = (state == "draft" and address in asked) or (state in {"draft", "withdrawn"} and address in set_back)
        if state not in MAY_HAVE_LEFT | UNSETTLED and not unkept:
            found.append(f"{address} was approved, and the letter is {state}")
        if final and state in UNSETTLED:
            found.append(f"{address} waits for ever: {state}")
    return found


def _of_mail(mail: Mail, approved: Mapping[str, str], set_back: Mapping[str, float]) -> list[str]:
    found = []
    if mail.recipient not in approved:
        found.append(f"{mail.recipient} got what nobody approved")
    elif mail.digest != approved[mail.recipient]:
        found.append(f"{mail.recipient} got other bytes than were approved")
    if mail.forged:
        found.append(f"{mail.recipient} got headers that no letter has")
    if mail.asked_at > set_back.get(mail.recipient, mail.asked_at):
        found.append(f"{mail.recipient} got a mail though its row had been set back")
    return found
