"""Letters: drafted once, rewritten in place, moved by compare-and-set, each move an entry in the log."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.address import identity, readable
from followup.model.letter import MOVES, Letter, LetterKind, LetterState
from followup.store import log
from followup.store.database import Database, instant, maybe_instant, to_instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a letter says and to whom: text, the bytes made of it (without the Date line), their digest."""

    recipient: str | None
    subject: str
    body: str
    message: bytes
    digest: str


def everything(store: Database) -> list[Letter]:
    return [_letter(row) for row in _SQL.everything(store.connection, person=store.person)]


def gone(store: Database, number: int, beyond: int = 0) -> list[Letter]:
    """So many of the letters that went, the latest first, from the place `beyond` on."""
    rows = _SQL.gone(store.connection, person=store.person, number=number, beyond=beyond)
    return [_letter(row) for row in rows]


def portion(store: Database, state: LetterState, number: int, beyond: int = 0) -> list[Letter]:
    """So many letters in this state from the place `beyond` on: the newest first, of the approved the first to go."""
    if state is LetterState.APPROVED:
        rows = _SQL.next_to_go(store.connection, person=store.person, number=number, beyond=beyond)
    else:
        rows = _SQL.portion(store.connection, person=store.person, state=state, number=number, beyond=beyond)
    return [_letter(row) for row in rows]


def next_draft(store: Database, letter: int) -> Letter | None:
    """The draft to read after this letter: the newest older one, else the newest of all but this."""
    row = _SQL.draft_before(store.connection, person=store.person, id=letter)
    if row is not None:
        return _letter(row)
    return next((one for one in portion(store, LetterState.DRAFT, 1) if one.id != letter), None)


def in_state(store: Database, state: LetterState) -> list[Letter]:
    return [_letter(row) for row in _SQL.in_state(store.connection, person=store.person, state=state)]


def of_application(store: Database, application: int) -> list[Letter]:
    rows = _SQL.of_application(store.connection, person=store.person, application=application)
    return [_letter(row) for row in rows]


def written_about(store: Database) -> frozenset[int]:
    """The applications that have a letter."""
    return frozenset(row["application"] for row in _SQL.written_about(store.connection, person=store.person))


def of_kind(store: Database, application: int, kind: LetterKind) -> Letter | None:
    """The one letter of this kind that an application has, ever."""
    return next((letter for letter in of_application(store, application) if letter.kind is kind), None)


def one(store: Database, letter: int) -> Letter | None:
    row = _SQL.one(store.connection, person=store.person, id=letter)
    return None if row is None else _letter(row)


def written_to(store: Database, recipient: str) -> list[Letter]:
    """The letters that may have reached this address or are about to, the latest first."""
    spellings = {"in_ascii": identity(recipient), "readable": readable(recipient)}
    return [_letter(row) for row in _SQL.written_to(store.connection, person=store.person, **spellings)]


def same_text(store: Database, letter: Letter) -> bool:
    """Whether this very text went to the same company for another application."""
    found = _SQL.same_text(
        store.connection,
        person=store.person,
        application=letter.application,
        company=letter.company,
        body=letter.text,
    )
    return bool(found["number"])


def unfollowed(store: Database, since: datetime) -> list[Letter]:
    """The feedback requests of rejections that went since then, of which no follow-up was ever drafted."""
    return [_letter(row) for row in _SQL.unfollowed(store.connection, person=store.person, since=instant(since))]


def asked_and_answered(store: Database) -> tuple[int, int]:
    """How many employers were asked, and how many of them answered."""
    row = _SQL.asked_and_answered(store.connection, person=store.person)
    return row["asked"], row["answered"]


def sent_since(store: Database, since: datetime) -> tuple[int, datetime | None]:
    """How many letters went since then, and when the last one did."""
    row = _SQL.sent_since(store.connection, person=store.person, since=instant(since))
    return row["number"], to_instant(row["latest"])


def message(store: Database, letter: int) -> tuple[bytes, str | None]:
    """The bytes without the Date line, and that line if an attempt has stamped it."""
    row = _SQL.message(store.connection, person=store.person, id=letter)
    return bytes(row["message"]), row["date_line"]


def last_id(store: Database) -> int:
    return int(_SQL.last_id(store.connection, person=store.person)["id"])


def counts(store: Database) -> dict[LetterState, int]:
    return {LetterState(row["state"]): row["number"] for row in _SQL.counts(store.connection, person=store.person)}


def add(
    store: Database,
    letter: int,
    application: int,
    kind: LetterKind,
    content: Content,
    message_id: str,
    not_before: datetime,
    now: datetime,
    *,
    why: str,
    by_name: bool = False,
) -> None:
    """A new draft."""
    _SQL.add(
        store.connection,
        person=store.person,
        id=letter,
        application=application,
        kind=kind,
        recipient=content.recipient,
        subject=content.subject,
        body=content.body,
        message_id=message_id,
        message=content.message,
        digest=content.digest,
        not_before=instant(not_before),
        created_at=instant(now),
        by_name=by_name,
    )
    log.add(store, now, "followup", f"L{letter}", "drafted", application=application, why=why, digest=content.digest)


def rewrite(store: Database, letter: Letter, content: Content, now: datetime, *, by_hand: bool, who: str) -> bool:
    """Give a draft new text; False if it has moved or changed since it was read."""
    changed = _SQL.rewrite(
        store.connection,
        person=store.person,
        id=letter.id,
        revision=letter.revision,
        recipient=content.recipient,
        subject=content.subject,
        body=content.body,
        edited=by_hand,
        message=content.message,
        digest=content.digest,
    )
    if changed:
        log.add(store, now, who, f"L{letter.id}", "rewritten", application=letter.application, digest=content.digest)
    return bool(changed)


