"""A copy of the whole store while others use it, and back again (SQLite's own online backup)."""

import sqlite3
from contextlib import closing
from pathlib import Path

from followup.errors import StoreError
from followup.store.database import Database, newest_version

BEFORE = "followup-before-restore.db"
FOR_GOOD = ("never", "refused", "forgotten", "secret")


def save(store: Database, target: Path) -> None:
    """Write everything to this new file, readable by its owner only; raises StoreError."""
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise StoreError(f"{target} is there already. Name a file that is not.") from None
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.") from None
    try:
        with closing(sqlite3.connect(target)) as copy:
            store.connection.backup(copy)
    except sqlite3.Error as error:
        target.unlink()
        raise StoreError(f"{target} cannot be written: {error}.") from None


def carry_over(store: Database, before: Path) -> None:
    """Add to a restored store what holds for good and stands in the one before it."""
    with store.telling():
        store.connection.execute("ATTACH ? AS before", [str(before)])
        for table in FOR_GOOD:
            store.connection.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM before.{table}")
        store.connection.execute("DETACH before")


def load(store: Database, source: Path) -> Path:
    """Put this copy in the store's place; where the present one was kept. Raises StoreError for what is no copy."""
    before = store.folder / BEFORE
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            version = copy.execute("PRAGMA user_version").fetchone()[0]
            whole = copy.execute("PRAGMA integrity_check").fetchone()[0]
            copy.execute("SELECT count(*) FROM letter").fetchone()
            if whole != "ok" or not 0 < version <= newest_version():
                raise StoreError(f"{source} is damaged, or of a newer followup. Nothing was changed.")
            before.unlink(missing_ok=True)
            save(store, before)
            copy.backup(store.connection)
    except sqlite3.Error as error:
        raise StoreError(f"{source} is no backup of followup ({error}). Nothing was changed.") from None
    return before
