"""The walk through the main job. It drives the commands and the daemon that a person would run, in real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from followup.demo import sample
from followup.demo.catcher import Catcher, readable
from followup.errors import WorkError

PATIENCE_SECONDS = 15.0
EMAIL = "sam.rivera@example.org"

Say = Callable[[str], None]


def walk(folder: Path, today: date, say: Say) -> None:
    """Show the main job from the first sight to the received mail. Raises WorkError where a step does not happen."""
    tracker = folder / "applications.csv"
    sample.save(tracker, sample.ROWS, today)
    with Catcher(folder / "caught") as catcher:
        commands = _Commands(folder, say)
        _set_up(commands, folder, tracker, catcher, say)
        with _daemon(folder, say):
            _two_rejections(commands, tracker, today, say)
            _approve(commands, catcher, say)
            _hand_over(commands, say)
            _nudges(commands, catcher, say)
    _what_now(folder, say)


def _set_up(commands: "_Commands", folder: Path, tracker: Path, catcher: Catcher, say: Say) -> None:
    say("1. Sam keeps applications in a spreadsheet, applications.csv. followup is set up and looks at it once:\n")
    own = folder / "templates"
    own.mkdir(exist_ok=True)
    (own / "playbook.toml").write_text(sample.PLAYBOOK, encoding="utf-8")
    commands.run(
        "init",
        "--name", "Sam Rivera", "--email", EMAIL, "--tracker", str(tracker), "--timezone", "UTC", "--country", "",
        "--smtp-host", "127.0.0.1", "--smtp-port", str(catcher.port), "--smtp-security", "none",
    )  # fmt: skip
    say("\n   That is first sight: the old rejection is listed and offered, nothing is drafted unasked.")


def _two_rejections(commands: "_Commands", tracker: Path, today: date, say: Say) -> None:
    say("\n3. Two answers come in. Sam changes two rows to rejected and saves, as a spreadsheet does.\n")
    sample.save(tracker, sample.with_rejections(sample.ROWS), today)
    commands.wait_for("two drafts", lambda: len(commands.json("outbox")) == 2)
    say("   The daemon noticed by itself. Nothing has been sent; two drafts wait:\n")
    commands.run("outbox")


def _approve(commands: "_Commands", catcher: Catcher, say: Say) -> None:
    letter = next(one for one in commands.json("outbox") if one["to"])
    say(f"\n4. Sam reads the letter to {letter['company']} …\n")
    commands.run("show", letter["id"])
    say("\n   … and says yes to exactly this letter, at once instead of at a civil hour:\n")
    commands.run("approve", letter["id"], "--now", "--digest", letter["digest"])
    mail = _caught(catcher, lambda mail: b"Auto-Submitted" not in mail, "the letter")
    say("\n   This is what the mail server received:\n")
    say(_indented(readable(mail)))


def _hand_over(commands: "_Commands", say: Say) -> None:
    letter = next(one for one in commands.json("outbox") if one["state"] == "draft")
    say(f"\n5. The tracker has no address for {letter['company']}, so Sam takes that letter over and sends it:\n")
    commands.run("export", letter["id"])
    say("")
    commands.run("sent", letter["id"])


def _nudges(commands: "_Commands", catcher: Catcher, say: Say) -> None:
    say("\n6. For Sam there are nudges, over the next days. The first one was due at once and came as mail to Sam:\n")
    commands.wait_for("the nudge", lambda: any(one["state"] == "delivered" for one in commands.json("nudges")))
    say(_indented(readable(_caught(catcher, lambda mail: b"Auto-Submitted" in mail, "the nudge"))))
    commands.run("nudges")


def _what_now(folder: Path, say: Say) -> None:
    config, typed = folder / "config.env", _typed()
    say(f"\nThat was the main job. All of it is in {folder} to look around in:")
    say("  applications.csv  the tracker          caught/     the mails as they were received")
    say("  config.env        the settings         templates/  the demo's own playbook")
    say("Try:")
    for command in ("log birch", "status", "draft cobalt", "nudges --all"):
        say(f"  {typed} --config {config} {command}")
    say(f"With your own tracker, writing nothing:\n  {typed} preview YOUR-TRACKER.csv")


def _typed() -> str:
    """How the person can type the command that shows this demo: it may not be on their path."""
    if shutil.which("followup"):
        return "followup"
    started = Path(sys.argv[0])
    return f"{sys.executable} -m followup" if started.name == "__main__.py" else str(started)


@contextmanager
def _daemon(folder: Path, say: Say) -> Iterator[None]:
    """The daemon, as `followup run` starts it; its words go to a file."""
    say("\n2. The daemon is started (followup run). It watches the file.")
    with (folder / "daemon.log").open("wb") as output:
        process = subprocess.Popen(
            _command(folder, "run"), stdout=output, stderr=output, env=_environment(folder), cwd=folder
        )
        try:
            _wait(
                "the daemon",
                lambda: b"Watching" in (folder / "daemon.log").read_bytes() or process.poll() is not None,
            )
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(12)


class _Commands:
    """Runs followup's commands for the demo's settings and shows them as they would be typed."""

    def __init__(self, folder: Path, say: Say) -> None:
        self._folder = folder
        self._say = say

    def run(self, *words: str) -> None:
        """Run a command and show it with its output, indented."""
        typed = " ".join(word if word and " " not in word else f"'{word}'" for word in words)
        self._say(f"   $ followup {typed}")
        self._say(_indented(self._output(*words)).rstrip("\n"))

    def json(self, name: str) -> Any:
        """What a listing command prints as JSON."""
        return json.loads(self._output(name, "--json"))

    def wait_for(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until it has happened."""
        _wait(what, happened)

    def _output(self, *words: str) -> str:
        result = subprocess.run(
            _command(self._folder, *words),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=_environment(self._folder),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        if result.returncode != 0:
            raise WorkError(f"The demo stopped at `followup {words[0]}`: {result.stderr.strip()}")
        return result.stdout


def _command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "followup", "--config", str(folder / "config.env"), *words]


def _environment(folder: Path) -> dict[str, str]:
    """Nobody's own settings reach the demo, and it leaves nothing elsewhere."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")}
    return {**plain, "XDG_STATE_HOME": str(folder / "state")}


def _caught(catcher: Catcher, wanted: Callable[[bytes], bool], what: str) -> bytes:
    mail = catcher.find(wanted, PATIENCE_SECONDS)
    if mail is None:
        raise WorkError(f"The demo stopped: {what} did not reach the mail catcher.")
    return mail


def _wait(what: str, happened: Callable[[], bool]) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while not happened():
        if monotonic() > until:
            raise WorkError(f"The demo stopped: {what} did not appear within {PATIENCE_SECONDS:.0f} seconds.")
        Event().wait(0.1)


def _indented(text: str) -> str:
    return "\n".join(f"   | {line}".rstrip() for line in text.rstrip("\n").split("\n"))
