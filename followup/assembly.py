"""The one place where the parts are joined: settings → store, templates, calendar, clock, mail account.

What costs time to import is imported when a step first asks for it: `followup outbox` needs no template.
"""

import os
import platform
import select
import signal
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from followup import config
from followup.config import Settings
from followup.errors import WorkError
from followup.model.password import as_meant
from followup.model.person import Account, Person
from followup.steps.parts import Current, Parts
from followup.store.database import Database, open_store

if TYPE_CHECKING:
    from followup.letters.compose import Templates
    from followup.playbook.rules import Playbook
    from followup.playbook.timing import Calendar
    from followup.tracker.words import Words

PASSWORD_COMMAND_SECONDS = 30
LOOK_SECONDS = 0.1
"""How often such a command is looked at while it prints nothing."""
LONGEST_SECRET = 65_536
"""Bytes; a token of OAuth2 has some thousand."""


def settings(file: Path) -> Settings:
    """The settings of this file and the environment."""
    return config.load(file, os.environ)


def settings_as_far_as_right(file: Path) -> tuple[Settings, tuple[str, ...]]:
    """The same for a look that needs none, and what is wrong with them."""
    return config.as_far_as_right(file, os.environ)


def clock() -> datetime:
    """Now, in UTC: the one place where the product reads the time of day."""
    return datetime.now(UTC)


def machine() -> str:
    """What tells this machine from others: its id (machine-id(5)), else its name."""
    try:
        return Path("/etc/machine-id").read_text(encoding="ascii").strip() or platform.node()
    except (OSError, UnicodeDecodeError):
        return platform.node()


def shipped_templates() -> Path:
    """The folder of templates that came with followup: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def example_settings() -> Path:
    """The commented example of all settings."""
    package = Path(__file__).resolve().parent
    inside = package / "config.example.env"
    return inside if inside.is_file() else package.parent / "config.example.env"


def join(chosen: Settings) -> Parts:
    """All parts for one person's settings; opens the store."""
    return parts_of(chosen, open_store(chosen.folder))


def parts_of(chosen: Settings, store: Database) -> Parts:
    """All parts around an open store."""
    folders = (own_templates(chosen.file), shipped_templates())
    return Parts(
        store=store,
        person=chosen.person,
        tracker=chosen.tracker,
        encoding=chosen.encoding,
        columns=chosen.columns,
        machine=machine(),
        nudges=chosen.nudges,
        letters_a_day=chosen.letters_a_day,
        gap=chosen.gap,
        connections=chosen.connections,
        mail_host=chosen.smtp_host,
        shown=config.without_secrets(chosen),
        unchanged=lambda: config.signature(chosen.file) == chosen.signature,
        words=cache(lambda: words(folders)),
        words_digest=cache(lambda: words_digest(folders)),
        playbook=cache(lambda: playbook(folders)),
        templates=cache(lambda: templates(folders)),
        calendar=cache(lambda: calendar(chosen.person)),
        account=lambda: account(chosen),
        clock=clock,
    )


def current(file: Path) -> Current:
    """The parts of a process that runs on: joined anew when the settings file or the person's own templates change.

    The environment stays that of the process. Any thread may ask.
    """
    store = open_store(settings(file).folder)
    asking = Lock()

    @lru_cache(maxsize=1)
    def joined(_state: object) -> Parts:
        return parts_of(settings(file), store)

    def parts() -> Parts:
        with asking:
            files = (file, *sorted(own_templates(file).rglob("*")))
            return joined(tuple((one, config.signature(one)) for one in files))

    return parts


def own_templates(file: Path) -> Path:
    """The folder of the person's own templates, beside the settings."""
    return file.parent / "templates"


def words(folders: tuple[Path, ...]) -> "Words":
    """The words that trackers are read with."""
    from followup.tracker import words as room

    return room.load(folders)


def words_digest(folders: tuple[Path, ...]) -> str:
    """Tells those words from others, without the time that they cost."""
    from followup.tracker import words as room

    return room.digest(folders)


