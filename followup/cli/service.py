"""`followup service`: what keeps followup running — a systemd user unit, or a line of the crontab."""

import getpass
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event

import click

from followup import assembly, files
from followup.cli import autostart, crontab, opening
from followup.errors import UsageError, WorkError
from followup.steps.parts import Parts
from followup.store import tracker

START_SECONDS = 15
LINGERING = Path("/var/lib/systemd/linger")


@click.command()
@click.option("--install", is_flag=True, help="Write it, start it, and check that it runs.")
@click.option("--remove", is_flag=True, help="Stop it, and take it away again.")
@click.option("--with", "chosen", type=click.Choice(["systemd", "cron"]), help="Which; else what this machine has.")
@click.pass_context
def service(ctx: click.Context, install: bool, remove: bool, chosen: str | None) -> None:
    """Show, or install, what keeps followup running."""
    file = opening.settings_file(ctx)
    if install and remove:
        raise UsageError("Give --install or --remove, not both.")
    if remove:
        _remove(file)
        return
    settings = opening.settings(ctx)
    kind = chosen or ("systemd" if _has_systemd() else "cron")
    if not install:
        _show(kind, file)
        return
    parts = assembly.join(settings)
    try:
        if kind == "systemd":
            _install_unit(parts, file)
        else:
            _install_line(parts, file)
    finally:
        parts.store.close()


def starting(file: Path) -> Iterator[tuple[str, bool]]:
    """What is installed for these settings, and whether what it starts does start."""
    for unit in _units(file):
        words = autostart.words_of_unit(unit.read_text(encoding="utf-8"))
        yield str(unit), autostart.starts(shlex.join([*words, "--help"]))
    if crontab.is_there():
        table = crontab.read()
        for line in filter(lambda line: autostart.ticks(line, file), table.split("\n")):
            command = (autostart.command_of_line(line) or "").partition(" >")[0]
            yield "the line in your crontab", autostart.starts(f"{command} --help", crontab.variables(table))


def _folder() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "systemd" / "user"


def _units(file: Path) -> list[Path]:
    """The units that run these settings; one of an earlier followup may have another name."""
    return [
        unit
        for unit in sorted(_folder().glob("followup*.service"))
        if autostart.words_of_unit(unit.read_text(encoding="utf-8", errors="replace"))[-3:]
        == ["--config", str(file), "run"]
    ]


def _has_systemd() -> bool:
    if shutil.which("systemctl") is None:
        return False
    result = subprocess.run(["systemctl", "--user", "show-environment"], capture_output=True, check=False)
    return result.returncode == 0


def _show(kind: str, file: Path) -> None:
    words = autostart.program()
    if kind == "systemd":
        click.echo(f"# {_folder() / autostart.unit_name(file)}\n{autostart.unit(words, file)}")
    else:
        click.echo(f"# a line for: crontab -e\n{autostart.cron_line(words, file)}\n")
    click.echo(f"To have it written and checked: followup service --install --with {kind}")


def _install_unit(parts: Parts, file: Path) -> None:
    name = autostart.unit_name(file)
    target, text = _folder() / name, autostart.unit(autostart.program(), file)
    for other in _units(file):
        if other != target:
            _remove_unit(other)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        files.replace(target, text.encode())
    except OSError as error:
        raise WorkError(f"{target} cannot be written: {error.strerror}.") from None
    for command in (["daemon-reload"], ["enable", "--now", name], ["restart", name]):
        _systemctl(*command)
    for _ in range(START_SECONDS * 10):
        if parts.store.is_locked("daemon"):
            click.echo(f"Written to {target}, and running. To take it away: followup service --remove")
            if not (LINGERING / getpass.getuser()).exists():
                click.echo("It runs while you are logged in. To let it run at all times: loginctl enable-linger")
            return
        Event().wait(0.1)
    raise WorkError(f"{target} is written, but the daemon did not start. See: journalctl --user -u {name}")


def _install_line(parts: Parts, file: Path) -> None:
    if not crontab.is_there():
        raise WorkError("This machine has neither systemd nor cron. Start it by hand: followup run")
    table = crontab.read()
    line = autostart.cron_line(autostart.program(), file)
    command = autostart.command_of_line(line) or ""
    since = parts.clock()
    autostart.in_bare_surroundings(command, crontab.variables(table))
    if not _ticked(parts, since):
        by_hand = command.partition(" >")[0]
        raise WorkError(f"As cron would run it, it does not tick, so your crontab stays. Try it by hand: {by_hand}")
    crontab.write(_without_ours(table, file) + f"{line}\n")
    click.echo(f"Your crontab has it now, and it ticks:\n{line}\nTo take it away: followup service --remove")


def _remove(file: Path) -> None:
    found = _units(file)
    for unit in found:
        _remove_unit(unit)
        click.echo(f"{unit} is gone.")
    table = crontab.read() if crontab.is_there() else ""
    ours = any(autostart.ticks(line, file) for line in table.split("\n"))
    if ours:
        crontab.write(_without_ours(table, file))
        click.echo("Its line is gone from your crontab.")
    if not found and not ours:
        click.echo(f"Nothing was installed for {file}.")
    else:
        click.echo("Nothing starts followup by itself now. By hand: followup run, or followup tick")


def _remove_unit(unit: Path) -> None:
    if _has_systemd():
        _systemctl("disable", "--now", unit.name)
    unit.unlink()
    if _has_systemd():
        _systemctl("daemon-reload")


def _without_ours(table: str, file: Path) -> str:
    """The crontab without the lines of these settings; all others as they are, the last one ended."""
    ended = table if table.endswith("\n") or not table else f"{table}\n"
    lines = ended.split("\n")
    return "\n".join(line for line in lines if not autostart.ticks(line, file))


def _ticked(parts: Parts, since: datetime) -> bool:
    run = tracker.runs(parts.store).get("tick")
    return run is not None and run.at >= since


def _systemctl(*words: str) -> None:
    result = subprocess.run(["systemctl", "--user", *words], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise WorkError(f"systemctl --user {' '.join(words)} failed: {result.stderr.strip() or result.returncode}")
