"""Applications as the tracker told them last, and the facts that the person told us beside it."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.application import Application, DateSource, Known, Outcome, Stage
from followup.store.database import Database, instant, to_day

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the whole search stands, for the words of a nudge."""

    open_applications: int
    interviews: int
    accepted: bool
    last_applied_on: date | None


def everything(store: Database) -> list[Known]:
    return [_known(row) for row in _SQL.everything(store.connection, person=store.person)]


def fingerprints(store: Database) -> list[tuple[int, str]]:
    """(id, fingerprint) of every application whose row stands in the sheet, the oldest first."""
    with _SQL.fingerprints_cursor(store.connection, person=store.person) as cursor:
        cursor.row_factory = None
        rows: list[tuple[int, str]] = cursor.fetchall()
    return rows


def some(store: Database, wanted: Collection[int]) -> list[Known]:
    """These applications and those whose row is gone: all that a comparison still needs."""
    gone = [_known(row) for row in _SQL.gone(store.connection, person=store.person)]
    if len(wanted) > 200:
        return [known for known in everything(store) if known.id in wanted] + gone
    return [known for number in sorted(wanted) if (known := one(store, number)) is not None] + gone


def one(store: Database, application: int) -> Known | None:
    row = _SQL.one(store.connection, person=store.person, id=application)
    return None if row is None else _known(row)


def last_id(store: Database) -> int:
    return int(_SQL.last_id(store.connection, person=store.person)["id"])


def put(store: Database, application: int, said: Application, now: datetime) -> None:
    """Remember what the tracker says now of this application."""
    _SQL.put(
        store.connection,
        person=store.person,
        id=application,
        company=said.company,
        role=said.role,
        line=said.line,
        outcome=said.outcome,
        stage=said.stage,
        status_text=said.status_text,
        contact_name=said.contact_name,
        contact_email=said.contact_email,
        applied_on=_day(said.applied_on),
        interview_on=_day(said.interview_on),
        outcome_on=_day(said.outcome_on),
        outcome_on_from=said.outcome_on_from,
        row_id=said.row_id,
        fingerprint=said.fingerprint,
        first_seen=instant(now),
        language=said.language,
        cells=said.cells,
        skeleton=said.skeleton,
    )


def vanish(store: Database, application: int) -> None:
    _SQL.vanish(store.connection, person=store.person, id=application)


def counts(store: Database) -> dict[Outcome, int]:
    """How many applications of the sheet stand at each outcome."""
    return {Outcome(row["outcome"]): row["number"] for row in _SQL.counts(store.connection, person=store.person)}


def portion(store: Database, outcome: str, wanted: str, number: int, beyond: int) -> list[Known]:
    """So many applications of the sheet, the newest first; of this outcome with these words in them, unless empty."""
    rows = _SQL.portion(
        store.connection,
        person=store.person,
        outcome=outcome,
        wanted=wanted,
        number=number,
        beyond=beyond,
    )
    return [_known(row) for row in rows]


def interviews(store: Database) -> int:
    """How many applications of the sheet came to an interview."""
    return int(_SQL.interviews(store.connection, person=store.person)["number"])


def fields_told(store: Database) -> frozenset[str]:
    """Which of company, role, status and contact the sheet told at the last reading."""
    row = _SQL.told(store.connection, person=store.person)
    return frozenset(field for field in row.keys() if row[field])  # noqa: SIM118 - a sqlite3.Row iterates over values


def standing(store: Database) -> Standing:
    row = _SQL.standing(store.connection, person=store.person)
    return Standing(
        open_applications=row["open_applications"],
        interviews=row["interviews"],
        accepted=row["accepted"] > 0,
        last_applied_on=to_day(row["last_applied_on"]),
    )


def facts(store: Database, application: int) -> Mapping[str, str]:
    """Field name → what the person said."""
    rows = _SQL.facts(store.connection, person=store.person, application=application)
    return {row["field"]: row["value"] for row in rows}


def tell(store: Database, application: int, told: Mapping[str, str], now: datetime) -> None:
    """Keep what the person says of this application."""
    for field, value in told.items():
        _SQL.fact(
            store.connection, person=store.person, application=application, field=field, value=value, at=instant(now)
        )


def drop_facts(store: Database, application: int, fields: Iterable[str]) -> None:
    for field in fields:
        _SQL.drop_fact(store.connection, person=store.person, application=application, field=field)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _known(row: sqlite3.Row) -> Known:
    said = Application(
        company=row["company"],
        role=row["role"],
        line=row["line"],
        outcome=Outcome(row["outcome"]),
        stage=Stage(row["stage"]),
        status_text=row["status_text"],
        contact_name=row["contact_name"],
        contact_email=row["contact_email"],
        applied_on=to_day(row["applied_on"]),
        interview_on=to_day(row["interview_on"]),
        outcome_on=to_day(row["outcome_on"]),
        outcome_on_from=DateSource(row["outcome_on_from"]) if row["outcome_on_from"] else None,
        row_id=row["row_id"],
        fingerprint=row["fingerprint"],
        language=row["language"],
        cells=row["cells"],
        skeleton=row["skeleton"],
    )
    return Known(
        id=row["id"],
        said=said,
        present=bool(row["present"]),
        first_seen=datetime.fromisoformat(row["first_seen"]),
    )
