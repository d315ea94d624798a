"""The other stores of this user that follow the same tracker."""

from contextlib import suppress
from pathlib import Path

from followup.errors import StoreError
from followup.steps.parts import Parts
from followup.store import asked


def of(parts: Parts) -> tuple[Path, ...]:
    """The folders of the others; raises StoreError where that cannot be read."""
    with asked.reading() as memory:
        return memory.others(parts.store.folder, parts.tracker) if memory is not None else ()


def be_known(parts: Parts) -> None:
    """Let the others know of this one."""
    # A folder that cannot be written does not keep a tracker from being read; it keeps each letter here, and says so.
    with suppress(StoreError):
        with asked.reading() as memory:
            known = memory is not None and memory.knows(parts.store.folder, parts.tracker)
        if not known:
            with asked.writing() as memory:
                memory.follow(parts.store.folder, parts.tracker)
