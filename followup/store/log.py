"""The append-only log: what happened, when, by whom and why."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.log import LogEntry
from followup.store.database import Database, instant, to_instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


def add(
    store: Database,
    now: datetime,
    who: str,
    subject: str,
    what: str,
    *,
    application: int | None = None,
    why: str | None = None,
    digest: str | None = None,
) -> None:
    """Write one entry; ids and reasons only, never names, addresses or text."""
    _SQL.add(
        store.connection,
        person=store.person,
        at=instant(now),
        who=who,
        application=application,
        subject=subject,
        what=what,
        why=why,
        digest=digest,
    )


def of_application(store: Database, application: int) -> list[LogEntry]:
    rows = _SQL.of_application(store.connection, person=store.person, application=application)
    return [_entry(row) for row in rows]


def about(store: Database, application: int, subject: str) -> list[LogEntry]:
    """The entries about one letter or nudge of an application, by its id (`L3`)."""
    rows = _SQL.about(store.connection, person=store.person, application=application, subject=subject)
    return [_entry(row) for row in rows]


def last_about(store: Database, application: int, subject: str) -> int:
    """The id of the latest entry about one letter or nudge of an application, or 0."""
    row = _SQL.last_about(store.connection, person=store.person, application=application, subject=subject)
    return int(row["id"])


def last_id(store: Database) -> int:
    """The id of the latest entry: it grows with everything that happens."""
    return int(_SQL.last_id(store.connection, person=store.person)["id"])


def latest(store: Database, number: int) -> list[LogEntry]:
    """The last entries, oldest of them first."""
    rows = _SQL.latest(store.connection, person=store.person, number=number)
    return [_entry(row) for row in rows][::-1]


def _entry(row: sqlite3.Row) -> LogEntry:
    return LogEntry(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        who=row["who"],
        application=row["application"],
        subject=row["subject"],
        what=row["what"],
        why=row["why"],
        digest=row["digest"],
    )


def last_at(store: Database) -> datetime | None:
    """The latest moment of the last 5,000 entries, since the clock was last said to be right."""
    return to_instant(_SQL.last_at(store.connection, person=store.person)["at"])
