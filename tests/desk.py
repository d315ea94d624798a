"""A person's desk for tests: a settings folder, a tracker, and the real command in real processes."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic, time_ns
from typing import Any

from followup import assembly
from followup.steps import review
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.store import letters
from tests import forked

HEADER = ("Company", "Role", "Applied", "Status", "Interview date", "Contact")
COMMAND = (sys.executable, "-m", "followup")


def _next_monday() -> datetime:
    today = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


MONDAY_MORNING = _next_monday()
"""A working hour after every moment at which real commands of a test ran."""


def wait_until(happened: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for something that other processes do; an assertion says what did not happen."""
    until = monotonic() + seconds
    while not happened():
        assert monotonic() < until, "it did not happen in time"
        Event().wait(0.03)


@dataclass(frozen=True)
class Row:
    company: str
    status: str = "Applied"
    role: str = "Engineer"
    applied: str = "2026-10-01"
    interview: str = ""
    contact: str = ""

    def cells(self) -> tuple[str, ...]:
        return (self.company, self.role, self.applied, self.status, self.interview, self.contact)


ACME = Row("Acme Tools", contact="Ines Roe <ines.roe@acme.example.org>", interview="2026-11-10")
BIRCH = Row("Birch Paper", contact="jobs@birch.example.org")
CEDAR = Row("Cedar Works")


def rejected(row: Row) -> Row:
    return replace(row, status="Rejected")


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tracker = folder / "sheet" / "applications.csv"
        self.config = folder / "settings" / "config.env"
        self.tracker.parent.mkdir()
        self.config.parent.mkdir(mode=0o700)
        self.settings: dict[str, str] = {
            "NAME": "Sam Rivera",
            "EMAIL": "sam@example.org",
            "TRACKER": str(self.tracker),
            "TIMEZONE": "UTC",
            "GAP": "0",
            "LETTERS_A_DAY": "10000",
        }
        self.write_settings()

    def write_settings(self, **changes: str) -> None:
        self.settings.update(changes)
        lines = [f"FOLLOWUP_{name}='{value}'\n" for name, value in self.settings.items()]
        self.config.write_text("".join(lines), encoding="utf-8")
        self.config.chmod(0o600)

    def use_server(self, port: int) -> None:
        self.write_settings(SMTP_HOST="127.0.0.1", SMTP_PORT=str(port), SMTP_SECURITY="none")

    def one_nudge_at(self, hour: str) -> None:
        """The person's own playbook: a letter, and one nudge, the next time that it is this hour."""
        own = self.config.parent / "templates" / "playbook.toml"
        own.parent.mkdir()
        rules = '[[rule]]\non = "rejected"\nletter = "feedback-request"\n'
        own.write_text(f'{rules}[[rule]]\non = "rejected"\nnudge = "for-the-best"\nafter = 0\nat = "{hour}"\n')

    def save(self, *rows: Row) -> None:
        """Save the tracker as a spreadsheet program does, a second ago: temporary file, rename."""
        new = self.tracker.with_name("new.tmp")
        new.write_text(text_of(rows), encoding="utf-8")
        a_second_ago = time_ns() - 10**9
        os.utime(new, ns=(a_second_ago, a_second_ago))
        new.replace(self.tracker)

    def age(self, file: Path, number: int) -> None:
        """Let a file look as if it had settled long ago, another time for each number."""
        os.utime(file, ns=(0, (1_700_000_000 + number) * 10**9))

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")}
        own = {"FOLLOWUP_CONFIG": str(self.config), "XDG_STATE_HOME": str(self.folder / "state")}
        return {**plain, **own, **(extra or {})}

    def run(
        self,
        *words: str,
        given: str | None = None,
        env: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        """The real command in a process of its own, with no terminal; `before` is what runs it (strace, a shell).

        Where nothing is asked of how the process starts, it is one that has imported already.
        """
        if env is None and not before:
            return forked.run(words, given or "", self.environment(), self.folder)
        return subprocess.run(
            [*before, *COMMAND, *words],
            input=given or "",
            capture_output=True,
            text=True,
            env=self.environment(env),
            cwd=self.folder,
            timeout=60,
            check=False,
        )

    def ok(self, *words: str, given: str | None = None) -> str:
        result = self.run(*words, given=given)
        assert result.returncode == 0, (words, result.stdout, result.stderr)
        assert "Traceback" not in result.stderr
        return result.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def letter(self, company: str) -> dict[str, Any]:
        found = [one for one in self.json("outbox") if one["company"] == company]
        assert len(found) == 1, found
        letter: dict[str, Any] = found[0]
        return letter

    def with_drafts(self, *rows: Row) -> None:
        """First sight of these rows, then all of them rejected."""
        self.save(*rows)
        self.ok("scan")
        self.save(*map(rejected, rows))
        self.ok("scan")

    def approve_now(self, company: str) -> subprocess.CompletedProcess[str]:
        letter = self.letter(company)
        return self.run("approve", letter["id"], "--now", "--digest", letter["digest"])

    def approve_all(self) -> datetime:
        """Approve every draft; a moment at which all of them are due."""
        for letter in self.json("outbox"):
            self.ok("approve", letter["id"], "--digest", letter["digest"])
        return max(datetime.fromisoformat(one["not_before"]) for one in self.json("outbox")) + timedelta(minutes=1)

    def approve_all_now(self) -> None:
        """Approve every draft, due at once, without dispatching here."""
        now = datetime.now(UTC)
        with self.parts(now) as parts:
            for letter in letters.everything(parts.store):
                review.approve(parts, letter, letter.digest, now, at_once=True)

    def send(self, kind: str, moment: datetime) -> None:
        """Approve and send the one letter of this kind, at this moment, in this process."""
        with self.parts(moment) as parts:
            (one,) = (letter for letter in letters.everything(parts.store) if letter.kind == kind)
            review.approve(parts, one, one.digest, moment, at_once=True)
            assert len(dispatch(parts, moment).attempts) == 1

    @contextmanager
    def daemon(
        self, before: Sequence[str] = (), env: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """The real daemon, up and watching; ended by SIGTERM. What it says is in `daemon.log`."""
        log = self.folder / "daemon.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [*before, *COMMAND, "run"],
                stdout=output,
                stderr=output,
                text=True,
                env=self.environment(env),
                cwd=self.folder,
            )
        try:
            wait_until(lambda: "Watching" in log.read_text() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)

    @contextmanager
    def parts(self, now: datetime = MONDAY_MORNING) -> Iterator[Parts]:
        """The steps in this process, at this time."""
        joined = assembly.join(assembly.settings(self.config))
        try:
            yield replace(joined, clock=lambda: now)
        finally:
            joined.store.close()


def text_of(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(row.cells() for row in rows)
    return text.getvalue()
