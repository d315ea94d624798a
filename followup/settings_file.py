"""The file that holds the settings: lines of NAME=value, read literally and changed in place.

In 'single' or "double" quotes a backslash is written before that quote and before another backslash; any other
backslash, and every $, stands for itself. Without quotes a value ends with its line, or before a # after a blank.
"""

import grp
import io
import os
import pwd
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import parse_stream

from followup.errors import UsageError

_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?\w+[ \t]*=[ \t]*")
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
    """The bindings of a settings file, and the numbers of the lines that are neither these, nor blank, nor comments.

    python-dotenv is given one line at a time: in a whole file a quote left open takes what follows into its value.
    """
    bindings, broken = [], []
    for number, line in enumerate(text.split("\n"), 1):
        for binding in parse_stream(io.StringIO(_with_literal_backslashes(line))):
            if binding.error or (binding.key is not None and binding.value is None):
                broken.append(number)
            elif binding.key is not None:
                bindings.append(Binding(binding.key, binding.value or "", number))
    return bindings, broken


def change(text: str, values: Mapping[str, str]) -> str:
    """The text with these values, each in the line that set it so far, else in a new one; all else stays as it is."""
    lines = text.rstrip("\n").split("\n")
    standing = {binding.name: binding for binding in parse(text)[0]}
    for name, value in values.items():
        if name not in standing:
            lines.append(f"{name}={_quoted(value)}")
        elif standing[name].value != value:
            place = standing[name].line - 1
            begin = _NAME.match(lines[place])
            lines[place] = (begin[0] if begin else f"{name}=") + _quoted(value)
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


def _with_literal_backslashes(line: str) -> str:
    """The line with each backslash in double quotes doubled, which python-dotenv would take for a tab or a line end."""
    name, equals, value = line.partition("=")
    if not value.lstrip().startswith('"'):
        return line
    return name + equals + re.sub(r'\\([\\"])|\\', lambda escape: escape[0] if escape[1] else r"\\", value)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
