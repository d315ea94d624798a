"""Config file and environment → Settings: every problem at once, and no secret in a repr.

The file is never read into the process environment, so that no child process sees a secret.
"""

import codecs
import difflib
import io
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dotenv
import platformdirs
from dotenv.parser import parse_stream

from followup.errors import SettingsError, UsageError
from followup.model.address import is_carried
from followup.model.letter import QUESTIONS
from followup.model.person import Person, Security

PREFIX = "FOLLOWUP_"
FILE_NAME = "config.env"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
USUAL_PORT = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
NAMES = tuple(
    PREFIX + name
    for name in (
        "NAME", "EMAIL", "TRACKER", "TIMEZONE", "COUNTRY", "LANGUAGE", "CONTACT_LINE", "QUESTIONS", "NUDGES",
        "LETTERS_A_DAY", "GAP", "CONNECTIONS",
        "SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY", "SMTP_USERNAME", "SMTP_PASSWORD", "SMTP_PASSWORD_COMMAND",
        "SMTP_TOKEN_COMMAND",
        "ENCODING", "COLUMNS",
    )
)  # fmt: skip

_ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"().]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, checked. `folder` holds them, the store and the person's own templates."""

    folder: Path
    person: Person
    tracker: Path
    nudges: str
    letters_a_day: int
    gap: timedelta
    connections: int
    encoding: str | None
    columns: Mapping[str, str]
    smtp_host: str | None
    smtp_port: int
    smtp_security: Security
    smtp_username: str | None
    smtp_password: str | None = field(default=None, repr=False)
    smtp_password_command: str | None = field(default=None, repr=False)
    smtp_token_command: str | None = field(default=None, repr=False)


def default_file() -> Path:
    """Where the settings are looked for when nobody says; raises UsageError where nobody has a home."""
    try:
        return platformdirs.user_config_path("followup") / FILE_NAME
    except RuntimeError:
        text = "There is no home folder to look for settings in. Name their file: followup --config FILE"
        raise UsageError(text) from None


def find(option: str | None, environment: Mapping[str, str]) -> Path:
    """The settings file: `--config`, `$FOLLOWUP_CONFIG`, else the platform's config folder, never the current one."""
    named = option or environment.get("FOLLOWUP_CONFIG")
    return Path(named).expanduser().absolute() if named else default_file()


def load(file: Path, environment: Mapping[str, str]) -> Settings:
    """Read and check all settings; raises SettingsError with every problem, UsageError if there is no file."""
    values = {**_from_file(file), **_from_environment(environment)}
    problems: list[str] = []

    def get(name: str, parse: Callable[[str], Any], default: Any) -> Any:
        text = values.get(PREFIX + name, "").strip()
        try:
            return parse(text) if text else default
        except ValueError as error:
            problems.append(f"{_place(file, PREFIX + name)}: {error}")
            return default

    def need(name: str, what: str) -> str:
        if not values.get(PREFIX + name, "").strip():
            problems.append(f"{file}: {PREFIX}{name} is missing: {what}.")
            return ""
        return str(get(name, _address if name == "EMAIL" else _one_line, ""))

    security: Security = get("SMTP_SECURITY", _security, Security.STARTTLS)
    settings = Settings(
        folder=file.parent,
        person=Person(
            name=need("NAME", "your name, as your letters are signed"),
            email=need("EMAIL", "your own address"),
            zone=get("TIMEZONE", _zone, ZoneInfo("UTC")),
            country=get("COUNTRY", _country, None),
            language=get("LANGUAGE", _language, "en"),
            contact_line=get("CONTACT_LINE", _one_line, ""),
            questions=get("QUESTIONS", questions_of, ()),
        ),
        tracker=file.parent / Path(need("TRACKER", "the CSV file with your applications")).expanduser(),
        nudges=get("NUDGES", _nudges, "mail"),
        letters_a_day=get("LETTERS_A_DAY", _number(1, 10_000), 20),
        gap=timedelta(seconds=get("GAP", _number(0, 86_400), 60)),
        connections=get("CONNECTIONS", _number(1, 20), 1),
        encoding=get("ENCODING", _encoding, None),
        columns=get("COLUMNS", _columns, {}),
        smtp_host=get("SMTP_HOST", _one_line, None),
        smtp_port=get("SMTP_PORT", _port, USUAL_PORT[security]),
        smtp_security=security,
        smtp_username=get("SMTP_USERNAME", _one_line, None),
        smtp_password=values.get("FOLLOWUP_SMTP_PASSWORD") or None,
        smtp_password_command=get("SMTP_PASSWORD_COMMAND", str, None),
        smtp_token_command=get("SMTP_TOKEN_COMMAND", str, None),
    )
    problems += _mail_problems(file, settings)
    if problems:
        raise SettingsError(problems)
    return settings


