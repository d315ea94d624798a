"""A rescan of 100,000 rows as a whole process, time and memory, beside csv-diff on the same pair of files."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.commands import peer
from benchmarks.measure import Figure
from benchmarks.reading import opened
from benchmarks.trackers import made

ROWS = 100_000
TURNS = 5


def figures(folder: Path, peers: Path) -> Iterator[Figure]:
    before = made(ROWS)
    tracker, old, new = folder / "large.csv", folder / "old.csv", folder / "new.csv"
    tracker.write_bytes(before)
    old.write_bytes(before)
    with opened(folder, tracker):
        ours = [str(Path(sys.executable).with_name("followup")), "--config", str(folder / "config.env"), "scan"]
    theirs = [peer(peers, "csv-diff"), str(old), str(new), "--key=Company"]
    _process(ours)
    rounds = []
    for turn in range(TURNS):
        after = before.replace(b"example.org/17,", f"example.org/17v{turn},".encode())
        new.write_bytes(after)
        folder.joinpath("saved.csv").write_bytes(after)
        folder.joinpath("saved.csv").replace(tracker)
        rounds.append((*_process(ours), *_process(theirs)))
    mine, my_memory, peers_time, its_memory = (statistics.median(column) for column in zip(*rounds, strict=True))
    time = statistics.median(one[0] / one[2] for one in rounds)
    beside = f"{mine:.2f} s, csv-diff {peers_time:.2f} s"
    yield Figure("100,000 rows: rescan as a whole process / csv-diff", time, 1, "x", beside)
    memory = f"{my_memory:.0f} MB, csv-diff {its_memory:.0f} MB"
    yield Figure("100,000 rows: memory of it / csv-diff's", my_memory / its_memory, 1, "x", memory)


def _process(command: list[str]) -> tuple[float, float]:
    """(seconds, resident megabytes at most)."""
    since = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return perf_counter() - since, used.ru_maxrss / 1024
