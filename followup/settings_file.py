"""The file that holds the settings: lines of NAME=value, read literally and changed in place.

In 'single' or "double" quotes a backslash is written before that quote and before another backslash; any other
backslash, and every $, stands for itself. Without quotes a value ends with its line, or before a # after a blank.
"""

import grp
import os
import pwd
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from followup.errors import UsageError

_BINDING = re.compile(
    r"""[ \t]* (?:export[ \t]+)? (?P<name>[A-Za-z_]\w*) [ \t]* = [ \t]*
    (?P<value> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | (?!['"]) .*? )
    [ \t]* (?: (?<=[ \t]) \# .* )?""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[\w@./:+-]*")


@dataclass(frozen=True, slots=True)
class Binding:
    """One NAME=value of the file, and the number of its line."""

    name: str
    value: str
    line: int


def read(file: Path) -> str:
    """The text of the settings file; raises UsageError where it is missing or cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"There are no settings at {file}. To make them: followup init") from None
    except UnicodeDecodeError:
        raise UsageError(f"The settings at {file} are not in UTF-8. Save them as UTF-8 in your editor.") from None
    except OSError as error:
        raise UsageError(f"The settings at {file} cannot be read: {error.strerror}.") from None


def parse(text: str) -> tuple[list[Binding], list[int]]:
    """The bindings of a settings file, and the numbers of the lines that are neither these, nor blank, nor comments."""
    bindings, broken = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _BINDING.fullmatch(line)
        if match is None:
            broken.append(number)
        else:
            bindings.append(Binding(match["name"], _unquoted(match["value"]), number))
    return bindings, broken


def change(text: str, values: Mapping[str, str]) -> str:
    """The text with these values, each in the line that set it so far, else in a new one; all else stays as it is."""
    lines = text.rstrip("\n").split("\n")
    line_of = {binding.name: binding.line for binding in parse(text)[0]}
    for name, value in values.items():
        if name not in line_of:
            lines.append(f"{name}={_quoted(value)}")
            continue
        place = line_of[name] - 1
        match = _BINDING.fullmatch(lines[place])
        if match is not None and _unquoted(match["value"]) != value:
            before, after = lines[place][: match.start("value")], lines[place][match.end("value") :]
            lines[place] = before + _quoted(value) + after
    return "\n".join(lines) + "\n"


def refuse_exposed(file: Path, *, secret: bool) -> None:
    """Raise UsageError where another user could change the settings, or read them though they hold a secret."""
    status = file.stat()
    if status.st_uid not in (os.geteuid(), 0):
        raise UsageError(f"{file} belongs to {_user(status.st_uid)}, so only {_user(status.st_uid)} can use it.")
    if _others_write(status):
        raise UsageError(f"{file} can be changed by others on this machine. To keep it to yourself: chmod 600 {file}")
    if secret and stat.S_IMODE(status.st_mode) & 0o077:
        raise UsageError(f"{file} can be read by others on this machine. To keep it to yourself: chmod 600 {file}")
    # Whoever can write in a folder can put another file in this one's place; the file may be a link to another folder.
    real = file.resolve()
    for folder in dict.fromkeys((*file.parents, *real.parents)):
        status = folder.stat()
        shared = status.st_mode & stat.S_ISVTX and folder not in (file.parent, real.parent)
        if _others_write(status) and not shared:
            raise UsageError(
                f"Others on this machine can write in {folder}, and so replace your settings."
                f" To keep it to yourself: chmod go-w {folder}"
            )


def _others_write(status: os.stat_result) -> bool:
    """Whether somebody but the owner, root and this user may write, as far as the mode tells."""
    if status.st_mode & stat.S_IWOTH:
        return True
    if not status.st_mode & stat.S_IWGRP:
        return False
    try:
        group = grp.getgrgid(status.st_gid)
    except KeyError:
        return True
    # Many systems give each user a group of their own, and new folders to that group.
    own = {_user(status.st_uid), _user(os.geteuid())}
    return group.gr_name not in own or not own.issuperset(group.gr_mem)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _unquoted(written: str) -> str:
    quote = written[:1]
    if quote not in ("'", '"'):
        return written
    return re.sub(rf"\\([\\{quote}])", r"\1", written[1:-1])


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
