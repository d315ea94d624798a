"""Files that are written for the person: whole or not at all, for their owner alone, never over another file."""

import os
import tempfile
from pathlib import Path


def create(file: Path, content: bytes) -> None:
    """Write a new file. Raises FileExistsError where anything, be it a link, has this name; else OSError."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        replace(file, content)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def replace(file: Path, content: bytes) -> None:
    """Put this content in the file's place in one step; of a link, in the place of what it leads to. Raises OSError."""
    target = file.resolve()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".followup-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