def playbook(folders: tuple[Path, ...]) -> "Playbook":
    """What follows what."""
    from followup.playbook import rules

    return rules.load(folders)


def templates(folders: tuple[Path, ...]) -> "Templates":
    """Letters and nudges."""
    from followup.letters.compose import Templates

    return Templates(folders)


def calendar(person: Person) -> "Calendar":
    """The person's zone and public holidays."""
    from followup.playbook.timing import Calendar

    return Calendar(person.zone, _holidays(person.country))


def account(chosen: Settings) -> Account | None:
    """The mail account, its password fetched; None where none is set up. Raises WorkError if the command fails."""
    if chosen.smtp_host is None:
        return None
    password = chosen.smtp_password
    if chosen.smtp_password_command is not None:
        password = _printed(chosen.smtp_password_command, "PASSWORD", os.environ)
    token = None
    if chosen.smtp_token_command is not None:
        token = _printed(chosen.smtp_token_command, "TOKEN", os.environ)
    return Account(
        host=chosen.smtp_host,
        port=chosen.smtp_port,
        security=chosen.smtp_security,
        username=chosen.smtp_username,
        password=password,
        token=token,
    )


def _holidays(country: str | None) -> Callable[[date], bool]:
    if country is None:
        return lambda _day: False

    @cache
    def table() -> Mapping[date, str]:
        import holidays

        try:
            whole, _, region = country.partition("-")
            return holidays.country_holidays(whole, subdiv=region or None)
        except NotImplementedError:
            raise WorkError(
                f"The public holidays of {country} are not known. Leave FOLLOWUP_COUNTRY empty, or correct it."
            ) from None

    return lambda day: day in table()


def _printed(command: str, what: str, environment: Mapping[str, str]) -> str:
    """The first line that a command prints, run by the shell: a password or an OAuth2 token. Raises WorkError."""
    name = f"FOLLOWUP_SMTP_{what}_COMMAND"
    with subprocess.Popen(
        ["/bin/sh", "-c", command],
        env=config.environment_for_children(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,  # So that what the shell has started can be ended with it.
    ) as process:
        try:
            printed = _read(process, monotonic() + PASSWORD_COMMAND_SECONDS)
            if len(printed) > LONGEST_SECRET:
                raise WorkError(f"The command of {name} failed: it printed far more than a secret. Try it by hand.")
            code = process.wait(PASSWORD_COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            raise WorkError(f"The command of {name} timed out. Try it by hand.") from None
        finally:
            if process.returncode is None:  # Nobody has waited for it, so its number is still its own.
                os.killpg(process.pid, signal.SIGKILL)
    if code:
        # What it complained of is not repeated: it could hold the secret, and this sentence is kept in the log.
        raise WorkError(f"The command of {name} failed with exit code {code}. Try it by hand.")
    try:
        text = printed.decode()
    except UnicodeDecodeError:
        raise WorkError(f"The command of {name} failed: it printed something else than text. Try it by hand.") from None
    secret = text.partition("\n")[0].removesuffix("\r")
    if not secret.strip():
        raise WorkError(f"The command of {name} failed: it printed nothing in its first line. Try it by hand.")
    return as_meant(secret)


def _read(process: subprocess.Popen[bytes], until: float) -> bytes:
    """What a process prints to its end, or the beginning of more than a secret has; raises TimeoutExpired.

    What it leaves running, such as an agent, may keep the output open for good: that is not waited for.
    """
    if process.stdout is None:
        raise RuntimeError("its output is not read here")
    printed = b""
    while len(printed) <= LONGEST_SECRET:
        if monotonic() > until:
            raise subprocess.TimeoutExpired(process.args, PASSWORD_COMMAND_SECONDS)
        if not select.select([process.stdout], [], [], LOOK_SECONDS)[0]:
            if process.poll() is not None:
                return printed
            continue
        part = os.read(process.stdout.fileno(), LONGEST_SECRET)
        if not part:
            return printed
        printed += part
    return printed
