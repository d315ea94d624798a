"""Whether mail to employers is held, and where it is sent from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.store import log
from followup.store.database import FILE_NAME, Database, instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


def hold(store: Database, why: str, now: datetime, *, who: str) -> None:
    """Let no mail go to employers; a pause that stands already keeps its beginning."""
    _SQL.hold(store.connection, person=store.person, since=instant(now), why=why)
    log.add(store, now, who, "mail", "paused", why=why)


def lift(store: Database, now: datetime, *, who: str) -> None:
    """Let mail go again."""
    if _SQL.lift(store.connection, person=store.person):
        log.add(store, now, who, "mail", "resumed")


def why(store: Database) -> str | None:
    """Why no mail goes to employers, or None where it goes."""
    row = _SQL.why(store.connection, person=store.person)
    return None if row is None else str(row["why"])


def settle_first(store: Database, machine: str) -> None:
    """Remember this machine and this file as where it all began, unless there is such a place."""
    _SQL.settle_first(store.connection, person=store.person, machine=machine, inode=_inode(store))


def settle(store: Database, machine: str) -> None:
    """Remember this machine and this file, as it is now, as where letters are sent from."""
    _SQL.settle(store.connection, person=store.person, machine=machine, inode=_inode(store))
    with store.marking() as mark:
        mark(log.last_id(store))


def unsettle(store: Database) -> None:
    """Remember that this is no place to send from before somebody says so."""
    _SQL.settle(store.connection, person=store.person, machine="restored", inode=0)


@contextmanager
def marking(store: Database) -> Iterator[Callable[[], None]]:
    """Gives a function that notes that letters are about to leave, where no loss of what the store knows can take it
    back. What it knows now is noted first, so that no letter begins where nothing can be; both raise StoreError.
    """
    with store.marking() as mark:
        mark(log.last_id(store))
        yield lambda: mark(log.last_id(store))


def is_home(store: Database, machine: str) -> bool:
    """Whether this is where letters are sent from, with all it knew then."""
    marked = store.marked()
    if marked is None or log.last_id(store) < marked:
        return False
    row = _SQL.home(store.connection, person=store.person)
    return row is not None and (row["machine"], row["inode"]) == (machine, _inode(store))


def place(store: Database, machine: str) -> str:
    """Names this place and how far its log has come, for asking about it once."""
    return f"{machine}:{_inode(store)}:{log.last_id(store)}"


def _inode(store: Database) -> int:
    return (store.folder / FILE_NAME).stat().st_ino
