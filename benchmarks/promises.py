"""The promises that name a time: P23 after a kill, C9 while a server hangs, a store that another program holds."""

import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.measure import Figure, milliseconds
from benchmarks.trackers import made
from followup.store.database import BUSY_SECONDS
from tests.desk import ACME, COMMAND, Desk, Row, rejected, wait_until
from tests.smtp_server import Server

ROWS = 10_000
LETTERS = 40


def figures(folder: Path) -> Iterator[Figure]:
    yield Figure("the demo from start to end", milliseconds(lambda: _demo(folder)) / 1000, 30, "s", "")
    yield Figure(f"start after a kill while {ROWS:,} rows came in", _after_a_kill(_desk(folder)), 2000, "ms", "P23")
    yield Figure("SIGTERM to the end while a server hangs", _ended(_desk(folder)), 10_000, "ms", "C9")
    yield Figure("a step that finds its store locked", _locked(_desk(folder)), 2000 * BUSY_SECONDS, "ms", "")
    for connections, limit in ((1, 1.25), (4, 0.97)):
        commits = _commits(_desk(folder), connections) / LETTERS
        yield Figure(f"durable commits a letter, connections: {connections}", commits, limit, "", "")


def _desk(folder: Path) -> Desk:
    place = folder / f"desk-{len(list(folder.iterdir()))}"
    place.mkdir()
    return Desk(place)


def _demo(folder: Path) -> None:
    subprocess.run([*COMMAND, "demo", "--folder", str(folder / "demo")], check=True, stdout=subprocess.DEVNULL)


def _after_a_kill(desk: Desk) -> float:
    desk.tracker.write_bytes(made(ROWS))
    kill = ("strace", "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:signal=KILL:when=1500")
    if desk.run("scan", before=kill).returncode != -signal.SIGKILL:
        raise RuntimeError("the import was not killed")
    return milliseconds(lambda: desk.ok("outbox"))


def _ended(desk: Desk) -> float:
    with Server(script={"dot": "hang"}) as server:
        desk.use_server(server.port)
        desk.one_nudge_at("now")
        desk.save(ACME)
        with desk.daemon() as daemon:
            wait_until(lambda: desk.json("status")["applications"] == {"open": 1})
            desk.save(rejected(ACME))
            wait_until(lambda: any(command == "DATA" for command in server.commands))
            daemon.send_signal(signal.SIGTERM)
            return milliseconds(daemon.wait)


def _locked(desk: Desk) -> float:
    desk.with_drafts(ACME)
    with closing(sqlite3.connect(desk.config.parent / "followup.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        return milliseconds(lambda: desk.run("tick"))


def _commits(desk: Desk, connections: int) -> int:
    strace = shutil.which("strace")
    if strace is None:
        raise SystemExit("strace is not installed, and counting commits needs it.")
    desk.write_settings(CONNECTIONS=str(connections))
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(*(Row(f"Firm {number}", contact=f"jobs{number}@example.org") for number in range(LETTERS)))
        desk.ok("answer", "Q1", "all")
        desk.approve_all_now()
        told = desk.folder / "calls"
        trace = [strace, "-f", "-c", "-e", "trace=fdatasync", "-o", str(told), *COMMAND, "tick"]
        subprocess.run(trace, env=desk.environment(), check=True, stdout=subprocess.DEVNULL)
    (syncs,) = re.findall(r"(\d+) +fdatasync", told.read_text())
    return int(syncs)
