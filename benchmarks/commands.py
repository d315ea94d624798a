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

VERSIONS = {
    "mailmerge": ["mailmerge==2.3.0"],
    "csv-diff": ["csv-diff==1.2"],
    "django-post_office": ["django-post_office==3.12.0", "Django==5.2.19"],
}


def figures(folder: Path, peers: Path) -> Iterator[Figure]:
    mailmerge = peer(peers, "mailmerge")
    ours = [str(Path(sys.executable).with_name("followup"))]
    config = _hundred_letters(folder)
    yield ratio_figure(
        "followup --help / mailmerge --help",
        process([*ours, "--help"]),
        process([mailmerge, "--help"]),
        0.5,
        "mailmerge",
    )
    yield ratio_figure(
        "followup outbox, 100 letters / mailmerge --help",
        process([*ours, "--config", str(config), "outbox"]),
        process([mailmerge, "--help"]),
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


def peer(peers: Path, name: str, *, command: str | None = None) -> str:
    """A command of another project, by default of its name, installed once into an environment of its own."""
    folder = peers / name
    found = folder / "bin" / (command or name)
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *VERSIONS[name], "setuptools<81"], check=True)
        (folder / "installed").touch()
    return str(found)


def process(command: list[str], **settings: str) -> Callable[[], object]:
    """A run of this command, from start to end, with these settings in its environment."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | settings
    return lambda: subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment
    )
