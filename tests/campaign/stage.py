"""A desk with approved letters, the ground truth beside it, and processes that are killed on it."""

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

from followup.steps import answering, review
from followup.steps.scan import scan
from followup.store import letters, questions
from tests.campaign import truth
from tests.desk import COMMAND, Desk, Row, rejected

Process = subprocess.Popen[str]
TICK = (*COMMAND, "tick")
ROLES = (
    "Data Analyst",
    "=?utf-8?q?Engineer=0D=0AReply-To:_eve=40example.org=0D=0A=0D=0AYou_are_all_fools.?=",
    "Engineer\r\nBcc: eve@example.org",
    "Leitung „Vertrieb & Innendienst“ für Süddeutschland und die angrenzenden Länder",
)
"""Cells that would write headers, and one that has to be folded."""
STORE = ("followup.db", "followup.db-wal", "followup.db-shm")


class Stage:
    """Letters to a1@, a2@, … are approved and due, those to d1@, d2@, … are drafts."""

    def __init__(self, folder: Path, port: int, *, approved: int, drafts: int, connections: int) -> None:
        self.port = port
        self.connections = connections
        self.ground = folder / "ground"
        self.desk = Desk(folder)
        self.desk.use_server(port)
        self.canary = token_hex(16)
        self.desk.write_settings(
            NUDGES="off", SMTP_USERNAME="sam", SMTP_PASSWORD=self.canary, CONNECTIONS=str(connections)
        )
        self._leaks: set[str] = set()
        self.command: Sequence[str] = TICK
        self.doubts = 0
        self._started: list[Process] = []
        self._snapshot = folder / "snapshot.db"
        self._first = self._set(approved, drafts)
        self.reset()

    def _set(self, approved: int, drafts: int) -> dict[str, str]:
        names = [f"a{number}" for number in range(approved)] + [f"d{number}" for number in range(drafts)]
        rows = [
            Row(f"Firm {name}", role=ROLES[place % len(ROLES)], contact=f"{name}@{name}.example.org")
            for place, name in enumerate(names)
        ]
        self._rejected = {row.contact: rejected(row) for row in rows}
        with self.desk.parts(datetime.now(UTC)) as parts:
            now = parts.clock()
            self.desk.save(*rows)
            scan(parts, now, whole=True)
            self.desk.save(*map(rejected, rows))
            scan(parts, now, whole=True)
            for question in questions.unanswered(parts.store):
                answering.answer(parts, question, "all", now)
            scan(parts, now, whole=True)
            yes = [one for one in letters.everything(parts.store) if (one.to or "").startswith("a")]
            no = [one for one in letters.everything(parts.store) if one not in yes]
            self.drafts = [(f"L{one.id}", one.to or "", one.digest) for one in no]
            for one in yes:
                review.approve(parts, one, one.digest, now, at_once=True)
        shutil.copy(self.desk.config.parent / STORE[0], self._snapshot)
        return {one.to or "": one.digest for one in yes}

    def reset(self) -> None:
        """As it was before anything was sent, in the same file: a new one would be a copy, and ask."""
        for name in STORE[1:]:
            (self.desk.config.parent / name).unlink(missing_ok=True)
        shutil.rmtree(self.desk.folder / "state", ignore_errors=True)
        shutil.copyfile(self._snapshot, self.desk.config.parent / STORE[0])
        for name in ("ledger", "trap"):
            (self.ground / name).unlink(missing_ok=True)
        self.approved = dict(self._first)
        self.asked: set[str] = set()
        self.set_back: dict[str, float] = {}
        self.desk.save(*self._rejected.values())

    def edit(self, address: str) -> None:
        """Set the row of this address back to an application, as its person would."""
        held = {*self.set_back, address}
        self.desk.save(
            *(replace(row, status="Applied") if row.contact in held else row for row in self._rejected.values())
        )
        self.set_back[address] = time.time()

    def start(self, *words: str, before: Sequence[str] = ()) -> Process:
        """A process of the product, or the stage's own command."""
        command = [*before, *((*COMMAND, *words) if words else self.command)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.desk.environment({"PYTHONDONTWRITEBYTECODE": "1"}),
        )
        threading.Thread(target=self._watch, args=(process.pid,), daemon=True).start()
        self._started = [*(one for one in self._started if one.returncode is None), process]
        return process

    def clear(self) -> None:
        """Leave no process behind, however the campaign ends."""
        for process in self._started:
            process.kill()
            process.wait(10)

    def _watch(self, process: int) -> None:
        """Look for the password in what the system shows of a process and its children, as long as they run."""
        with suppress(OSError):
            while (Path("/proc") / str(process) / "exe").readlink():
                children = (Path("/proc") / str(process) / "task" / str(process) / "children").read_text().split()
                for pid in (str(process), *children):
                    for name in ("cmdline", "environ"):
                        if self.canary in (Path("/proc") / pid / name).read_text(errors="replace"):
                            self._leaks.add(f"the password stands in /proc/{pid}/{name}")
                time.sleep(0.01)

    def leaks(self, *told: str) -> list[str]:
        """Where the password, plain or as the server got it, stands besides the settings."""
        secrets = (self.canary, b64encode(f"\0sam\0{self.canary}".encode()).decode().rstrip("="))
        files = [one for one in self.desk.folder.rglob("*") if one.is_file() and one != self.desk.config]
        found = [
            f"the password stands in {one}" for one in files if any(s.encode() in one.read_bytes() for s in secrets)
        ]
        found += ["the password was printed" for text in told if any(secret in text for secret in secrets)]
        return [*found, *self._leaks]

    def trap(self, process: Process, phase: str, seconds: float = 0) -> None:
        """Let the server kill this process when a conversation, its own or another's, comes to that phase, or later."""
        new = self.ground / "trap.new"
        new.write_text(f"{process.pid} {phase} {seconds}")
        new.replace(self.ground / "trap")

    def wait_for_trap(self, seconds: float) -> None:
        """Wait until the server has sprung the trap, but no longer than this."""
        until = time.monotonic() + seconds
        while (self.ground / "trap").exists() and time.monotonic() < until:
            time.sleep(0.005)

    def untrap(self) -> None:
        (self.ground / "trap").unlink(missing_ok=True)

    def look(self) -> list[str]:
        """Broken promises at this moment, while no process runs; seen in a copy, so that nothing is mended by it."""
        with tempfile.TemporaryDirectory(prefix="followup-look-") as place:
            for name in STORE[:2]:
                if (self.desk.config.parent / name).exists():
                    shutil.copy(self.desk.config.parent / name, place)
            with closing(sqlite3.connect(Path(place) / STORE[0])) as store:
                letters = store.execute("SELECT id, recipient, state FROM letter").fetchall()
                log = store.execute("SELECT subject, what FROM log ORDER BY id").fetchall()
                sound = str(store.execute("PRAGMA integrity_check").fetchone()[0])
        states = {f"L{number}": state for number, _, state in letters}
        replayed = truth.replayed(log)
        faults = [] if replayed == states else [f"the log leads to {replayed}, and the store says {states}"]
        faults += self._faults({recipient: state for _, recipient, state in letters}, final=False)
        return faults + ([] if sound == "ok" else [f"the store is damaged: {sound}"])

    def states(self) -> list[str]:
        """The states of all letters, read beside the product."""
        with closing(sqlite3.connect(f"file:{self.desk.config.parent / STORE[0]}?mode=ro", uri=True)) as store:
            return [str(state) for (state,) in store.execute("SELECT state FROM letter")]

    def page(self) -> str:
        """The outbox as the page shows it, where nothing else runs."""
        process = self.start("web", "--no-open", "--port", "0")
        assert process.stdout is not None
        link = urlsplit(process.stdout.readline().split()[-1])
        page = HTTPConnection("127.0.0.1", link.port or 0, timeout=30)
        try:
            page.request("GET", link.path)
            entrance = page.getresponse().read().decode()
            door = urlsplit(re.findall(r'action="(http://[^"]+)"', entrance)[0])
            page.request("POST", door.path, headers={"Host": door.netloc, "Origin": f"http://{link.netloc}"})
            entered = page.getresponse()
            entered.read()
            cookie = str(entered.getheader("Set-Cookie")).partition(";")[0]
            page.request("GET", "/", headers={"Host": door.netloc, "Cookie": cookie})
            outbox = page.getresponse()
            assert outbox.status == 200, outbox.status
            return outbox.read().decode()
        finally:
            page.close()
            process.terminate()
            process.communicate(timeout=30)

    def settle(self, kills: int = 0) -> list[str]:
        """Run plainly until nothing is due; what is broken then, by the store and by `outbox --all --json`.

        A kill can leave one letter in doubt for each connection, and nothing else can.
        """
        for _ in range(5):
            process = self.start()
            told, _ = process.communicate(timeout=60)
            if process.returncode:
                return [f"a plain run after the kill failed: {told.strip()}"]
            shown = {letter["to"]: letter["state"] for letter in self.desk.json("outbox", "--all")}
            if not truth.UNSETTLED & set(shown.values()):
                break
        self.doubts = list(shown.values()).count("in_doubt")
        too_many = self.doubts > kills * self.connections
        many = [f"{self.doubts} letters are in doubt after {kills} kills"] if too_many else []
        return many + self.look() + self._faults(shown, final=True)

    def _faults(self, states: dict[str, str], *, final: bool) -> list[str]:
        mails = truth.accepted(self.ground / "ledger")
        return truth.faults(self.approved, mails, states, final=final, asked=self.asked, set_back=self.set_back)


@contextmanager
def stage(*, approved: int = 2, drafts: int = 1, connections: int = 1) -> Iterator[Stage]:
    """A stage with its own server, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="followup-campaign-") as place:
        ground = Path(place) / "ground"
        ground.mkdir()
        command = [sys.executable, str(Path(__file__).with_name("ground.py")), str(ground)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            try:
                port = int(server.stdout.readline())
                made = Stage(Path(place), port, approved=approved, drafts=drafts, connections=connections)
                try:
                    yield made
                finally:
                    made.clear()
            finally:
                server.stdin.close()
                server.wait(10)
