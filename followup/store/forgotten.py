"""Forgetting an employer: their data is blanked everywhere; of an address only a keyed hash is kept."""

import hashlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.address import identity
from followup.store import log, questions
from followup.store.database import Database, maybe_instant, to_instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


def blank(store: Database, application: int, company: str, now: datetime) -> None:
    """Blank all that is known of this application's employer; to be called inside a transaction."""
    at = {"person": store.person, "application": application}
    questions.forget(store, application, company)
    for act in (_SQL.blank_samples, _SQL.blank_troubles):
        act(store.connection, person=store.person)
    _SQL.blank_application(store.connection, person=store.person, id=application)
    _SQL.blank_letters(store.connection, **at, nothing=b"")
    for act in (_SQL.blank_nudges, _SQL.drop_facts, _SQL.drop_journal):
        act(store.connection, **at)
    log.add(store, now, "you", f"A{application}", "forgotten", application=application)


def keep(store: Database, address: str, *, asked_at: datetime | None, never: bool) -> None:
    """Keep the hash of an address instead of the address."""
    hashed = _hash(store, address)
    _SQL.keep(store.connection, person=store.person, hash=hashed, asked_at=maybe_instant(asked_at), never=never)
    for act in (_SQL.drop_never, _SQL.drop_refused):
        act(store.connection, person=store.person, address=identity(address))


def of(store: Database, address: str) -> tuple[datetime | None, bool]:
    """(when this address was asked, whether never to write there), of addresses that were forgotten."""
    row = _SQL.of(store.connection, person=store.person, hash=_hash(store, address))
    return (None, False) if row is None else (to_instant(row["asked_at"]), bool(row["never"]))


def purge(store: Database) -> bool:
    """Let nothing of what was blanked stand in the file: SQLite keeps deleted text until its pages are used again.

    False where another program reads the file just now: it is so once that has ended.
    """
    store.connection.execute("VACUUM")
    busy, *_ = store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _hash(store: Database, address: str) -> str:
    row = _SQL.key(store.connection, person=store.person)
    if row is None:
        _SQL.make_key(store.connection, person=store.person, key=secrets.token_bytes(32))
        row = _SQL.key(store.connection, person=store.person)
    return hashlib.blake2b(identity(address).encode(), key=bytes(row["key"]), digest_size=16).hexdigest()