def approve(
    store: Database, letter: Letter, not_before: datetime, now: datetime, *, at_once: bool, asks_known: int = 0
) -> bool:
    """The person's yes to exactly this digest; False if the draft has moved or changed since it was read.

    `asks_known` is the latest ask that was looked at for it (`asked.Memory.latest`).
    """
    changed = _SQL.approve(
        store.connection,
        person=store.person,
        id=letter.id,
        digest=letter.digest,
        not_before=instant(not_before),
        at_once=at_once,
        approved_at=instant(now),
        asks_known=asks_known,
    )
    if changed:
        log.add(store, now, "you", f"L{letter.id}", "approved", application=letter.application, digest=letter.digest)
    return bool(changed)


def hasten(store: Database, letter: Letter, digest: str, now: datetime) -> bool:
    """Let a letter that is approved go now; False if it has moved or changed since it was read."""
    changed = _SQL.hasten(store.connection, person=store.person, id=letter.id, digest=digest, now=instant(now))
    if changed:
        log.add(store, now, "you", f"L{letter.id}", "hastened", application=letter.application, digest=digest)
    return bool(changed)


def move(
    store: Database,
    letter: Letter,
    after: LetterState,
    now: datetime,
    *,
    who: str,
    reason: str | None = None,
) -> bool:
    """Move a letter along the table of moves; False if another process was first.

    One that the person says did go although nobody knew went when it set out.
    """
    if after not in MOVES[letter.state]:
        raise ValueError(f"a letter does not go from {letter.state} to {after}")
    changed = _SQL.move(
        store.connection,
        person=store.person,
        id=letter.id,
        before=letter.state,
        approved_at=maybe_instant(letter.approved_at),
        after=after,
        reason=reason,
        sent_at=instant(_went_at(letter, now)) if after is LetterState.SENT else None,
        now=instant(now),
    )
    if changed:
        log.add(
            store, now, who, f"L{letter.id}", after, application=letter.application, why=reason, digest=letter.digest
        )
    return bool(changed)


def begin(store: Database, letter: Letter, date_line: str, now: datetime) -> tuple[bytes, str] | None:
    """The intent to send an approved letter: its bytes and the Date line that goes before them, this one or that of
    the first attempt; None if that yes was taken back, also where another one was given, or mail is paused.
    """
    row = _SQL.begin(
        store.connection,
        person=store.person,
        id=letter.id,
        approved_at=maybe_instant(letter.approved_at),
        date_line=date_line,
        begun_at=instant(now),
    )
    if row is None:
        return None
    what = LetterState.SENDING
    log.add(store, now, "followup", f"L{letter.id}", what, application=letter.application, digest=letter.digest)
    return bytes(row["message"]), row["date_line"]


def begun(store: Database, recipient: str, at: datetime) -> list[str]:
    """The Message-IDs of the letters that set out to this address at this moment."""
    spellings = {"in_ascii": identity(recipient), "readable": readable(recipient)}
    rows = _SQL.begun(store.connection, person=store.person, **spellings, begun_at=instant(at))
    return [row["message_id"] for row in rows]


def put_off(store: Database, letter: Letter, now: datetime, *, attempts: int, try_after: datetime, reason: str) -> None:
    """It stays approved and is tried again later."""
    changed = _SQL.put_off(
        store.connection,
        person=store.person,
        id=letter.id,
        approved_at=maybe_instant(letter.approved_at),
        attempts=attempts,
        try_after=instant(try_after),
        reason=reason,
    )
    if changed:
        log.add(store, now, "followup", f"L{letter.id}", "put off", application=letter.application, why=reason)


def ask_by_name(store: Database, letter: Letter) -> None:
    """Let this letter stand although its row does not say rejected."""
    _SQL.ask_by_name(store.connection, person=store.person, id=letter.id)


def remark(store: Database, letter: Letter, reason: str | None, now: datetime) -> bool:
    """Note on a draft what its reader should know, or on a letter being sent why it is not to be tried again.

    False if it has moved meanwhile.
    """
    changed = _SQL.remark(store.connection, person=store.person, id=letter.id, state=letter.state, reason=reason)
    if changed:
        why = reason or "no longer so"
        log.add(store, now, "followup", f"L{letter.id}", "noted", application=letter.application, why=why)
    return bool(changed)


def _went_at(letter: Letter, now: datetime) -> datetime:
    doubted = letter.state in (LetterState.IN_DOUBT, LetterState.DRAFT)
    return letter.may_have_gone_at if doubted and letter.may_have_gone_at is not None else now


def _letter(row: sqlite3.Row) -> Letter:
    return Letter(
        id=row["id"],
        application=row["application"],
        company=row["company"],
        role=row["role"],
        kind=LetterKind(row["kind"]),
        state=LetterState(row["state"]),
        revision=row["revision"],
        to=row["recipient"],
        subject=row["subject"],
        text=row["body"],
        edited=bool(row["edited"]),
        message_id=row["message_id"],
        digest=row["digest"],
        not_before=datetime.fromisoformat(row["not_before"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        at_once=bool(row["at_once"]),
        approved_at=to_instant(row["approved_at"]),
        sent_at=to_instant(row["sent_at"]),
        reason=row["reason"],
        attempts=row["attempts"],
        try_after=to_instant(row["try_after"]),
        begun_at=to_instant(row["begun_at"]),
        may_have_gone_at=to_instant(row["may_have_gone_at"]),
        asks_known=row["asks_known"],
        by_name=bool(row["by_name"]),
    )
