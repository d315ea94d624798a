"""Open the store: one SQLite file, one person's rows in it, short transactions, step locks beside it.

A transaction is never open while the network is used.
"""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from time import monotonic

import platformdirs

from followup.errors import Busy, StoreError
from followup.model import company
from followup.store.mounts import mount_of

FILE_NAME = "followup.db"
BUSY_SECONDS = 10

_SYSTEM_ERRORS = {
    errno.ENOSPC: "FULL",
    errno.EDQUOT: "FULL",
    errno.EIO: "IOERR",
    errno.EROFS: "READONLY",
    errno.EACCES: "PERM",
    errno.EPERM: "PERM",
}

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
        with self.telling():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def marking(self) -> Iterator[Callable[[int], None]]:
        """Gives a function that notes, outside the store's folder, how far its log has come; both raise StoreError."""
        file = self._mark_file()
        with telling(file, OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)

        def mark(entry: int) -> None:
            # Of one width and in place, so that neither a full disk nor a kill makes it less than it was.
            with telling(file, OSError):
                os.pwrite(descriptor, f"{entry:20}\n".encode(), 0)

        try:
            yield mark
        finally:
            os.close(descriptor)

    def marked(self) -> int | None:
        """The last mark; 0 where there is none, None where it cannot be read."""
        try:
            return int(self._mark_file().read_text(encoding="ascii") or 0)
        except FileNotFoundError:
            return 0
        except (OSError, ValueError):
            return None

    def _mark_file(self) -> Path:
        """Named by the store's inode and first entry: no copy shares it, nor a store made anew in its place."""
        inode = (self.folder / FILE_NAME).stat().st_ino
        query = "SELECT at FROM log WHERE person = ? AND id = 1"
        first = self.connection.execute(query, [self.person]).fetchone()
        since = "".join(filter(str.isdigit, first["at"])) if first else "0"
        return platformdirs.user_state_path("followup") / f"{inode}-{self.person}-{since}.mark"

    def telling(self) -> AbstractContextManager[None]:
        """Raise as a StoreError, in a sentence, what SQLite cannot do within."""
        return telling(self.folder / FILE_NAME, sqlite3.Error)

    def check(self) -> None:
        """Look through all pages; raises StoreError where one is damaged."""
        with self.telling():
            found = self.connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise self.damaged(" ".join(found.split()))

    def damaged(self, what: str) -> StoreError:
        """The error for a store that can be read, and must not be believed."""
        return StoreError(_damaged(self.folder / FILE_NAME, what))

    @contextmanager
    def lock(self, step: str, *, wait: float = 0, busy: str | None = None) -> Iterator[None]:
        """Hold this step's lock: one process at a time does it. The system frees it when the process ends, however.

        Raises Busy after `wait` seconds, in the words of `busy`, and StoreError for what SQLite cannot do within.
        """
        file = self.folder / f"{step}.lock"
        with telling(file, OSError):
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not _acquired(descriptor, monotonic() + wait):
                raise Busy(busy or f"Another followup is busy with {step} just now. Try again in a moment.")
            with self.telling():
                yield
        finally:
            os.close(descriptor)

    def is_locked(self, step: str) -> bool:
        """Whether some process is in this step now. A look: it makes no file, and two looks do not meet."""
        file = self.folder / f"{step}.lock"
        if not file.exists():
            return False
        with telling(file, OSError):
            descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(descriptor)


def open_store(folder: Path, person: int = 1) -> Database:
    """Open the store of this folder, making or migrating it first; raises StoreError with what to do."""
    file = folder / FILE_NAME
    mount = mount_of(folder)
    if mount is not None and mount.is_network:
        raise StoreError(
            f"{folder} is on a network folder ({mount.kind} from {mount.source}), where the store is not safe."
            " Keep the settings on a disk of this machine; the tracker may stay where it is."
        )
    with telling(file, sqlite3.Error, OSError), ExitStack() as refused:
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.touch(mode=0o600)
        connection = sqlite3.connect(
            file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        refused.callback(connection.close)
        connection.row_factory = sqlite3.Row
        connection.create_function("contains", 2, company.contains, deterministic=True)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _migrate(connection, file)
        refused.pop_all()
    return Database(connection, person, folder)


@contextmanager
def looking_into(folder: Path, person: int = 1) -> Iterator[Database | None]:
    """The store of this folder to be looked into, of whatever version: nothing is written. None where there is none.

    Raises StoreError.
    """
    file = folder / FILE_NAME
    if not file.is_file():
        yield None
        return
    ahead = file.with_name(f"{FILE_NAME}-wal")
    # With nothing in the write-ahead log SQLite can do without the files that it would make beside the store.
    how = "mode=ro" if ahead.is_file() and ahead.stat().st_size else "immutable=1"
    with telling(file, sqlite3.Error, OSError):
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            yield Database(connection, person, folder)
        finally:
            connection.close()


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


def _acquired(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= deadline:
                return False
            Event().wait(0.02)
        else:
            return True


@contextmanager
def telling(file: Path, *kinds: type[Exception]) -> Iterator[None]:
    """Raise as a StoreError, in a sentence that names this file, what goes wrong within."""
    try:
        yield
    except kinds as error:
        raise StoreError(_trouble(file, error)) from error


def _trouble(file: Path, error: Exception) -> str:
    """What is wrong and what to do. A letter that has left by then is told by its state, so nothing is said of it."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    match _kind(error):
        case "BUSY" | "LOCKED":
            return f"{file} is locked by another program for more than {BUSY_SECONDS} seconds. Close it and try again."
        case "FULL":
            return f"The disk is full, so {file} cannot be written. Free some room; until then no letter goes."
        case "NOTADB" | "CORRUPT":
            return _damaged(file, text)
        case "IOERR":
            return (
                f"{file} cannot be read or written ({text}). Is its disk full, or failing?"
                " Until it works no letter goes."
            )
        case "READONLY" | "CANTOPEN" | "PERM":
            return (
                f"{file} cannot be written ({text}). Its disk must have room, and it and its folder must be yours to"
                " write; until then no letter goes."
            )
        case _:
            return f"{file} cannot be used ({text}). Until it can no letter goes."


def _kind(error: Exception) -> str:
    """SQLite's primary code (sqlite.org/rescode.html) for its own errors, and for errors of the system like them."""
    if isinstance(error, OSError):
        return _SYSTEM_ERRORS.get(error.errno or 0, "")
    # An extended code such as SQLITE_BUSY_SNAPSHOT begins with its primary one. The module's own errors have none.
    name: str = getattr(error, "sqlite_errorname", "")
    return name.removeprefix("SQLITE_").partition("_")[0]


def _damaged(file: Path, what: str) -> str:
    return (
        f"{file} is damaged ({what}). Until that is mended no letter goes."
        f" Move it away (mv {file} {file}.damaged), then go back to a backup: followup restore FILE. With none, what"
        " followup knew is lost, and it begins anew."
    )


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
