"""Questions that wait for the person's word, and the answers."""

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.question import OF_READING, Question, QuestionKind
from followup.store import log
from followup.store.database import Database, instant

_MOOT = ""
_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


def everything(store: Database) -> list[Question]:
    return [_question(row) for row in _SQL.everything(store.connection, person=store.person)]


def unanswered(store: Database) -> list[Question]:
    return [question for question in everything(store) if question.answer is None and not question.moot]


def answered(store: Database, number: int) -> list[Question]:
    """So many of those that the person has answered, the latest first."""
    return [_question(row) for row in _SQL.answered(store.connection, person=store.person, number=number)]


def answers(store: Database) -> dict[str, str]:
    """Key → answer, of all that was answered."""
    return {question.key: question.answer for question in everything(store) if question.answer is not None}


def answers_about_reading(store: Database) -> dict[str, str]:
    """Key → answer, of those that change how a tracker is read."""
    return {
        question.key: question.answer
        for question in everything(store)
        if question.answer is not None and question.kind in OF_READING
    }


def one(store: Database, question: int) -> Question | None:
    row = _SQL.one(store.connection, person=store.person, id=question)
    return None if row is None else _question(row)


def ask(store: Database, kind: QuestionKind, key: str, text: str, about: tuple[str, ...], now: datetime) -> None:
    """Ask once: the same key is never asked again, unless it had become moot."""
    asked = _SQL.ask(
        store.connection,
        person=store.person,
        kind=kind,
        key=key,
        text=text,
        about=json.dumps(about),
        asked_at=instant(now),
    ) or _SQL.reopen(store.connection, person=store.person, key=key, text=text, about=json.dumps(about))
    if asked:
        log.add(store, now, "followup", "question", "asked", why=kind)


def answer(store: Database, question: Question, text: str, now: datetime, *, who: str) -> None:
    _SQL.answer(store.connection, person=store.person, id=question.id, answer=text, answered_at=instant(now))
    log.add(store, now, who, f"Q{question.id}", "answered", why=question.kind)


def drop(store: Database, question: Question, now: datetime) -> None:
    """Mark as moot what the tracker no longer leaves open."""
    _SQL.answer(store.connection, person=store.person, id=question.id, answer=_MOOT, answered_at=instant(now))
    log.add(store, now, "followup", f"Q{question.id}", "moot", why=question.kind)


def take_back(store: Database, question: Question, now: datetime, *, who: str) -> None:
    """Open a question again."""
    _SQL.take_back(store.connection, person=store.person, id=question.id)
    log.add(store, now, who, f"Q{question.id}", "answer taken back", why=question.kind)


def forget(store: Database, application: int, company: str) -> list[int]:
    """Let no question name this application; an answer that holds for others too stays, and so does what it is about.
    The ids of those that did.

    The text of an outcome stays as the key of its answer: without it the row would be another one than it was.
    """
    names, named = {f"A{application}", company}, []
    for one in everything(store):
        rest = tuple(name for name in one.about if name not in names)
        if rest == one.about or one.kind in (QuestionKind.COLUMN, QuestionKind.LAYOUT):
            continue
        named.append(one.id)
        of_contact = one.kind is QuestionKind.CONTACT
        _SQL.forget(
            store.connection,
            person=store.person,
            id=one.id,
            key=f"forgotten:{one.id}" if of_contact else one.key,
            text=one.text if rest else "(forgotten)",
            about=json.dumps(rest),
            answer=_MOOT if of_contact or not (rest or one.answer) else one.answer,
        )
    return named


def _question(row: sqlite3.Row) -> Question:
    return Question(
        id=row["id"],
        kind=QuestionKind(row["kind"]),
        key=row["key"],
        text=row["text"],
        about=tuple(json.loads(row["about"])),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        answer=row["answer"] or None,
        moot=row["answer"] == _MOOT,
    )
