"""Run in a process of its own: a workbook on standard input → JSON on standard output, a list of rows for each sheet.

What is in a workbook decides how much memory and time its reader takes, and the reader may abort. So this process has
limits, and whoever started it goes on whatever becomes of it. It imports nothing of followup.
"""

import json
import resource
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO

MEMORY = 1 << 30
OUTPUT = 1 << 26
SECONDS = 20
MOST_CELLS = 2_000_000
"""In one sheet, the empty ones between its first and last cell included."""
DAMAGED, TOO_LARGE = 3, 4
"""Exit codes: for a file that is no workbook, and for a sheet of more cells."""


def main() -> int:
    limits = (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        with suppress(ValueError, OSError):  # macOS refuses the first; the others hold there too.
            resource.setrlimit(kind, (most, most))
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
        sheets = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > MOST_CELLS:
                return TOO_LARGE
            sheets.append([_without_blanks(map(_text, row)) for row in sheet.to_python()])
    except (CalamineError, OSError, ValueError):
        return DAMAGED
    json.dump(sheets, sys.stdout)
    return 0


def _without_blanks(cells: Iterable[str]) -> list[str]:
    """A row up to its last cell that holds something: a stray cell far to the right widens all of them."""
    row = list(cells)
    while row and not row[-1]:
        row.pop()
    return row


def _text(cell: object) -> str:
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "yes" if cell else ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