def without_secrets(settings: Settings) -> dict[str, str]:
    """What may be shown of the settings, by what it is called there; of secrets only that they are set."""
    person = settings.person
    secret = next(
        (name for name in ("password", "password_command", "token_command") if getattr(settings, f"smtp_{name}")), None
    )
    return {
        "NAME": person.name,
        "EMAIL": person.email,
        "TRACKER": str(settings.tracker),
        "TIMEZONE": person.zone.key,
        "COUNTRY": person.country or "",
        "LANGUAGE": person.language,
        "NUDGES": settings.nudges,
        "LETTERS_A_DAY": str(settings.letters_a_day),
        "GAP": f"{settings.gap.total_seconds():.0f}",
        "SMTP_HOST": settings.smtp_host or "",
        "SMTP_PORT": str(settings.smtp_port) if settings.smtp_host else "",
        "SMTP_SECURITY": settings.smtp_security if settings.smtp_host else "",
        "SMTP_USERNAME": settings.smtp_username or "",
        f"SMTP_{(secret or 'password').upper()}": "set" if secret else "",
    }


def environment_for_children(environment: Mapping[str, str]) -> dict[str, str]:
    """What an editor or a password command may see: everything but our own settings."""
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}


def _from_file(file: Path) -> dict[str, str]:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"There are no settings at {file}. To make them: followup init") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The settings at {file} cannot be read: {error}.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"{file} can be read by others on this machine. To keep it to yourself: chmod 600 {file}")
    broken = [binding.original.line for binding in parse_stream(io.StringIO(text)) if binding.error]
    if broken:
        raise SettingsError([f"{file}, line {line}: this is not NAME=value." for line in broken])
    values = {name: value or "" for name, value in dotenv.dotenv_values(stream=io.StringIO(text)).items()}
    unknown = [name for name in values if name.startswith(PREFIX) and name not in NAMES]
    if unknown:
        raise SettingsError([f"{_place(file, name)}: there is no such setting.{_nearest(name)}" for name in unknown])
    return {name: value for name, value in values.items() if name in NAMES}


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in NAMES if name in environment}


def _place(file: Path, name: str) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    numbers = [number for number, line in enumerate(lines, 1) if re.match(rf"\s*(export\s+)?{name}\s*=", line)]
    return f"{file}, line {numbers[-1]}, {name}" if numbers else f"environment, {name}"


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, 1)
    return f" Did you mean {near[0]}?" if near else " config.example.env lists them all."


def _mail_problems(file: Path, settings: Settings) -> list[str]:
    problems = []
    if settings.smtp_host and settings.smtp_security is Security.NONE and settings.smtp_host not in LOOPBACK:
        problems.append(
            f"{_place(file, 'FOLLOWUP_SMTP_SECURITY')}: unprotected mail goes to this machine only,"
            f" not to {settings.smtp_host}; use starttls or tls."
        )
    ways = (settings.smtp_password, settings.smtp_password_command, settings.smtp_token_command)
    if sum(way is not None for way in ways) > 1:
        names = "FOLLOWUP_SMTP_PASSWORD, FOLLOWUP_SMTP_PASSWORD_COMMAND, FOLLOWUP_SMTP_TOKEN_COMMAND"
        problems.append(f"{file}: give only one of {names}.")
    return problems


def _one_line(text: str) -> str:
    if any(ord(letter) < 32 or letter in "\x7f\x85\u2028\u2029" for letter in text):
        raise ValueError("must be one line of plain text.")
    if any(0xD800 <= ord(letter) < 0xE000 for letter in text):
        raise ValueError("must be plain text in UTF-8; a file of such a name can be renamed.")
    return text


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError(f"{text!r} is no mail address.")
    return text


def is_address(text: str) -> bool:
    """Whether this is one plain address, ASCII before the @, with a dot in its domain."""
    return len(text) <= 254 and text.isprintable() and _ADDRESS.fullmatch(text) is not None and is_carried(text)


def questions_of(text: str) -> tuple[str, ...]:
    """The names of questions in a list such as `deciding,different`, in the order of the letter; raises ValueError."""
    names = [name.strip().casefold() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in QUESTIONS]
    if unknown or not names:
        wrong = repr(unknown[0]) if unknown else "nothing"
        raise ValueError(f"{wrong} is no question; they are {', '.join(QUESTIONS)}.")
    return tuple(dict.fromkeys(names))


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{text!r} is no time zone; it reads like Europe/Berlin or America/New_York.") from None


def _country(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?", text):
        raise ValueError(f"{text!r} is no country; two letters, such as DE, or with a region, such as DE-BY.")
    return text.upper()


def _language(text: str) -> str:
    if not re.fullmatch("[a-z]{2}", text):
        raise ValueError(f"{text!r} is no language; two letters, such as en.")
    return text


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"{text!r} must be a number from {least} to {most}.")
        return int(text)

    return parse


def _nudges(text: str) -> str:
    if text not in {"mail", "terminal", "off"}:
        raise ValueError(f"{text!r} must be mail, terminal or off.")
    return text


def _encoding(text: str) -> str:
    try:
        return codecs.lookup(text).name
    except LookupError:
        raise ValueError(f"{text!r} is no encoding; it reads like utf-8 or cp1252.") from None


def _columns(text: str) -> Mapping[str, str]:
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(equals and header.strip() for _, equals, header in pairs):
        raise ValueError(f"{text!r} must read like company=Firm, status=State.")
    return {name.strip(): header.strip() for name, _, header in pairs}


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"{text!r} is no port; a number from 1 to 65535.")
    return int(text)


def _security(text: str) -> Security:
    try:
        return Security(text)
    except ValueError:
        raise ValueError(f"{text!r} must be starttls, tls or none.") from None
