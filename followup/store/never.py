"""Addresses that are never written to, kept for good."""

from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.address import identity
from followup.store import log
from followup.store.database import Database, instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


def add(store: Database, address: str, now: datetime) -> None:
    _SQL.add(store.connection, person=store.person, address=identity(address), at=instant(now))
    log.add(store, now, "you", "never", "address kept")


def everything(store: Database) -> list[str]:
    return [row["address"] for row in _SQL.everything(store.connection, person=store.person)]


def stands(store: Database, address: str) -> bool:
    """Whether the person said never to write there."""
    return bool(_SQL.stands(store.connection, person=store.person, address=identity(address))["number"])
