"""What the mail server said of the account as a whole, and of addresses for good."""

from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.address import identity
from followup.store.database import Database, instant, to_instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


def wait(store: Database, until: datetime, attempts: int) -> None:
    """Try no letter before then; so many attempts in a row ended like this."""
    _SQL.wait(store.connection, person=store.person, until=instant(until), attempts=attempts)


def go_on(store: Database, now: datetime) -> None:
    """The server takes letters again; unless it has asked for patience meanwhile, on another connection."""
    _SQL.go_on(store.connection, person=store.person, now=instant(now))


def patience(store: Database) -> tuple[datetime, int] | None:
    """(until when no letter is tried, how many attempts in a row ended so), or None."""
    row = _SQL.patience(store.connection, person=store.person)
    return None if row is None else (datetime.fromisoformat(row["until"]), row["attempts"])


def refuse(store: Database, address: str, now: datetime) -> None:
    """Mark an address that a server refused for good."""
    _SQL.refuse(store.connection, person=store.person, address=identity(address), at=instant(now))


def refused_at(store: Database, address: str) -> datetime | None:
    """When a server refused this address for good."""
    row = _SQL.refused(store.connection, person=store.person, address=identity(address))
    return None if row is None else to_instant(row["at"])
