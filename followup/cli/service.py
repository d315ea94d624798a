"""`followup service`: what keeps followup running — a systemd user unit, or a line of the crontab."""

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from threading import Event

import click

from followup import assembly
from followup.cli import opening
from followup.config import Settings
from followup.errors import WorkError
from followup.steps.parts import Parts
from followup.store import tracker

UNIT = "followup.service"
CRON_PATH = "/usr/bin:/bin"
START_SECONDS = 15


@click.command()
@click.option("--install", is_flag=True, help="Write it, start it, and check that it runs.")
@click.option("--with", "chosen", type=click.Choice(["systemd", "cron"]), help="Which; else what this machine has.")
@click.pass_context
def service(ctx: click.Context, install: bool, chosen: str | None) -> None:
    """Show, or install, what keeps followup running."""
    settings = opening.settings(ctx)
    file = opening.settings_file(ctx)
    kind = chosen or ("systemd" if _has_systemd() else "cron")
    if not install:
        _show(kind, file)
        return
    parts = assembly.join(settings)
    try:
        if kind == "systemd":
            _install_unit(parts, file)
        else:
            _install_line(parts, settings, file)
    finally:
        parts.store.close()


def unit(file: Path) -> str:
    """The systemd user unit that runs the daemon."""
    return (
        "[Unit]\n"
        "Description=followup: feedback after a rejection, and nudges\n\n"
        "[Service]\n"
        f"ExecStart={_command(file, 'run')}\n"
        "Restart=on-failure\n\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def cron_line(file: Path) -> str:
    """The line of the crontab that ticks every five minutes."""
    return f"*/5 * * * * {_command(file, 'tick')} >/dev/null 2>&1"


def _command(file: Path, name: str) -> str:
    return " ".join(_quoted(part) for part in (sys.executable, "-m", "followup", "--config", str(file), name))


def _quoted(part: str) -> str:
    plain = all(letter.isalnum() or letter in "/._-" for letter in part)
    return part if plain else '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unit_file() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "systemd" / "user" / UNIT


def _has_systemd() -> bool:
    if shutil.which("systemctl") is None:
        return False
    result = subprocess.run(["systemctl", "--user", "show-environment"], capture_output=True, check=False)
    return result.returncode == 0


def _show(kind: str, file: Path) -> None:
    if kind == "systemd":
        click.echo(f"# {_unit_file()}\n{unit(file)}")
    else:
        click.echo(f"# a line for: crontab -e\n{cron_line(file)}\n")
    click.echo(f"To have it written and checked: followup service --install --with {kind}")


def _install_unit(parts: Parts, file: Path) -> None:
    target = _unit_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(unit(file), encoding="utf-8")
    for command in (["daemon-reload"], ["enable", "--now", UNIT], ["restart", UNIT]):
        _run(["systemctl", "--user", *command])
    for _ in range(START_SECONDS * 10):
        if parts.store.is_locked("daemon"):
            click.echo(f"Written to {target}, and running.")
            return
        Event().wait(0.1)
    raise WorkError(f"{target} is written, but the daemon did not start. See: journalctl --user -u {UNIT}")


def _install_line(parts: Parts, settings: Settings, file: Path) -> None:
    if shutil.which("crontab") is None:
        raise WorkError("This machine has neither systemd nor cron. Start it by hand: followup run")
    before = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False).stdout
    line = cron_line(file)
    kept = [one for one in before.splitlines() if not _is_ours(one, file)]
    _run(["crontab", "-"], "\n".join([*kept, line]) + "\n")
    since = parts.clock()
    # Cron runs a command in a bare environment: the very line is tried in one.
    environment = {"HOME": str(Path.home()), "PATH": CRON_PATH, "SHELL": "/bin/sh"}
    command = line.split(" ", 5)[5]
    subprocess.run(["/bin/sh", "-c", command], env=environment, cwd=settings.folder, check=False)
    if not _ticked(parts, since):
        raise WorkError(
            f"The line is in your crontab, but it does not tick. Try it by hand: {command.partition(' >')[0]}"
        )
    click.echo(f"Your crontab has it now, and it ticks:\n{line}")


def _is_ours(line: str, file: Path) -> bool:
    return "-m followup" in line and str(file) in line


def _ticked(parts: Parts, since: datetime) -> bool:
    run = tracker.runs(parts.store).get("tick")
    return run is not None and run.at >= since


def _run(command: list[str], given: str | None = None) -> None:
    result = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise WorkError(f"{' '.join(command)} failed: {result.stderr.strip() or result.returncode}")
