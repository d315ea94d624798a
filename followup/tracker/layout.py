"""Every shape of a sheet → rows of one kind, each an event of one application.

A plain row is one event. Rows that are no applications (titles, groups, totals, comments, repeated headers) fall out
here; a company given once for several rows is handed down.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from followup.tracker.columns import Columns
from followup.tracker.decode import Record
from followup.tracker.words import Words, plain


class Row(NamedTuple):
    """One row that speaks of an application: its line, company, and trimmed cells, the last of them always empty."""

    line: int
    company: str
    cells: list[str]


def rows(records: Sequence[Record], header: Sequence[str], columns: Columns, words: Words) -> Iterator[Row]:
    """The rows below the header that speak of applications."""
    company_place = columns.places["company"]
    telling = [columns.places[name] for name in ("role", "status", "applied") if name in columns.places]
    width = len(header)
    trimmed_header = [cell.strip() for cell in header]
    above = ""
    suspect = words.lists["total"] | words.outcomes.keys() | {header[company_place].strip().lower()}
    for line, raw in records:
        cells = [*map(str.strip, raw), ""]
        if len(cells) <= width:
            cells += [""] * (width + 1 - len(cells))
        company = cells[company_place]
        told = [place for place in telling if cells[place]]
        if not company:
            if len(told) > 1 and above:
                yield Row(line, above, cells)
            continue
        odd = company[0] in "#=-" or company.lower().strip(" :.") in suspect
        if not told or (odd and _is_furniture(company, cells, trimmed_header, words)):
            above = ""
            continue
        above = company
        yield Row(line, company, cells)


def _is_furniture(company: str, cells: list[str], header: list[str], words: Words) -> bool:
    """Comments, repeated headers, totals: a summary row holds a word of summary, or an outcome and a bare number."""
    if company.startswith("#") or not any(letter.isalnum() for letter in company[:4]):
        return True
    if cells[: len(header)] == header or company.lower() == header[cells.index(company)].lower():
        return True
    filled = [cell for cell in cells if cell]
    return plain(company) in words.lists["total"] or (len(filled) == 2 and _is_number(filled[1]))


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("%", "", 1).isdecimal()


def group(found: Sequence[Row], columns: Columns) -> list[list[Row]]:
    """Rows of one application together, in the file's order: an event log has several, any other sheet one."""
    key = columns.places.get("id")
    if not _is_event_log(found, columns) or key is None:
        return [[row] for row in found]
    together: dict[str, list[Row]] = {}
    for row in found:
        together.setdefault(row.cells[key] or f"line {row.line}", []).append(row)
    return list(together.values())


def _is_event_log(found: Sequence[Row], columns: Columns) -> bool:
    """Whether ids repeat beside a column of events or moments."""
    key = columns.places.get("id")
    if key is None or not {"event", "timestamp"} & columns.places.keys():
        return False
    return len({row.cells[key] for row in found}) < len(found)
