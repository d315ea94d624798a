"""How long a look at the tracker takes: untouched, touched but equal, read for the first time, rescanned."""

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from benchmarks.measure import ROUNDS, Figure, ratio_figure, repeated
from benchmarks.trackers import made
from followup import assembly
from followup.steps.parts import Parts
from followup.steps.scan import scan
from followup.tracker import reading, source

ROWS = 10_000
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def figures(folder: Path) -> Iterator[Figure]:
    words = assembly.words((assembly.shipped_templates(),))
    data = made(ROWS)
    yield ratio_figure(
        "10,000 rows: first read / csv.DictReader",
        lambda: reading.read(data, words),
        lambda: dict_reader(data),
        4.0,
        "csv.DictReader",
    )
    tracker = folder / "applications.csv"
    tracker.write_bytes(data)
    with opened(folder, tracker) as parts:
        scan(parts, NOW, whole=True)
        yield ratio_figure(
            "10,000 rows: rescan with three changes / csv.DictReader",
            _rescan(parts, tracker),
            lambda: dict_reader(tracker.read_bytes()),
            4.0,
            "csv.DictReader",
        )
        seen = source.signature(tracker)
        yield ratio_figure(
            "untouched tracker / one stat",
            repeated(lambda: source.take(tracker, seen), 1000),
            repeated(tracker.stat, 1000),
            2.5,
            "1000 stats",
        )
        yield ratio_figure(
            "touched but equal tracker: whole scan / reading its bytes",
            _touched(parts, tracker),
            repeated(tracker.read_bytes, 20),
            2.5,
            "20 reads",
        )


def dict_reader(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@contextmanager
def opened(folder: Path, tracker: Path) -> Iterator[Parts]:
    """Settings and a store for this tracker."""
    config = folder / "config.env"
    names = {"NAME": "Sam Rivera", "EMAIL": "sam@example.org", "TRACKER": str(tracker), "NUDGES": "off"}
    config.write_text("".join(f"FOLLOWUP_{name}='{value}'\n" for name, value in names.items()))
    config.chmod(0o600)
    parts = assembly.join(assembly.settings(config))
    try:
        yield replace(parts, clock=lambda: NOW)
    finally:
        parts.store.close()


def _rescan(parts: Parts, tracker: Path) -> Callable[[], object]:
    """Each call finds three rows with another note than before."""
    original = tracker.read_bytes()
    variants = []
    for turn in range(ROUNDS):
        text = original
        for row in (17, 5000, 9990):
            text = text.replace(f"example.org/{row},".encode(), f"example.org/{row}v{turn},".encode())
        variants.append(tracker.with_name(f"{turn}.csv"))
        variants[-1].write_bytes(text)

    def act() -> object:
        variants.pop().replace(tracker)
        return scan(parts, NOW, whole=True)

    return act


def _touched(parts: Parts, tracker: Path) -> Callable[[], object]:
    scan(parts, NOW, whole=True)
    turns = count(1)

    def touch() -> object:
        turn = next(turns)
        os.utime(tracker, ns=(turn, turn))
        return scan(parts, NOW, whole=True)

    return repeated(touch, 20)
