"""What SQLite cannot do is told by its code, never by its words: those may name anything, in any language."""

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from followup.store import database


def locked(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other, closing(sqlite3.connect(file, timeout=0)) as store:
        other.execute("BEGIN EXCLUSIVE")
        store.execute("SELECT * FROM letter")


def full(file: Path) -> None:
    with closing(sqlite3.connect(file)) as store:
        store.execute("PRAGMA max_page_count = 3")
        store.execute("INSERT INTO letter VALUES (zeroblob(100000))")


def read_only(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as store:
        store.execute("INSERT INTO letter VALUES (1)")


def gone(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True)):
        pass


def another_file(file: Path) -> None:
    file.write_bytes(b"a letter, not a store. " * 1000)
    with closing(sqlite3.connect(file)) as store:
        store.execute("SELECT * FROM letter")


def torn(file: Path) -> None:
    with closing(sqlite3.connect(file)) as store:
        store.execute("INSERT INTO letter VALUES (zeroblob(100000))")
        store.commit()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\x07" * (len(whole) - 4096))
    with closing(sqlite3.connect(file)) as store:
        store.execute("SELECT * FROM letter").fetchall()


def a_fault_of_ours(file: Path) -> None:
    """Its words have "locked", "full", "readonly" and "permission" in them."""
    with closing(sqlite3.connect(file)) as store:
        store.execute("CREATE TABLE locked (full_readonly_permission TEXT UNIQUE)")
        for _ in range(2):
            store.execute("INSERT INTO locked VALUES ('disk I/O, not a database, malformed')")


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (locked, "is locked by another program"),
        (full, "The disk is full"),
        (read_only, "cannot be written (attempt to write a readonly database)"),
        (gone, "cannot be written (unable to open database file)"),
        (another_file, "is damaged (file is not a database)"),
        (torn, "is damaged (database disk image is malformed)"),
        (a_fault_of_ours, "cannot be used (UNIQUE constraint failed: locked.full_readonly_permission)"),
    ],
)
def test_each_thing_that_sqlite_cannot_do_is_told_by_its_code(
    tmp_path: Path, act: Callable[[Path], None], sentence: str
) -> None:
    file = tmp_path / "locked full readonly" / "not a database, malformed.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as store:
        store.execute("CREATE TABLE letter (body BLOB)")
        store.commit()
    with pytest.raises(sqlite3.Error) as caught:
        act(file)
    assert database._trouble(Path("followup.db"), caught.value).startswith(("followup.db", "The disk"))
    assert sentence in database._trouble(Path("followup.db"), caught.value)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EIO, "failing?"),
        (errno.EROFS, "cannot be written"),
        (errno.EACCES, "cannot be written"),
        (errno.EPERM, "cannot be written"),
        (errno.ELOOP, "cannot be used"),
    ],
)
def test_what_the_system_cannot_do_is_told_by_its_number_in_whatever_language_it_speaks(
    code: int, sentence: str
) -> None:
    told = database._trouble(Path("followup.db"), OSError(code, "Auf dem Gerät ist etwas"))
    assert sentence in told


def test_every_code_of_sqlite_has_a_primary_one_that_is_told_or_is_a_fault_of_ours() -> None:
    """Extended codes are told as their primary one, also those that nobody has seen yet."""
    for name in dir(sqlite3):
        if name.startswith(("SQLITE_IOERR_", "SQLITE_BUSY_", "SQLITE_READONLY_", "SQLITE_CANTOPEN_")):
            error = sqlite3.OperationalError("words")
            error.sqlite_errorname = name
            assert f"SQLITE_{database._kind(error)}" == "_".join(name.split("_")[:2])
