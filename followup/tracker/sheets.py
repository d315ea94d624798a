"""Excel and OpenDocument sheets → rows of text, where python-calamine is installed (the extra `sheets`).

A process of its own reads them, with limits: see `workbook.py`.
"""

import json
import os
import subprocess
import sys
from enum import StrEnum
from importlib.resources import files
from importlib.util import find_spec
from tempfile import TemporaryFile

from followup.tracker.workbook import DAMAGED

PATIENCE_SECONDS = 60
"""Longer than the processor time that the process may use: the machine may be busy."""


class Unread(StrEnum):
    """Why there are no rows."""

    NO_READER = "no reader"
    DAMAGED = "damaged"
    BEYOND_LIMITS = "beyond limits"


def sheets(data: bytes) -> list[list[list[str]]] | Unread:
    """The rows of each sheet of a workbook, or why there are none."""
    if find_spec("python_calamine") is None:
        return Unread.NO_READER
    program = files("followup.tracker").joinpath("workbook.py").read_text(encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")}
    with TemporaryFile() as given, TemporaryFile() as printed:
        given.write(data)
        given.seek(0)
        try:
            ended = subprocess.run(
                [sys.executable, "-P", "-c", program],
                stdin=given,
                stdout=printed,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Unread.BEYOND_LIMITS
        if ended.returncode:
            return Unread.DAMAGED if ended.returncode == DAMAGED else Unread.BEYOND_LIMITS
        printed.seek(0)
        rows: list[list[list[str]]] = json.load(printed)
    return rows
