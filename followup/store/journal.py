"""What employers answered, in their own words."""

from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.journal import JournalEntry
from followup.store import log
from followup.store.database import Database, instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


def put(store: Database, application: int, text: str, now: datetime) -> None:
    """Keep an answer; a later one of the same application takes its place."""
    _SQL.put(store.connection, person=store.person, application=application, at=instant(now), text=text)
    log.add(store, now, "you", f"A{application}", "answer kept", application=application)


def words(store: Database, application: int) -> str | None:
    """What this employer wrote, if the person kept it."""
    row = _SQL.one(store.connection, person=store.person, application=application)
    return None if row is None else str(row["text"])


def everything(store: Database) -> list[JournalEntry]:
    """All answers, the latest first."""
    return [
        JournalEntry(
            application=row["application"],
            company=row["company"],
            role=row["role"],
            at=datetime.fromisoformat(row["at"]),
            text=row["text"],
        )
        for row in _SQL.everything(store.connection, person=store.person)
    ]
