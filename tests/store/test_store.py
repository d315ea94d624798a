"""The store: migrations, compare-and-set, the append-only log, its locks."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from followup.errors import Busy, StoreError
from followup.model.application import Application, Outcome, Stage
from followup.model.letter import LetterKind, LetterState
from followup.model.question import QuestionKind
from followup.store import applications, letters, log, questions
from followup.store.database import Database, instant, open_store
from followup.store.letters import Content

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SAID = Application(
    company="Acme", role="Engineer", line=2, outcome=Outcome.REJECTED, stage=Stage.UNKNOWN, status_text="Rejected"
)
CONTENT = Content(recipient="ines@acme.example.org", subject="s", body="b", message=b"m", digest="d1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with closing(open_store(tmp_path / "settings")) as store:
        yield store


def drafted(store: Database) -> None:
    with store.transaction():
        applications.put(store, 1, SAID, NOW)
        letters.add(store, 1, 1, LetterKind.FEEDBACK_REQUEST, CONTENT, "<m@example.org>", NOW, NOW, why="test")


def test_an_application_comes_back_as_it_was_put(store: Database) -> None:
    with store.transaction():
        applications.put(store, 1, SAID, NOW)
    found = applications.one(store, 1)
    assert found is not None
    assert (found.said, found.present, found.first_seen) == (SAID, True, NOW)


def test_p2_a_second_letter_of_a_kind_for_an_application_is_refused_by_the_store_itself(store: Database) -> None:
    drafted(store)
    with pytest.raises(StoreError), store.transaction():
        letters.add(store, 2, 1, LetterKind.FEEDBACK_REQUEST, CONTENT, "<n@example.org>", NOW, NOW, why="test")
    assert len(letters.everything(store)) == 1


def test_a_letter_is_moved_by_compare_and_set(store: Database) -> None:
    drafted(store)
    one = letters.one(store, 1)
    assert one is not None
    with store.transaction():
        assert letters.approve(store, one, NOW, NOW, at_once=False)
        assert not letters.approve(store, one, NOW, NOW, at_once=False)
    approved = replace(one, state=LetterState.APPROVED, approved_at=NOW)
    with store.transaction():
        assert letters.move(store, approved, LetterState.SENDING, NOW, who="followup")
        assert not letters.move(store, approved, LetterState.SENDING, NOW, who="followup")
    with pytest.raises(ValueError, match="does not go"):
        letters.move(store, replace(one, state=LetterState.SENT), LetterState.APPROVED, NOW, who="you")


def test_p1_a_yes_to_another_digest_or_revision_changes_nothing(store: Database) -> None:
    drafted(store)
    one = letters.one(store, 1)
    assert one is not None
    with store.transaction():
        assert not letters.approve(store, replace(one, digest="other"), NOW, NOW, at_once=False)
        assert letters.rewrite(store, one, replace(CONTENT, digest="d2"), NOW, by_hand=True, who="you")
        assert not letters.rewrite(store, one, replace(CONTENT, digest="d3"), NOW, by_hand=True, who="you")


def test_p24_the_log_can_only_grow(store: Database) -> None:
    drafted(store)
    for sql in ("UPDATE log SET what = 'x'", "DELETE FROM log"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.connection.execute(sql)
    assert [entry.what for entry in log.latest(store, 5)] == ["drafted"]


def test_p24_every_move_leaves_an_entry_with_its_digest(store: Database) -> None:
    drafted(store)
    one = letters.one(store, 1)
    assert one is not None
    with store.transaction():
        letters.move(store, one, LetterState.DISCARDED, NOW, who="you", reason="because")
    entry = log.of_application(store, 1)[-1]
    assert (entry.what, entry.who, entry.why, entry.digest) == ("discarded", "you", "because", "d1")


def test_a_question_is_asked_once_and_answered(store: Database) -> None:
    with store.transaction():
        for _ in range(2):
            questions.ask(store, QuestionKind.OUTCOME, "outcome:closed", "Closed?", ("Acme",), NOW)
        questions.ask(store, QuestionKind.OUTCOME, "outcome:no", "No?", ("Birch",), NOW)
    assert [one.id for one in questions.unanswered(store)] == [1, 2]
    with store.transaction():
        questions.answer(store, questions.unanswered(store)[0], "yes", NOW, who="you")
    assert questions.answers(store) == {"outcome:closed": "yes"}


def test_a_failed_transaction_leaves_nothing(store: Database) -> None:
    def cut_short() -> None:
        with store.transaction():
            applications.put(store, 1, SAID, NOW)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cut_short()
    assert applications.everything(store) == []


def test_the_store_is_durable_and_strict(store: Database) -> None:
    pragmas = {
        name: store.connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_step_is_done_by_one_at_a_time(store: Database) -> None:
    with store.lock("scan"):
        assert store.is_locked("scan")
        with pytest.raises(Busy, match="busy with scan"), store.lock("scan"):
            pass
        with store.lock("dispatch"):
            pass
    assert not store.is_locked("scan")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        instant(datetime(2026, 11, 23))  # noqa: DTZ001
