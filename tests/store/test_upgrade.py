"""A store of every released schema opens in today's followup with all that is in it; no released schema changes."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from followup.store import database
from followup.store.database import newest_version
from tests.desk import Desk

MIGRATIONS = Path(database.__file__).with_name("migrations")
RELEASED = {
    "0001.sql": "5a456e9bf0bccb0cd003be683064de76bf91c880dda7667ffa27b0045e609cbd",
    "0002.sql": "b3ae7be3c51a228cf652405cc217248be4ae402374e9b21e1a4eff5ef6ab1be8",
    "0003.sql": "c972426d135b0ec26c01f194c59d71e6fec3703fd123852a1a34d14ce1aa48b5",
}
STATES = (
    "draft",
    "approved",
    "sending",
    "sent",
    "failed",
    "in_doubt",
    "handed_over",
    "discarded",
    "withdrawn",
    "answered",
    "bounced",
)
WHEN = "2026-10-01T09:00:00.000000+00:00"


def store_of(version: int, file: Path) -> None:
    """A store as the followup of that schema left it: a letter in each state, and nudges, a question, a log."""
    with closing(sqlite3.connect(file)) as store:
        for step in sorted(MIGRATIONS.glob("*.sql"))[:version]:
            store.executescript(step.read_text(encoding="utf-8"))
        store.execute(f"PRAGMA user_version = {version}")
        put(store, "tracker", person=1, path="/gone.csv", read_at=WHEN, problems="[]")
        for number, state in enumerate(STATES, 1):
            put(
                store, "application", person=1, id=number, company=f"Firm {state}", role="Engineer", line=number + 1,
                outcome="rejected", stage="interview", status_text="Rejected", fingerprint=f"f{number}", present=1,
                first_seen=WHEN,
            )  # fmt: skip
            put(
                store, "letter", person=1, id=number, application=number, kind="feedback-request", state=state,
                revision=1, recipient=f"jobs@{number}.example.org", subject=f"About {state}", body="Thank you.\n",
                edited=0, message_id=f"<{number}@example.org>", message=b"Subject: x\r\n\r\nThank you.\r\n",
                digest=f"d{number}", not_before=WHEN, at_once=0, created_at=WHEN, attempts=0,
                sent_at=WHEN if state in ("sent", "answered", "bounced") else None,
            )  # fmt: skip
            put(
                store, "log", person=1, id=number, at=WHEN, who="followup", application=number, subject=f"L{number}",
                what=state,
            )  # fmt: skip
        for number, state in enumerate(("planned", "snoozed", "delivering", "delivered", "done", "cancelled"), 1):
            put(
                store, "nudge", person=1, id=number, application=1, series=1, event="rejected", tip="for-the-best",
                template="for-the-best", state=state, due_at="2030-01-01T09:00:00.000000+00:00", subject=state,
                conditions="[]",
            )  # fmt: skip
        put(
            store,
            "question",
            person=1,
            id=1,
            kind="outcome",
            key="outcome:closed",
            text="Closed?",
            about="[]",
            asked_at=WHEN,
        )
        put(store, "fact", person=1, application=1, field="stage", value="screening", at=WHEN)
        store.commit()


def put(store: sqlite3.Connection, table: str, **values: object) -> None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    store.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


@pytest.mark.parametrize("version", range(1, len(RELEASED) + 1))
def test_p23_a_store_of_every_released_version_opens_with_all_that_is_in_it(desk: Desk, version: int) -> None:
    store_of(version, desk.config.parent / "followup.db")
    letters = desk.json("outbox")
    # Nobody sends what the old followup left on its way, so whoever looks finds it in doubt.
    found = [state.replace("sending", "in_doubt") for state in STATES]
    assert [(one["id"], one["state"]) for one in letters] == [(f"L{n}", state) for n, state in enumerate(found, 1)]
    assert [one["to"] for one in letters] == [f"jobs@{n}.example.org" for n in range(1, len(STATES) + 1)]
    assert [one["subject"] for one in letters] == [f"About {state}" for state in STATES]
    assert len(desk.json("nudges")) == 6
    assert [one["text"] for one in desk.json("questions")] == ["Closed?"]
    assert desk.json("status")["applications"] == {"rejected": len(STATES)}
    assert "in doubt" in desk.ok("log", "A6")
    with closing(sqlite3.connect(desk.config.parent / "followup.db")) as store:
        assert store.execute("PRAGMA user_version").fetchone() == (newest_version(),)
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
        assert store.execute("SELECT value FROM fact").fetchall() == [("screening",)]


def test_p23_an_upgraded_store_is_built_as_a_new_one(desk: Desk) -> None:
    """The same tables, columns and keys, whichever way a store came to today's schema."""
    file, new = desk.config.parent / "followup.db", desk.folder / "new"
    store_of(1, file)
    desk.ok("outbox")
    new.mkdir(mode=0o700)
    database.open_store(new).close()
    schemas = []
    for one in (file, new / "followup.db"):
        with closing(sqlite3.connect(one)) as store:
            schemas.append(store.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall())
    assert schemas[0] == schemas[1]


def test_p23_a_released_schema_is_never_edited() -> None:
    """A store that has it would never get the edit: write a new migration instead, and name it here once released."""
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(MIGRATIONS.glob("*.sql"))}
    assert {name: found.get(name) for name in RELEASED} == RELEASED
