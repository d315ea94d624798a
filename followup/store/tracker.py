"""What was seen of the tracker file last, and when each step ran."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.reading import ColumnUse, Problem
from followup.store.database import Database, instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The last sight of the file. `signature` is its stat, `trouble` why it is unread.

    `digest` is that of its bytes, and `read_with` that of all they were read with, when it was read last.
    """

    path: str
    signature: str | None
    digest: str | None
    read_at: datetime
    trouble: str | None
    problems: tuple[Problem, ...]
    language: str | None = None
    encoding: str | None = None
    columns: tuple[ColumnUse, ...] = ()
    read_with: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """When a step ran last, and what stood in its way."""

    at: datetime
    trouble: str | None


def seen(store: Database) -> Seen | None:
    row = _SQL.seen(store.connection, person=store.person)
    if row is None:
        return None
    understood = json.loads(row["understood"] or "{}")
    return Seen(
        path=row["path"],
        signature=row["signature"],
        digest=row["digest"],
        read_at=datetime.fromisoformat(row["read_at"]),
        trouble=row["trouble"],
        problems=tuple(Problem(**problem) for problem in json.loads(row["problems"])),
        language=row["language"],
        encoding=row["encoding"],
        columns=tuple(ColumnUse(**column) for column in understood.get("columns", ())),
        read_with=row["read_with"],
    )


def put(store: Database, sight: Seen) -> None:
    _SQL.put(
        store.connection,
        person=store.person,
        path=sight.path,
        signature=sight.signature,
        digest=sight.digest,
        read_at=instant(sight.read_at),
        trouble=sight.trouble,
        problems=json.dumps([{"line": problem.line, "text": problem.text} for problem in sight.problems]),
        language=sight.language,
        understood=json.dumps({"columns": [asdict(column) for column in sight.columns]}),
        encoding=sight.encoding,
        read_with=sight.read_with,
    )


def read_again(store: Database) -> None:
    """Let the next scan look at the file again, though nobody has touched it."""
    _SQL.forget_signature(store.connection, person=store.person)


def ran(store: Database, step: str, now: datetime, trouble: str | None = None) -> None:
    _SQL.ran(store.connection, person=store.person, step=step, at=instant(now), trouble=trouble)


def stands_in_the_way(store: Database, step: str, trouble: str | None, now: datetime) -> None:
    """Keep what stands in a step's way, for whoever looks later; only as news, since steps run each half minute."""
    before = runs(store).get(step)
    if trouble != (before.trouble if before else None):
        with store.transaction():
            ran(store, step, now, trouble)


def runs(store: Database) -> dict[str, Run]:
    """Step name → when it ran last."""
    rows = _SQL.runs(store.connection, person=store.person)
    return {row["step"]: Run(at=datetime.fromisoformat(row["at"]), trouble=row["trouble"]) for row in rows}
