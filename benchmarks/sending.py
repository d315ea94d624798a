"""2,000 letters to smtp-sink, beside mailmerge and django-post_office sending as many, and a bare aiosmtplib loop.

followup's letters are approved beforehand, post_office's queued; mailmerge renders and sends, and remembers nothing.
post_office sends over five connections unless told otherwise, so followup is measured with one and with several.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import peers
from benchmarks.commands import peer, process
from benchmarks.measure import Figure, milliseconds
from followup import assembly
from followup.model.letter import LetterState
from followup.steps import review
from followup.steps.scan import scan
from followup.store import letters

LETTERS = 2_000
TURNS = 7
SEVERAL = 5
BODY = "Thank you for the time you took. " * 20


def figures(folder: Path, environments: Path) -> Iterator[Figure]:
    if shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        raise SystemExit("smtp-sink is not installed; it comes with postfix, and the figures of sending need it.")
    with _sink() as port:
        prepare, command = _followup(folder, port)
        contestants = {
            "one": (prepare, process(command)),
            "several": (prepare, process(command, FOLLOWUP_CONNECTIONS=str(SEVERAL))),
            "mailmerge": _mailmerge(folder, environments, port),
            "post_office": _post_office(folder, environments, port),
            "bare": _bare(folder, port),
        }
        rounds = [{name: _turn(*contestants[name]) for name in contestants} for _ in range(TURNS)][1:]
    _all_sent(folder)
    took = {name: statistics.median(one[name] for one in rounds) for name in contestants}
    for ours, connections in (("one", "one connection"), ("several", f"{SEVERAL} connections")):
        for name, limit in (("mailmerge", 1.0), ("post_office", 1.0), ("bare", float("inf"))):
            ratio = statistics.median(turn[ours] / turn[name] for turn in rounds)
            told = f"{took[ours] / 1000:.2f} s, {name} {took[name] / 1000:.2f} s"
            yield Figure(f"{LETTERS:,} letters over {connections} / {name}", ratio, limit, "x", told)


def _turn(prepare: Callable[[], object], act: Callable[[], object]) -> float:
    prepare()
    return milliseconds(act)


def _followup(folder: Path, port: int) -> tuple[Callable[[], object], list[str]]:
    tracker, config = folder / "applications.csv", folder / "config.env"
    values = {
        "NAME": "Sam Rivera", "EMAIL": "sam@example.org", "TRACKER": tracker, "NUDGES": "off", "GAP": 0,
        "LETTERS_A_DAY": 10_000, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_SECURITY": "none",
    }  # fmt: skip
    config.write_text("".join(f"FOLLOWUP_{name}='{value}'\n" for name, value in values.items()))
    config.chmod(0o600)
    parts, now = assembly.join(assembly.settings(config)), datetime.now(UTC)
    try:
        for status in ("Applied", "Rejected"):
            rows = [f"Company {one},Engineer,{status},jobs{one}@example.org\n" for one in range(LETTERS)]
            tracker.write_text("Company,Role,Status,Contact\n" + "".join(rows))
            scan(parts, now, whole=True)
        review.draft(parts, range(1, LETTERS + 1), now, "for the figures")
        for letter in letters.in_state(parts.store, LetterState.DRAFT):
            review.approve(parts, letter, letter.digest, now, at_once=True)
    finally:
        parts.store.close()
    store, kept = folder / "followup.db", folder / "kept.db"
    shutil.copyfile(store, kept)

    def prepare() -> None:
        for name in ("followup.db-wal", "followup.db-shm"):
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(os.environ["XDG_STATE_HOME"], ignore_errors=True)
        shutil.copyfile(kept, store)

    command = [str(Path(sys.executable).with_name("followup")), "--config", str(config), "tick"]
    return prepare, command


def _all_sent(folder: Path) -> None:
    parts = assembly.join(assembly.settings(folder / "config.env"))
    try:
        if letters.counts(parts.store) != {LetterState.SENT: LETTERS}:
            raise RuntimeError(f"not all were sent: {letters.counts(parts.store)}")
    finally:
        parts.store.close()


def _mailmerge(folder: Path, environments: Path, port: int) -> tuple[Callable[[], object], Callable[[], object]]:
    place = folder / "mailmerge"
    place.mkdir()
    (place / "letter.txt").write_text(
        "TO: {{email}}\nSUBJECT: A question about my application {{name}}\nFROM: Sam Rivera <sam@example.org>\n\n"
        f"Dear {{{{name}}}},\n\n{BODY}\n\nKind regards\nSam Rivera\n"
    )
    rows = [f"jobs{one}@example.org,{one}\n" for one in range(LETTERS)]
    (place / "people.csv").write_text("email,name\n" + "".join(rows))
    (place / "server.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\n")
    files = ["--template", "letter.txt", "--database", "people.csv", "--config", "server.conf"]
    command = [peer(environments, "mailmerge"), *files, "--no-dry-run", "--no-limit"]
    return lambda: None, lambda: subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)


def _post_office(folder: Path, environments: Path, port: int) -> tuple[Callable[[], object], Callable[[], object]]:
    python = peer(environments, "django-post_office", command="python")
    script, queue = Path(peers.__file__).with_name("queued.py"), folder / "queue.db"
    kept = folder / "kept_queue.db"
    subprocess.run([python, str(script), "fill", str(kept), str(port), str(LETTERS)], check=True)
    return lambda: shutil.copyfile(kept, queue), process([python, str(script), "send", str(queue), str(port)])


def _bare(folder: Path, port: int) -> tuple[Callable[[], object], Callable[[], object]]:
    script = Path(peers.__file__).with_name("bare.py")
    return lambda: None, process([sys.executable, str(script), str(folder / "kept.db"), str(port)])


@contextmanager
def _sink() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    command = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin") or "smtp-sink"
    with subprocess.Popen([command, *user, f"127.0.0.1:{port}", "100"]) as sink:
        try:
            yield port
        finally:
            sink.terminate()
