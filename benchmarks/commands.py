"""How long commands take as whole processes, beside mailmerge in an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Figure, ratio_figure
from benchmarks.reading import NOW, opened
from benchmarks.trackers import made
from followup.steps.review import draft
from followup.steps.scan import scan

VERSIONS = {"mailmerge": "mailmerge==2.3.0", "csv-diff": "csv-diff==1.2"}


def figures(folder: Path, peers: Path) -> Iterator[Figure]:
    mailmerge = peer(peers, "mailmerge")
    ours = [str(Path(sys.executable).with_name("followup"))]
    config = _hundred_letters(folder)
    yield ratio_figure(
        "followup --help / mailmerge --help",
        _process([*ours, "--help"]),
        _process([mailmerge, "--help"]),
        0.5,
        "mailmerge",
    )
    yield ratio_figure(
        "followup outbox, 100 letters / mailmerge --help",
        _process([*ours, "--config", str(config), "outbox"]),
        _process([mailmerge, "--help"]),
        1.5,
        "mailmerge",
    )


def _hundred_letters(folder: Path) -> Path:
    tracker = folder / "applications.csv"
    tracker.write_bytes(made(100, rejected=frozenset(range(100))))
    with opened(folder, tracker) as parts:
        scan(parts, NOW, whole=True)
        draft(parts, list(range(1, 101)), NOW, "for the figures")
    return folder / "config.env"


def peer(peers: Path, name: str) -> str:
    """The command of another project, installed once into an environment of its own."""
    folder = peers / name
    command = folder / "bin" / name
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, VERSIONS[name], "setuptools<81"], check=True)
    return str(command)


def _process(command: list[str]) -> Callable[[], object]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment
    )
