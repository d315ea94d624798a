"""Every shape of a sheet → rows of one kind, each an event of one application.

A plain row is one event. Rows that are no applications (titles, groups, totals, comments, repeated headers) fall out
here; a company given once for several rows is handed down.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from followup.tracker.columns import Columns
from followup.tracker.decode import Table
from followup.tracker.words import Words, plain


class Row(NamedTuple):
    """One row that speaks of an application: its line, company, and cells as written, the last of them always empty."""

    line: int
    company: str
    cells: list[str]


def rows(table: Table, header: int, columns: Columns, words: Words) -> Iterator[Row]:
    """The rows below the header that speak of applications."""
    company_place = columns.places["company"]
    role, status, applied = (columns.places.get(name, -1) for name in ("role", "status", "applied"))
    names = [cell.strip() for cell in table.rows[header]]
    width = len(names)
    above = ""
    suspect = words.lists["total"] | words.outcomes.keys() | {names[company_place].lower()}
    for line, raw in zip(table.lines[header + 1 :], table.rows[header + 1 :], strict=True):
        cells = [*raw, ""]
        if len(cells) <= width:
            cells += [""] * (width + 1 - len(cells))
        company = cells[company_place].strip()
        told = bool(cells[role].strip()) + bool(cells[status].strip()) + bool(cells[applied].strip())
        if not company:
            if told > 1 and above and not any(cell.lower().strip(" :.") in words.lists["total"] for cell in cells):
                yield Row(line, above, cells)
            continue
        odd = company[0] in "#=-" or company.lower().strip(" :.") in suspect
        if not told or (odd and _is_furniture(company, cells, names, words)):
            above = ""
            continue
        above = company
        yield Row(line, company, cells)


def _is_furniture(company: str, cells: list[str], header: list[str], words: Words) -> bool:
    """Comments, repeated headers, totals: a summary row holds a word of summary, or an outcome and a bare number."""
    if company.startswith("#") or not any(letter.isalnum() for letter in company[:4]):
        return True
    trimmed = [cell.strip() for cell in cells]
    if trimmed[: len(header)] == header or company.lower() == header[trimmed.index(company)].lower():
        return True
    filled = [cell for cell in trimmed if cell]
    return plain(company) in words.lists["total"] or (len(filled) == 2 and _is_number(filled[1]))


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("%", "", 1).isdecimal()


def one_each(found: Sequence[Row], columns: Columns) -> tuple[Sequence[Row], dict[int, list[Row]]]:
    """(the latest row of each application, and by its line all rows of those that have several).

    In an event log rows of one id belong together and the latest moment wins; in any other sheet each row stands alone.
    """
    if not _is_event_log(found, columns):
        return found, {}
    key, moment = columns.places["id"], columns.places.get("timestamp")
    together: dict[str, list[Row]] = {}
    for row in found:
        together.setdefault(row.cells[key] or f"line {row.line}", []).append(row)
    latest = [
        rows[-1] if moment is None else max(rows, key=lambda row: row.cells[moment]) for rows in together.values()
    ]
    logs = {last.line: rows for last, rows in zip(latest, together.values(), strict=True) if len(rows) > 1}
    return latest, logs


def _is_event_log(found: Sequence[Row], columns: Columns) -> bool:
    """Whether ids repeat beside a column of events or moments."""
    key = columns.places.get("id")
    if key is None or not {"event", "timestamp"} & columns.places.keys():
        return False
    return len({row.cells[key] for row in found}) < len(found)
