"""The tracker on the disk: a settled snapshot of its bytes, opened for reading only, or the reason there is none."""

import errno
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import xxhash

LARGEST = 64 * 1024 * 1024
"""Bytes; a tracker of a hundred thousand rows has about 25 million."""
SETTLED_SECONDS = 0.3
"""How long a file must lie untouched before it is taken as whole, where nobody saw it being renamed into place."""
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole file at one moment."""

    data: bytes
    signature: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why the file cannot be read now, in a sentence, and what to do with a tracker that is like that."""

    reason: str
    remedy: str = ""

    @property
    def whole(self) -> str:
        """Both."""
        return f"{self.reason} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class Untouched:
    """The file is the one that was read last."""


def signature(file: Path) -> str | None:
    """What one `stat` tells of the file: it moves whenever the file does. None if there is none.

    The time of the last change of its status (`st_ctime`) is in it, which nobody can set back: a sync client gives a
    file that it writes the time of modification that it has elsewhere.
    """
    try:
        status = file.stat()
    except OSError:
        return None
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def missing(file: Path) -> Unreadable | None:
    """Why there is nothing to read under this name, told by one `stat`; None where something is there."""
    try:
        file.stat()
    except OSError as error:
        return _unreadable(file, error)
    return None


def take(file: Path, last: str | None = None, *, whole: bool = False) -> Snapshot | Untouched | Unreadable:
    """Read the file once it has settled, unless its signature is still `last`.

    `whole` says that it was seen being renamed into place, so there is nothing to wait for.
    """
    before = signature(file)
    if last is not None and before == last:
        return Untouched()
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        while True:
            if not whole:
                _settle(file, until)
                before = signature(file)
            data = _bytes(file)
            after = signature(file)
            if after == before:
                return Snapshot(data=data, signature=after or "", digest=digest(data))
            before = after
            if time.monotonic() > until:
                return Unreadable(reason=f"{file} is being written just now; it will be read when that is done.")
    except OSError as error:
        return _unreadable(file, error)


def digest(data: bytes) -> str:
    """XXH3 of the bytes, 128 bits, in hex: a tracker is no adversary, and this costs no more than reading it."""
    return xxhash.xxh3_128_hexdigest(data)


def _settle(file: Path, until: float) -> None:
    while time.monotonic() < until:
        age = time.time() - file.stat().st_mtime
        if not 0 <= age < SETTLED_SECONDS:
            return
        Event().wait(SETTLED_SECONDS - age)


def _bytes(file: Path) -> bytes:
    with open(file, "rb", buffering=0, opener=_read_only) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        if status.st_size > LARGEST:
            raise OSError(errno.EFBIG, f"it has {status.st_size // 1_000_000} million bytes, more than any tracker has")
        return stream.read()


def _read_only(path: str, _flags: int) -> int:
    """Open without ever waiting for the other end of a pipe."""
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def _unreadable(file: Path, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        remedy = "Put it back, or name the right one in FOLLOWUP_TRACKER."
        return Unreadable(reason=f"There is no file {file}.", remedy=remedy)
    if isinstance(error, PermissionError):
        return Unreadable(reason=f"{file} may not be read. To allow it: chmod u+r {file}")
    reason = f"{file} cannot be read: {error.strerror or error}."
    return Unreadable(reason=reason, remedy="Name another file in FOLLOWUP_TRACKER.")
