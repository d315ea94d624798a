"""Forgetting an employer: their data is blanked everywhere; of an address only a keyed hash is kept.

What is kept is named, column by column; all else that the schema has is blanked, so that a new column is too.
"""

import hashlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.address import identity
from followup.model.application import FORGOTTEN
from followup.store import log, questions
from followup.store.database import Database, maybe_instant, to_instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")

KEPT = {
    # The digests stay: the row, should it stand in the sheet still, is no new one.
    "application": "person id line outcome stage language applied_on interview_on outcome_on outcome_on_from"
    " fingerprint cells skeleton present first_seen",
    "letter": "person id application kind state revision edited message_id digest date_line not_before at_once by_name"
    " created_at approved_at sent_at attempts try_after begun_at may_have_gone_at asks_known",
    "nudge": "person id application series event tip template state due_at conditions delivered_at",
    "question": "person id kind key text about asked_at answer answered_at",  # made anew by questions.forget
    # What was read is told with samples of its cells, its problems may name a company, and so may what stood in the
    # way of a step; it is told again where it still does.
    "tracker": "person path signature digest read_at trouble language encoding read_with",
    "run": "person step at",
    "joined": "person series application",
}
"""Table → the columns that hold nothing of an employer's. A table that is not named has nothing to keep of one."""
_BLANKS = {("application", "company"): f"'{FORGOTTEN}'", ("tracker", "problems"): "'[]'"}
"""What stands in place of words where no words would be misread, as SQL."""
_NOTHING = {"TEXT": "''", "BLOB": "x''", "INTEGER": "0", "REAL": "0"}
"""What stands in place of words where there must be something, by the column's type, as SQL."""

_NAMED_BESIDE = "series IN (SELECT series FROM joined WHERE person = :person AND application = :application)"


def blank(store: Database, application: int, company: str, now: datetime) -> None:
    """Blank all that is known of this application's employer; to be called inside a transaction."""
    at = {"person": store.person, "application": application}
    for question in questions.forget(store, application, company):
        _blank_rows(store, "question", "id = :id", person=store.person, id=question)
    _blank_rows(store, "application", "id = :application", **at)
    # Nudges that named it beside another keep their subject, which is of the other.
    _blank_rows(store, "nudge", _NAMED_BESIDE, "subject", **at)
    for table in _tables_about_applications(store):
        if table not in KEPT:
            store.connection.execute(f"DELETE FROM {table} WHERE person = :person AND application = :application", at)
        else:
            _blank_rows(store, table, "application = :application", **at)
    for table in ("tracker", "run"):
        _blank_rows(store, table, "TRUE", person=store.person)
    log.add(store, now, "you", f"A{application}", "forgotten", application=application)


def _tables_about_applications(store: Database) -> list[str]:
    """The tables whose rows are each about one application, by its number; but for the log, which has ids and reasons
    alone and is never changed.
    """
    rows = store.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'log'")
    return [table for (table,) in rows if any(name == "application" for name, *_ in _columns(store, table))]


def _columns(store: Database, table: str) -> list[tuple[str, str, bool]]:
    """(name, type, whether there must be something in it) of each column."""
    rows = store.connection.execute('SELECT name, type, "notnull" FROM pragma_table_info(?)', [table])
    return [(name, kind, bool(must)) for name, kind, must in rows]


def _blank_rows(store: Database, table: str, where: str, *also_kept: str, **values: object) -> None:
    """Blank what is not kept in the person's rows of a table for which `where` holds."""
    kept = {*KEPT[table].split(), *also_kept}
    blanks = [
        f"{name} = {_BLANKS.get((table, name)) or (_NOTHING[kind] if must else 'NULL')}"
        for name, kind, must in _columns(store, table)
        if name not in kept
    ]
    if blanks:
        store.connection.execute(f"UPDATE {table} SET {', '.join(blanks)} WHERE person = :person AND {where}", values)


def keep(store: Database, address: str, *, asked_at: datetime | None, never: bool) -> None:
    """Keep the hash of an address instead of the address."""
    _SQL.make_key(store.connection, person=store.person, key=secrets.token_bytes(32))
    hashed = _hash(address, _SQL.key(store.connection, person=store.person)["key"])
    _SQL.keep(store.connection, person=store.person, hash=hashed, asked_at=maybe_instant(asked_at), never=never)
    for act in (_SQL.drop_never, _SQL.drop_refused):
        act(store.connection, person=store.person, address=identity(address))


def of(store: Database, address: str) -> tuple[datetime | None, bool]:
    """(when this address was asked, whether never to write there), of addresses that were forgotten."""
    key = _SQL.key(store.connection, person=store.person)
    if key is None:
        return None, False
    row = _SQL.of(store.connection, person=store.person, hash=_hash(address, key["key"]))
    return (None, False) if row is None else (to_instant(row["asked_at"]), bool(row["never"]))


def purge(store: Database) -> bool:
    """Let nothing of what was blanked stand in the file: SQLite keeps deleted text until its pages are used again.

    False where another program reads the file just now: it is so once that has ended.
    """
    store.connection.execute("VACUUM")
    busy, *_ = store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _hash(address: str, key: bytes) -> str:
    return hashlib.blake2b(identity(address).encode(), key=key, digest_size=16).hexdigest()
