"""The daemon: from a save to a durable draft, and what it costs while nothing happens."""

import os
import signal
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic, perf_counter

from benchmarks.measure import Figure
from benchmarks.reading import opened
from benchmarks.trackers import made

ROWS = 500
RENAMES, WRITES = 20, 5
IDLE_SECONDS = 95.0


def figures(folder: Path) -> Iterator[Figure]:
    tracker = folder / "applications.csv"
    tracker.write_bytes(made(ROWS))
    with opened(folder, tracker):
        pass
    with _running(folder):
        _wait(lambda: _count(folder, "application") == ROWS)
        Event().wait(1)
        renames = [_until_draft(folder, number, _rename) for number in range(RENAMES)]
        writes = [_until_draft(folder, number, _write) for number in range(RENAMES, RENAMES + WRITES)]
    rename, write = statistics.median(renames), statistics.median(writes)
    yield Figure(
        f"rename of a {ROWS}-row tracker to a durable draft", rename, 100, "ms", f"slowest {max(renames):.0f} ms"
    )
    yield Figure(f"{ROWS}-row tracker written in place to a draft", write, 2000, "ms", f"slowest {max(writes):.0f} ms")
    with _running(folder) as pid:
        Event().wait(5)
        before = _cpu(pid)
        Event().wait(IDLE_SECONDS)
        hourly = (_cpu(pid) - before) * 3600 / IDLE_SECONDS
        resident = _resident(pid)
    yield Figure("idle daemon: CPU an hour", hourly, 1000, "ms", f"over {IDLE_SECONDS:.0f} s, three heartbeats")
    yield Figure("idle daemon: resident memory", resident, 60, "MB", "")


@contextmanager
def _running(folder: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "followup", "--config", str(folder / "config.env"), "run"]
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(lambda: b"Watching" in (folder / "daemon.log").read_bytes())
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def _until_draft(folder: Path, number: int, save: Callable[[Path, bytes], None]) -> float:
    """Milliseconds from the save in which one more row is rejected until its draft is committed."""
    data = made(ROWS, rejected=frozenset(range(number + 1)))
    before = _count(folder, "letter")
    connection = sqlite3.connect(folder / "followup.db")
    since = perf_counter()
    save(folder / "applications.csv", data)
    while connection.execute("SELECT count(*) FROM letter").fetchone()[0] == before:
        Event().wait(0.0005)
    took = (perf_counter() - since) * 1000
    connection.close()
    Event().wait(0.4)
    return took


def _rename(tracker: Path, data: bytes) -> None:
    new = tracker.with_suffix(".tmp")
    new.write_bytes(data)
    new.replace(tracker)


def _write(tracker: Path, data: bytes) -> None:
    tracker.write_bytes(data)


def _count(folder: Path, table: str) -> int:
    connection = sqlite3.connect(folder / "followup.db")
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()


def _cpu(pid: int) -> float:
    """Milliseconds of CPU over all threads, by the kernel scheduler's own account."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e6


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _wait(happened: Callable[[], bool]) -> None:
    until = monotonic() + 30
    while not happened():
        if monotonic() > until:
            raise TimeoutError("the daemon did not get there")
        Event().wait(0.05)
