"""A progress bar for work that takes longer than a second; on a terminal only."""

import sys
from time import monotonic
from types import TracebackType
from typing import Any

import click

PATIENCE_SECONDS = 1.0


class Bar:
    """Shows itself once the work has taken a second."""

    def __init__(self, label: str) -> None:
        """`label` says in a word what is being done."""
        self._label = label
        self._since = monotonic()
        self._bar: Any = None

    def __enter__(self) -> "Bar":
        """Begin to count the time."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.render_finish()

    def update(self, done: int, whole: int) -> None:
        """Say how far it has come."""
        if self._bar is None and done < whole and monotonic() - self._since > PATIENCE_SECONDS and sys.stderr.isatty():
            self._bar = click.progressbar(length=whole, label=self._label, file=sys.stderr)
        if self._bar is not None:
            self._bar.update(done - self._bar.pos)
