"""How followup starts without a person: its own command, written as systemd and cron each read it."""

import hashlib
import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from followup import config
from followup.errors import UsageError, WorkError

CRON_PATH = "/usr/bin:/bin"
START_SECONDS = 30
_CACHES = ("XDG_CACHE_HOME", "UV_CACHE_DIR", "PEX_ROOT")
_LONGEST_LINE = 998
"""Vixie cron and its kin take commands of up to so many bytes."""


def program() -> tuple[str, ...]:
    """The words that start this very followup again; raises WorkError where they would stop to, or do not now."""
    started = Path(sys.argv[0]).absolute()
    if getattr(sys, "frozen", False):
        words: tuple[str, ...] = (sys.executable,)
    elif started.name == "__main__.py" or not started.is_file():
        words = (sys.executable, "-m", "followup")
    elif zipfile.is_zipfile(started):
        words = (sys.executable, str(started))
    else:
        words = (str(started),)
    lasting = "Install it where it stays (pipx install, uv tool install), and do this with that one."
    for word in words:
        if _is_fleeting(Path(word)):
            raise WorkError(f"This followup runs from {word}, which is cleaned away one day. {lasting}")
    if not starts(shlex.join((*words, "--version"))):
        raise WorkError(f"{shlex.join(words)} does not start by itself, outside of this folder and shell. {lasting}")
    return words


def starts(command: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether this shell command ends well in the bare surroundings that cron and systemd give."""
    try:
        result = in_bare_surroundings(command, environment or {}, timeout=START_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


def in_bare_surroundings(
    command: str, environment: Mapping[str, str], *, timeout: float | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command as cron does: at home, by its shell, with hardly a variable but those its table sets."""
    home = str(Path.home())
    bare = {"HOME": home, "LOGNAME": Path(home).name, "PATH": CRON_PATH, "SHELL": "/bin/sh", **environment}
    return subprocess.run(
        [bare["SHELL"], "-c", command],
        env=bare,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def unit_name(file: Path) -> str:
    """The name of the systemd unit for this settings file: a name of its own, but for the usual file."""
    if file == config.default_file():
        return "followup.service"
    return f"followup-{hashlib.sha256(os.fsencode(file)).hexdigest()[:8]}.service"


def unit(words: Sequence[str], file: Path) -> str:
    """The systemd user unit that runs the daemon (systemd.exec(5)).

    It leaves the file system open: the tracker, and what a password command reads and writes, can lie anywhere.
    """
    started = [*words, "--config", str(file), "run"]
    # With the colon, $ is no variable in any of the words.
    prefix = ":" if any("$" in word for word in started) else ""
    return (
        "[Unit]\n"
        "Description=followup: feedback after a rejection, and nudges\n"
        "StartLimitIntervalSec=0\n\n"
        "[Service]\n"
        f"ExecStart={prefix}{' '.join(map(_for_systemd, started))}\n"
        "Restart=on-failure\n"
        "RestartSec=10\n"
        "TimeoutStopSec=20\n"
        "UMask=0077\n"
        "NoNewPrivileges=yes\n"
        "LockPersonality=yes\n"
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
        "RestrictRealtime=yes\n"
        "RestrictSUIDSGID=yes\n"
        "SystemCallArchitectures=native\n\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def words_of_unit(text: str) -> list[str]:
    """The words that such a unit starts; empty where it is none."""
    line = re.search(r"^ExecStart=:?(.+)$", text, re.MULTILINE)
    return [word.replace("%%", "%") for word in shlex.split(line[1])] if line else []


def cron_line(words: Sequence[str], file: Path) -> str:
    """The line of a crontab that ticks every five minutes; raises WorkError where cron would not take it."""
    command = " ".join(map(_for_cron, (*words, "--config", str(file), "tick"))) + " >/dev/null 2>&1"
    if len(os.fsencode(command)) > _LONGEST_LINE:
        raise WorkError(f"The path of {file} is too long for a line of a crontab. Move the settings' folder.")
    return f"*/5 * * * * {command}"


def command_of_line(line: str) -> str | None:
    """What cron gives to the shell for a line of a crontab; None for a comment, a variable and the like."""
    match = re.fullmatch(r"\s*(?:@\w+\s+|(?:[^\s#]\S*\s+)(?:\S+\s+){4})(.+)", line)
    return re.sub(r"\\(.)", lambda pair: "%" if pair[1] == "%" else pair[0], match[1]) if match else None


def ticks(line: str, file: Path) -> bool:
    """Whether this line of a crontab ticks for these settings."""
    written = re.findall(r'"(?:[^"\\]|\\.)*"|[^\s"]+', command_of_line(line) or "")
    words = [re.sub(r'\\(["\\$`])', r"\1", word[1:-1]) if word.startswith('"') else word for word in written]
    place = words.index("--config") if "--config" in words else len(words)
    return words[place : place + 3] == ["--config", str(file), "tick"]


def _is_fleeting(path: Path) -> bool:
    """Whether a program lies where caches are, or where a packed program unpacks itself for one run."""
    caches = [Path(os.environ[name]) for name in _CACHES if os.environ.get(name)]
    for one in (path, path.resolve()):
        if {".cache", "Caches"} & set(one.parts) or any(one.is_relative_to(cache) for cache in caches):
            return True
        if any(part.startswith((".mount_", "_MEI")) for part in one.parts):
            return True
    return False


def _for_systemd(word: str) -> str:
    return _quoted(word.replace("%", "%%"), '"')


def _for_cron(word: str) -> str:
    return _quoted(word, '"$`').replace("%", "\\%")


def _quoted(word: str, special: str) -> str:
    """In double quotes where it needs them; raises UsageError for what no unit and no crontab can hold."""
    if any(ord(sign) < 32 or ord(sign) == 127 or 0xD800 <= ord(sign) < 0xE000 for sign in word):
        raise UsageError(f"{word!r} has a sign in it that neither systemd nor cron can hold. Rename or move it.")
    if re.fullmatch(r"[\w/.-]+", word):
        return word
    return '"' + re.sub(rf"[\\{special}]", r"\\\g<0>", word) + '"'
