"""Excel and OpenDocument sheets → rows of text, where python-calamine is installed (the extra `sheets`)."""

from datetime import date, datetime
from io import BytesIO


def sheets(data: bytes) -> list[list[list[str]]] | None:
    """The rows of each sheet of a workbook; None where it cannot be read, or nothing here can read it."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        return None
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        return [
            [list(map(_text, row)) for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError):
        return None


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
