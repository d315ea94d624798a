"""Whom this user asked for feedback, from whichever store, and which stores follow the same tracker.

It lies in the user's state folder, outside every store, so that a second settings folder, a copy and a restored backup
know of each other's letters. Addresses, letters and trackers stand in it as HMAC-SHA-256, under a random key that lies
there too.
"""

import hmac
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql
import platformdirs

from followup.errors import StoreError
from followup.model.address import identity
from followup.store.database import BUSY_SECONDS, FILE_NAME, instant, telling

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")
_VERSION = 1
_TABLES = """
CREATE TABLE secret (key BLOB NOT NULL);
CREATE TABLE asked (
    id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, letter TEXT NOT NULL UNIQUE, at TEXT NOT NULL
);
CREATE INDEX asked_by_address ON asked (address);
CREATE TABLE follower (folder TEXT NOT NULL PRIMARY KEY, tracker TEXT NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """A letter that set out to an address; of two asks the later one has the greater `id`."""

    id: int
    letter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory that all stores of this user share, open."""

    connection: sqlite3.Connection
    key: bytes

    def latest(self) -> int:
        """The id of the latest ask, or 0."""
        return int(_SQL.latest(self.connection)["id"])

    def of(self, address: str) -> list[Ask]:
        """The asks of this address."""
        rows = _SQL.of(self.connection, address=self._hash(identity(address)))
        return [Ask(row["id"], row["letter"], datetime.fromisoformat(row["at"])) for row in rows]

    def is_about(self, ask: Ask, message_id: str) -> bool:
        """Whether this ask was the letter with this Message-ID."""
        return hmac.compare_digest(ask.letter, self._hash(message_id))

    def keep(self, address: str, message_id: str, at: datetime) -> None:
        """Remember that a letter sets out to this address."""
        _SQL.keep(self.connection, address=self._hash(identity(address)), letter=self._hash(message_id), at=instant(at))

    def drop(self, message_id: str) -> None:
        """Forget a letter that has certainly not gone."""
        _SQL.drop(self.connection, letter=self._hash(message_id))

    def follow(self, folder: Path, tracker: Path) -> None:
        """Remember that the store of this folder follows this tracker."""
        _SQL.follow(self.connection, folder=str(folder.resolve()), tracker=self._tracker(tracker))

    def knows(self, folder: Path, tracker: Path) -> bool:
        """Whether it is known that the store of this folder follows this tracker."""
        return folder.resolve() in self._followers(tracker)

    def others(self, folder: Path, tracker: Path) -> tuple[Path, ...]:
        """The folders of the other stores that follow this tracker, as far as they are still there."""
        own = folder.resolve()
        return tuple(one for one in self._followers(tracker) if one != own and (one / FILE_NAME).exists())

    def _followers(self, tracker: Path) -> list[Path]:
        return [Path(row["folder"]) for row in _SQL.followers(self.connection, tracker=self._tracker(tracker))]

    def _tracker(self, tracker: Path) -> str:
        return self._hash(str(tracker.resolve()))

    def _hash(self, text: str) -> str:
        return hmac.digest(self.key, text.encode(), "sha256").hex()


def file() -> Path:
    """Where it lies."""
    return platformdirs.user_state_path("followup") / "asked.db"


@contextmanager
def reading() -> Iterator[Memory | None]:
    """The memory as it is; None where there is none yet. Raises StoreError, and writes nothing."""
    place = file()
    with telling(place, sqlite3.Error, OSError):
        if not place.exists():
            yield None
            return
        with closing(sqlite3.connect(f"{place.as_uri()}?mode=rw", timeout=BUSY_SECONDS, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield Memory(connection, _key(connection)) if _version(connection) else None


@contextmanager
def writing() -> Iterator[Memory]:
    """The memory, with nobody else at it: what is read in it holds until what is written is committed.

    Raises StoreError.
    """
    place = file()
    with telling(place, sqlite3.Error, OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.touch(mode=0o600)
        with closing(sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN IMMEDIATE")
            if not _version(connection):
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                _SQL.make_key(connection, key=secrets.token_bytes(32))
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            yield Memory(connection, _key(connection))
            # Without it, and so whatever was raised, closing takes back what was written.
            connection.execute("COMMIT")


def _key(connection: sqlite3.Connection) -> bytes:
    return bytes(_SQL.key(connection)["key"])


def _version(connection: sqlite3.Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > _VERSION:
        raise StoreError(f"{file()} was written by a newer followup. To use it, upgrade: pipx upgrade followup")
    return version
