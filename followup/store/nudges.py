"""Nudges: planned, put off, delivered once; and which rejections joined a running series by name."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosql

from followup.model.nudge import MOVES, WAITING, Nudge, NudgeState, Tip
from followup.store import log
from followup.store.database import Database, instant, maybe_instant, to_instant

_SQL: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), "sqlite3")
PUT_OFF = "put off"


def everything(store: Database) -> list[Nudge]:
    """All nudges, the earliest due first."""
    return [_nudge(row) for row in _SQL.everything(store.connection, person=store.person)]


def in_state(store: Database, state: NudgeState) -> list[Nudge]:
    return [_nudge(row) for row in _SQL.in_state(store.connection, person=store.person, state=state)]


def portion(store: Database, state: NudgeState, number: int, beyond: int = 0) -> list[Nudge]:
    """So many nudges in this state by their time, from the place `beyond` on."""
    rows = _SQL.portion(store.connection, person=store.person, state=state, number=number, beyond=beyond)
    return [_nudge(row) for row in rows]


def counts(store: Database) -> dict[NudgeState, int]:
    return {NudgeState(row["state"]): row["number"] for row in _SQL.counts(store.connection, person=store.person)}


def one(store: Database, nudge: int) -> Nudge | None:
    row = _SQL.one(store.connection, person=store.person, id=nudge)
    return None if row is None else _nudge(row)


def last_id(store: Database) -> int:
    return int(_SQL.last_id(store.connection, person=store.person)["id"])


def add(store: Database, nudge: Nudge, now: datetime, *, why: str) -> None:
    """A new planned nudge; its id is taken from the value."""
    _SQL.add(
        store.connection,
        person=store.person,
        id=nudge.id,
        application=nudge.application,
        event=nudge.event,
        tip=nudge.tip,
        template=nudge.template,
        due_at=instant(nudge.due_at),
        subject=nudge.subject,
        conditions=" ".join(nudge.conditions),
    )
    log.add(store, now, "followup", f"N{nudge.id}", "planned", application=nudge.application, why=why)


def move(
    store: Database,
    nudge: Nudge,
    after: NudgeState,
    now: datetime,
    *,
    who: str = "followup",
    due_at: datetime | None = None,
    subject: str | None = None,
    text: str | None = None,
    why: str | None = None,
) -> bool:
    """Move a nudge along the table of moves; False if another process was first."""
    if after not in MOVES[nudge.state]:
        raise ValueError(f"a nudge does not go from {nudge.state} to {after}")
    changed = _SQL.move(
        store.connection,
        person=store.person,
        id=nudge.id,
        before=nudge.state,
        after=after,
        due_at=maybe_instant(due_at),
        subject=subject,
        body=text,
        delivered_at=instant(now) if after is NudgeState.DELIVERING else None,
    )
    if changed:
        log.add(store, now, who, f"N{nudge.id}", after, application=nudge.application, why=why)
    return bool(changed)


def put_off(store: Database, nudge: Nudge, now: datetime, *, why: str) -> None:
    """The server did not take it now: it is planned still, or again, as it was before it was tried."""
    changed = _SQL.put_off(
        store.connection, person=store.person, id=nudge.id, delivered_at=maybe_instant(nudge.delivered_at)
    )
    if changed:
        log.add(store, now, "followup", f"N{nudge.id}", PUT_OFF, application=nudge.application, why=why)


def waiting(store: Database) -> list[Nudge]:
    """Those planned or snoozed."""
    return [nudge for state in sorted(WAITING) for nudge in in_state(store, state)]


def put_offs(store: Database, nudge: Nudge) -> list[datetime]:
    """When the server put this nudge off, one moment after the other."""
    told = log.about(store, nudge.application, f"N{nudge.id}")
    return [entry.at for entry in told if entry.what == PUT_OFF]


def recent_templates(store: Database, since: datetime) -> frozenset[str]:
    """Names of the templates delivered since then."""
    rows = _SQL.recent_templates(store.connection, person=store.person, since=instant(since))
    return frozenset(row["template"] for row in rows)


def last_delivered(store: Database) -> datetime | None:
    return to_instant(_SQL.last_delivered(store.connection, person=store.person)["at"])


def join(store: Database, series: int, application: int, now: datetime) -> None:
    """Let a running series speak of this rejection too."""
    if _SQL.join_series(store.connection, person=store.person, series=series, application=application):
        log.add(store, now, "followup", f"A{application}", "joined", application=application, why=f"A{series}")


def leave(store: Database, series: int, application: int) -> None:
    """Let a series speak of this rejection no more."""
    _SQL.leave_series(store.connection, person=store.person, series=series, application=application)


def pass_on(store: Database, nudge: Nudge, application: int, subject: str, now: datetime, *, why: str) -> None:
    """Let a waiting nudge speak of another rejection of its series."""
    if _SQL.pass_on(store.connection, person=store.person, id=nudge.id, application=application, subject=subject):
        log.add(store, now, "followup", f"N{nudge.id}", "passed on", application=application, why=why)


def retitle(store: Database, nudge: Nudge, subject: str) -> None:
    """Call a waiting nudge by another subject."""
    _SQL.retitle(store.connection, person=store.person, id=nudge.id, subject=subject)


def joined(store: Database, series: int) -> list[int]:
    return [row["application"] for row in _SQL.joined(store.connection, person=store.person, series=series)]


def _nudge(row: sqlite3.Row) -> Nudge:
    return Nudge(
        id=row["id"],
        application=row["application"],
        series=row["series"],
        company=row["company"],
        role=row["role"],
        event=row["event"],
        tip=Tip(row["tip"]),
        template=row["template"],
        conditions=tuple(row["conditions"].split()),
        state=NudgeState(row["state"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        subject=row["subject"],
        text=row["body"],
        delivered_at=to_instant(row["delivered_at"]),
    )
