"""Config file and environment → Settings: every problem at once, and no secret in a repr.

The file is never read into the process environment, so that no child process sees a secret.
"""

import codecs
import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import platformdirs

from followup import settings_file
from followup.errors import SettingsError, UsageError
from followup.model import plain
from followup.model.address import is_carried
from followup.model.letter import QUESTIONS
from followup.model.password import as_meant
from followup.model.person import Person, Security
from followup.model.server import LOOPBACK, Server, port_of, server_of

PREFIX = "FOLLOWUP_"
FILE_NAME = "config.env"
USUAL_PORT = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
SECRETS = ("SMTP_PASSWORD", "SMTP_PASSWORD_COMMAND", "SMTP_TOKEN_COMMAND")

_ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"().]+")


Signature = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, checked. Their `file` lies in one folder with the store and the person's own templates.

    `signature` is that of the file when it was read.
    """

    file: Path
    signature: Signature | None
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

    @property
    def folder(self) -> Path:
        """Where the store and the person's own templates are."""
        return self.file.parent


def signature(file: Path) -> Signature | None:
    """What `stat` tells of a file: it moves with its text, its permissions and its folder's. None if there is none."""
    try:
        status, folder = file.stat(), file.parent.stat()
    except OSError:
        return None
    of_file = (status.st_dev, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return (*of_file, folder.st_mode)


NOWHERE = Path(os.devnull) / FILE_NAME
"""Where no settings can be."""


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
    signed = signature(file)
    settings, problems, missing = _checked(file, signed, *_from_file(file), environment)
    if problems or missing:
        raise SettingsError([*missing, *problems])
    return settings


def as_far_as_right(file: Path, environment: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
    """The settings for a look that needs none: what is missing or wrong has its default; and what is wrong."""
    in_file: dict[str, str] = {}
    lines: dict[str, int] = {}
    amiss: list[str] = []
    signed = signature(file)
    if signed is not None:
        try:
            in_file, lines = _from_file(file)
        except UsageError as error:
            amiss.append(str(error))
    settings, problems, _ = _checked(file, signed, in_file, lines, environment)
    return settings, (*amiss, *problems)


def _checked(
    file: Path,
    signed: Signature | None,
    in_file: Mapping[str, str],
    lines: Mapping[str, int],
    environment: Mapping[str, str],
) -> tuple[Settings, list[str], list[str]]:
    """The settings, all that is wrong with them, and what is missing; for both there is the default, or nothing."""
    values = {**in_file, **{name: environment[name] for name in NAMES if name in environment}}
    problems: list[str] = []
    missing: list[str] = []

    def reject(name: str, why: object) -> None:
        place = "environment" if PREFIX + name in environment else f"{file}, line {lines.get(PREFIX + name, 0)}"
        problems.append(f"{place}, {PREFIX}{name}: {why}")

    def get(name: str, parse: Callable[[str], Any], default: Any) -> Any:
        text = values.get(PREFIX + name, "").strip()
        try:
            return parse(text) if text else default
        except ValueError as error:
            reject(name, error)
            return default

    def need(name: str, what: str) -> str:
        if not values.get(PREFIX + name, "").strip():
            missing.append(f"{file}: {PREFIX}{name} is missing: {what}.")
            return ""
        return str(get(name, PARSERS[name], ""))

    def optional(name: str, default: Any = None) -> Any:
        return get(name, PARSERS[name], default)

    server: Server | None = optional("SMTP_HOST")
    port: int | None = optional("SMTP_PORT", server and server.port)
    usual = Security.TLS if port == USUAL_PORT[Security.TLS] else Security.STARTTLS
    security: Security = optional("SMTP_SECURITY", (server and server.security) or usual)
    settings = Settings(
        file=file,
        signature=signed,
        person=Person(
            name=need("NAME", "your name, as your letters are signed"),
            email=need("EMAIL", "your own address"),
            zone=optional("TIMEZONE", ZoneInfo("UTC")),
            country=optional("COUNTRY"),
            language=optional("LANGUAGE", "en"),
            contact_line=optional("CONTACT_LINE", ""),
            questions=optional("QUESTIONS", ()),
        ),
        tracker=file.parent / Path(need("TRACKER", "the CSV file with your applications")).expanduser(),
        nudges=optional("NUDGES", "mail"),
        letters_a_day=optional("LETTERS_A_DAY", 20),
        gap=timedelta(seconds=optional("GAP", 60)),
        connections=optional("CONNECTIONS", 1),
        encoding=optional("ENCODING"),
        columns=optional("COLUMNS", {}),
        smtp_host=server.host if server else None,
        smtp_port=port or USUAL_PORT[security],
        smtp_security=security,
        smtp_username=optional("SMTP_USERNAME"),
        smtp_password=_password(values.get("FOLLOWUP_SMTP_PASSWORD", ""), reject),
        smtp_password_command=optional("SMTP_PASSWORD_COMMAND"),
        smtp_token_command=optional("SMTP_TOKEN_COMMAND"),
    )
    for name, why in _contradictions(settings, server):
        reject(name, why)
    if sum(bool(values.get(PREFIX + name)) for name in SECRETS) > 1:
        problems.append(f"{file}: give only one of {', '.join(PREFIX + name for name in SECRETS)}.")
    return settings, problems, missing


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


def _from_file(file: Path) -> tuple[dict[str, str], dict[str, int]]:
    """The settings that stand in the file, and the line of each; raises UsageError."""
    bindings, broken = settings_file.parse(settings_file.read(file))
    values = {binding.name: binding.value for binding in bindings}
    settings_file.refuse_exposed(file, secret=any(values.get(PREFIX + name) for name in SECRETS))
    lines = {binding.name: binding.line for binding in bindings}
    problems = [
        f"{file}, line {line}: this is not NAME=value. What is quoted ends with its quote; in it, a quote and a \\"
        " each have a \\ before them."
        for line in broken
    ]
    problems += [
        f"{file}, line {lines[name]}, {name}: there is no such setting.{_nearest(name)}"
        for name in values
        if name.startswith(PREFIX) and name not in NAMES
    ]
    if problems:
        raise SettingsError(problems)
    return {name: value for name, value in values.items() if name in NAMES}, lines


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, 1)
    return f" Did you mean {near[0]}?" if near else " config.example.env lists them all."


def _contradictions(settings: Settings, server: Server | None) -> Iterator[tuple[str, str]]:
    """Settings of the mail account that cannot all be meant, and why."""
    if server is None:
        return
    if server.port is not None and server.port != settings.smtp_port:
        yield "SMTP_PORT", f"it is {settings.smtp_port}, but {PREFIX}SMTP_HOST says {server.port}; give it once."
    if server.security is not None and server.security is not settings.smtp_security:
        wanted, given = server.security, settings.smtp_security
        yield "SMTP_SECURITY", f"it is {given}, but {PREFIX}SMTP_HOST means {wanted}; give it once."
    if settings.smtp_security is Security.NONE and server.host not in LOOPBACK:
        yield (
            "SMTP_SECURITY",
            f"unprotected mail goes to this machine only, not to {server.host}; use starttls or tls.",
        )


def _password(text: str, reject: Callable[[str, object], None]) -> str | None:
    """A password; what is wrong with it is told without it."""
    try:
        return _one_line(as_meant(text)) or None
    except ValueError as error:
        reject("SMTP_PASSWORD", error)
        return None


def _one_line(text: str) -> str:
    if any(ord(letter) < 32 or letter in "\x7f\x85\u2028\u2029" for letter in text):
        raise ValueError("must be one line of plain text.")
    if any(0xD800 <= ord(letter) < 0xE000 for letter in text):
        raise ValueError("must be plain text in UTF-8; a file of such a name can be renamed.")
    return text


def _words(text: str) -> str:
    """What stands in letters, as mail programs show it."""
    words = plain.one_line(_one_line(text))
    if not words:
        raise ValueError("must have something in it that can be seen.")
    return words


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
        city = text.replace(" ", "_").casefold()
        near = sorted(zone for zone in available_timezones() if zone.rpartition("/")[2].casefold() == city)
        hint = f"Did you mean {near[0]}?" if near else "It reads like Europe/Berlin or America/New_York."
        raise ValueError(f"{text!r} is no time zone. {hint}") from None


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


def _security(text: str) -> Security:
    try:
        return Security(text)
    except ValueError:
        raise ValueError(f"{text!r} must be starttls, tls or none.") from None


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "NAME": _words,
    "EMAIL": _address,
    "TRACKER": _one_line,
    "TIMEZONE": _zone,
    "COUNTRY": _country,
    "LANGUAGE": _language,
    "CONTACT_LINE": _words,
    "QUESTIONS": questions_of,
    "NUDGES": _nudges,
    "LETTERS_A_DAY": _number(1, 10_000),
    "GAP": _number(0, 86_400),
    "CONNECTIONS": _number(1, 20),
    "SMTP_HOST": server_of,
    "SMTP_PORT": port_of,
    "SMTP_SECURITY": _security,
    "SMTP_USERNAME": _one_line,
    "SMTP_PASSWORD": _one_line,
    "SMTP_PASSWORD_COMMAND": _one_line,
    "SMTP_TOKEN_COMMAND": _one_line,
    "ENCODING": _encoding,
    "COLUMNS": _columns,
}
"""How each setting is read; a parser raises ValueError with what is wrong, as the end of a sentence."""

NAMES = tuple(PREFIX + name for name in PARSERS)
