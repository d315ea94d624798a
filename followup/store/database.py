"""Open the store: one SQLite file, one person's rows in it, short transactions, step locks beside it.

A transaction is never open while the network is used.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from time import monotonic

from followup.errors import Busy, StoreError

FILE_NAME = "followup.db"
BUSY_SECONDS = 10
NETWORK_FILESYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph"})
"""SQLite's WAL needs shared memory, which these do not give (sqlite.org, "Write-Ahead Logging")."""

_MIGRATIONS = Path(__file__).with_name("migrations")


@dataclass(frozen=True, slots=True)
class Database:
    """An open store, seen by one person."""

    connection: sqlite3.Connection
    person: int
    folder: Path

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Raises StoreError when the disk is full or the store stays locked."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(_trouble(self.folder / FILE_NAME, error)) from error

    @contextmanager
    def lock(self, step: str, *, wait: float = 0) -> Iterator[None]:
        """Hold this step's lock: one process at a time does it. The system frees it when the process ends, however.

        Raises Busy after `wait` seconds.
        """
        descriptor = os.open(self._lock_file(step), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _acquire(descriptor, step, monotonic() + wait)
            yield
        finally:
            os.close(descriptor)

    def is_locked(self, step: str) -> bool:
        """Whether some process is in this step now."""
        try:
            with self.lock(step):
                return False
        except Busy:
            return True

    def _lock_file(self, step: str) -> Path:
        return self.folder / f"{step}.lock"


def open_store(folder: Path, person: int = 1) -> Database:
    """Open the store of this folder, making or migrating it first; raises StoreError with what to do."""
    file = folder / FILE_NAME
    kind = filesystem(folder.resolve(), _mounts())
    if kind in NETWORK_FILESYSTEMS:
        raise StoreError(
            f"{folder} is on a network folder ({kind}), where the store is not safe."
            " Keep the settings on a disk of this machine; the tracker may stay where it is."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        connection = sqlite3.connect(
            file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _migrate(connection, file)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(_trouble(file, error)) from error
    return Database(connection, person, folder)


def migrate(store: Database) -> None:
    """Bring an open store up to this version: after a backup of an older one took its place."""
    _migrate(store.connection, store.folder / FILE_NAME)


def newest_version() -> int:
    """The version of the store that this followup writes."""
    return len(list(_MIGRATIONS.glob("*.sql")))


def _migrate(connection: sqlite3.Connection, file: Path) -> None:
    steps = sorted(_MIGRATIONS.glob("*.sql"))
    if _version(connection) == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _version(connection)
        if done > len(steps):
            raise StoreError(
                f"{file} was written by a newer followup (its version is {done}, this one knows {len(steps)})."
                " Nothing was changed. To use it, upgrade: pipx upgrade followup"
            )
        for step in steps[done:]:
            for statement in _statements(step.read_text(encoding="utf-8")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _acquire(descriptor: int, step: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= deadline:
                raise Busy(f"Another followup is busy with {step} just now. Try again in a moment.") from None
            Event().wait(0.02)
        else:
            return


def _mounts() -> str:
    """What Linux says is mounted; empty elsewhere."""
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def filesystem(folder: Path, mounts: str) -> str:
    """The kind of file system a folder is on, by lines of `device mount kind …`; empty where they don't tell."""
    best = ("", "")
    for line in mounts.splitlines():
        _, mount, kind, *_ = line.split(" ")
        if folder.is_relative_to(mount) and len(mount) >= len(best[0]):
            best = (mount, kind)
    return best[1]


def _trouble(file: Path, error: Exception) -> str:
    text = str(error)
    if "locked" in text:
        return f"{file} is locked by another program for more than {BUSY_SECONDS} seconds. Close it and try again."
    if "full" in text or "No space" in text:
        return f"The disk is full, so {file} cannot be written. Nothing was sent. Free some room and try again."
    if "not a database" in text or "malformed" in text:
        return f"{file} is damaged ({text}). Nothing was sent. Put back a copy, or move it away to begin anew."
    return f"{file} cannot be used: {text}. Nothing was sent."


def instant(value: datetime) -> str:
    """UTC text of one width; naive times are refused."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def maybe_instant(value: datetime | None) -> str | None:
    return None if value is None else instant(value)


def to_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def to_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
