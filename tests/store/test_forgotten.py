"""Forgetting by the schema: what is not named as kept is blanked, whatever columns and tables come later."""

import sqlite3
from contextlib import closing
from pathlib import Path

from followup.store import applications, forgotten, letters, nudges, tracker
from followup.store.database import FILE_NAME, newest_version, open_store
from tests.store.test_store import NOW
from tests.store.test_upgrade import STATES, WHEN, store_of

CANARY = "canary 31415 of Firm draft"
LATER = tuple(
    f"ALTER TABLE {table} ADD COLUMN {column}"
    for table in (*forgotten.KEPT, "fact", "journal")
    for column in ("hint TEXT", "remark TEXT NOT NULL DEFAULT ''", "picture BLOB NOT NULL DEFAULT x''")
)
NEW_TABLE = "CREATE TABLE opinion (person INTEGER, application INTEGER, words TEXT)"


def words_of(file: Path) -> bytes:
    return b"".join(one.read_bytes() for one in file.parent.glob(f"{FILE_NAME}*"))


def test_a_column_or_a_table_that_a_later_version_adds_is_forgotten_unasked(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    store_of(newest_version(), file)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("INSERT INTO journal VALUES (1, 1, ?, ?)", [WHEN, CANARY])
        raw.execute("INSERT INTO run VALUES (1, 'scan', ?, ?)", [WHEN, CANARY])
        raw.execute("INSERT INTO joined VALUES (1, 1, 1)")
        raw.execute("UPDATE question SET about = '[\"A1\"]'")
        for statement in (*LATER, NEW_TABLE):
            raw.execute(statement)
        for table in {statement.split()[2] for statement in LATER}:
            raw.execute(f"UPDATE {table} SET hint = ?, remark = ?, picture = ?", [CANARY, CANARY, CANARY.encode()])
        raw.execute("INSERT INTO opinion VALUES (1, 1, ?)", [CANARY])
        raw.commit()
    with closing(open_store(tmp_path)) as store:
        with store.transaction():
            forgotten.blank(store, 1, "Firm draft", NOW)
        others = store.connection.execute("SELECT count(*) FROM letter WHERE hint = ?", [CANARY]).fetchone()[0]
        assert others == len(STATES) - 1, "the letters to others keep what they have"
        store.connection.execute("UPDATE letter SET hint = '', remark = '', picture = x''")
        store.connection.execute("UPDATE application SET hint = '', remark = '', picture = x''")
        assert forgotten.purge(store)
    assert CANARY.encode() not in words_of(file)


def test_each_column_that_is_kept_is_one_of_the_store(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        for table, kept in forgotten.KEPT.items():
            columns = {name for name, *_ in forgotten._columns(store, table)}
            assert set(kept.split()) <= columns, table


def test_what_is_left_of_a_forgotten_employer_can_be_read(tmp_path: Path) -> None:
    store_of(newest_version(), tmp_path / FILE_NAME)
    with closing(open_store(tmp_path)) as store:
        with store.transaction():
            forgotten.blank(store, 1, "Firm draft", NOW)
        known, letter = applications.one(store, 1), letters.one(store, 1)
        assert known is not None
        assert letter is not None
        assert (known.said.company, known.said.role, known.said.contact_email) == ("(forgotten)", "", None)
        assert (letter.subject, letter.text, letter.to, letters.message(store, 1)[0]) == ("", "", None, b"")
        assert {one.text for one in nudges.everything(store)} == {None}
        seen = tracker.seen(store)
        assert seen is not None
        assert (seen.problems, seen.columns) == ((), ())
