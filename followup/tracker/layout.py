"""Every shape of a sheet → rows of one kind, each an event of one application.

A plain row is one event. Rows that are no applications (titles, groups, totals, comments, repeated headers) fall out
here; a company given once for several rows is handed down, and rows of one application are put together.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from followup.model.reading import Problem
from followup.tracker.cells import clean, is_error
from followup.tracker.columns import Columns
from followup.tracker.decode import Table
from followup.tracker.words import Words, plain

MERGED_SHARE = 0.2
"""From this share of rows without a company on, the sheet is one that names a company once for several rows."""

ALONE, EXAMPLE, REPEATED, COMMENT, TOTAL = "titles", "examples", "repeated headers", "comments and rules", "totals"
"""Kinds of rows that are no applications; a title stands alone in its row."""

_TOLD_BY = ("role", "status", "stage", "applied", "outcome_date", "interview", "contact", "contact_name")
_PLAIN_NAME = re.compile(r"[^\W\d_][^:/]{2,}\Z")
_COUNTED = re.compile(r"(.+?)\s*[:=]\s*[\d.,]+\s*%?")
_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d+)?\s*%?")


Moment = Callable[[str], tuple[date, int] | None]


class Row(NamedTuple):
    """One row that speaks of an application: its line, company, and cells as written, the last of them always empty."""

    line: int
    company: str
    cells: list[str]


class Sheet(NamedTuple):
    """The latest row of each application, and by its line all rows of those that have several.

    Also what is wrong, and the lines of rows that are no applications, by their kind.
    """

    rows: Sequence[Row]
    logs: Mapping[int, list[Row]]
    problems: Sequence[Problem]
    left_out: Mapping[str, Sequence[int]]


def sheet(table: Table, header: int, columns: Columns, words: Words, moment: Moment) -> Sheet:
    """What stands below the header; `moment` makes a cell comparable in time, or gives None for one without a day."""
    left_out: defaultdict[str, list[int]] = defaultdict(list)
    found, nameless, short, problems = _rows(table, header, columns, words, left_out)
    leads: dict[int, int] = {}
    if nameless:
        problems += _name(found, nameless, short, columns, leads)
        found = [row for row in found if row.company]
    key = _event_key(found, columns) or ((lambda row: leads.get(row.line, row.line)) if leads else None)
    if key is None:
        return Sheet(found, {}, problems, left_out)
    latest, logs = _together(found, key, columns, moment)
    return Sheet(latest, logs, problems, left_out)


def moment_place(columns: Columns) -> int | None:
    """Where the moment of an event stands."""
    return columns.places.get("timestamp", columns.places.get("applied"))


def _rows(
    table: Table, header: int, columns: Columns, words: Words, left_out: Mapping[str, list[int]]
) -> tuple[list[Row], list[int], set[int], list[Problem]]:
    """(rows that speak of applications, places of those without a company, of the short ones among these, problems).

    A short row has fewer cells than the header. Those that speak of no application go to `left_out`.
    """
    names = [cell.strip() for cell in table.rows[header]]
    width, named = len(names), columns.places["company"]
    telling = [columns.places[field] for field in _TOLD_BY if field in columns.places]
    telling += [place for place, _ in (*columns.stages, *columns.ticks)]
    first = telling[0] if telling else -1
    suspect = words.lists["total"] | words.lists["none"] | words.outcomes.keys() | {names[named].lower()}
    example = _example(words)
    found: list[Row] = []
    nameless: list[int] = []
    short: set[int] = set()
    problems: list[Problem] = []
    for line, raw in zip(table.lines[header + 1 :], table.rows[header + 1 :], strict=True):
        cells = [*raw, ""] if len(raw) >= width else [*raw, *[""] * (width + 1 - len(raw))]
        company, told = cells[named].strip(), cells[first].strip()
        if not told and not any(cells[place].strip() for place in telling):
            if any(map(str.strip, cells)):
                left_out[ALONE].append(line)
            continue
        doubtful = not _PLAIN_NAME.match(company) or company.lower() in suspect or plain(company[:80]) in suspect
        if kind := _left_out(company, told, cells, names, words, example, doubtful=doubtful):
            left_out[kind].append(line)
            continue
        if doubtful:
            company = _placeholder(clean(company), words.lists["none"])
            if not company:
                nameless.append(len(found))
                if len(raw) < width:
                    short.add(len(found))
        if len(raw) > width and any(map(str.strip, raw[width:])):
            problems.append(_overlong(line, len(raw), width))
        found.append(Row(line, company, cells))
    return found, nameless, short, problems


def _placeholder(company: str, nobody: frozenset[str]) -> str:
    """The company, or nothing where the cell only says that there is none: `?`, `Unknown`, `n/a`."""
    name = plain(company[:80])
    return "" if not name or name in nobody or company in ("TRUE", "FALSE") else company


def _left_out(
    company: str,
    told: str,
    cells: Sequence[str],
    header: Sequence[str],
    words: Words,
    example: re.Pattern[str],
    *,
    doubtful: bool,
) -> str | None:
    """What kind of row this is, if it is none of an application; `doubtful` where its company hardly is a name."""
    if doubtful and is_error(company):
        return None
    if doubtful or not told or told[0] in "0123456789":
        kind = _furniture(company, cells, header, words)
        if kind is not None:
            return kind
    return EXAMPLE if example.match(company.casefold()) else None


def _example(words: Words) -> re.Pattern[str]:
    """A company of a template's own row, in small letters: `Example Company`, `e.g. Acme`."""
    whole, begun = ("|".join(map(_loosely, words.lists[name])) or "(?!)" for name in ("template", "such_as"))
    fields = r"\{\{.*\}\}\Z|\$\{.*\}\Z|<[^<>]+>\Z|\[(?!object )[^\]]*(?:company|employer)[^\]]*\]\Z|ex:\s*\w"
    return re.compile(rf"{fields}|\W*(?:(?:{whole})\W*\Z|(?:{begun})\W+\w)")


def _loosely(phrase: str) -> str:
    """The phrase with whatever is no letter between its words."""
    return r"\W+".join(map(re.escape, phrase.split()))


def _furniture(company: str, cells: Sequence[str], header: Sequence[str], words: Words) -> str | None:
    """What kind of row this is, if it is none of an application: a comment, a rule, a repeated header, a total."""
    trimmed = [cell.strip() for cell in cells]
    if trimmed[: len(header)] == header:
        return REPEATED
    if company.startswith("#"):
        return COMMENT
    filled = [cell for cell in trimmed if cell]
    if company and company.lower() == header[trimmed.index(company)].lower():
        return REPEATED
    if company and not any(map(str.isalnum, "".join(filled))):
        return COMMENT
    return TOTAL if _is_total(company, filled, words) else None


def _is_total(company: str, filled: Sequence[str], words: Words) -> bool:
    """Whether a row holds nothing but words of summary and numbers."""
    if not company:
        return len(filled) < 2 or all(_is_count(one, words) or _is_summary(one, words) for one in filled)
    if plain(company[:80]) in words.lists["total"]:
        return True
    counted = _COUNTED.fullmatch(company)
    if counted and _is_summary(counted[1], words) and all(_is_count(one, words) for one in filled):
        return True
    return len(filled) > 1 and all(map(_NUMBER.fullmatch, (one for one in filled if one != company)))


def _is_count(cell: str, words: Words) -> bool:
    """A bare number, or one with its label: `25 %`, `Rejected: 4`."""
    counted = _COUNTED.fullmatch(cell)
    return bool(_NUMBER.fullmatch(cell)) or (counted is not None and _is_summary(counted[1], words))


def _is_summary(cell: str, words: Words) -> bool:
    name = plain(cell[:80])
    return (
        name in words.lists["total"] or name in words.outcomes or name in words.stages or name.split()[:1] == ["rate"]
    )


def _name(
    found: list[Row], nameless: Sequence[int], short: set[int], columns: Columns, leads: dict[int, int]
) -> list[Problem]:
    """Give rows without a company the one that they belong to; a problem for each that stays without.

    One without a role too goes on with the application above: `leads` then has the line on which that begins. A short
    row is handed nothing from above: what is left of a row may have lost its company, and has it in another cell.
    """
    by_id, role = _companies_by_id(found, columns), columns.places.get("role", -1)
    empty = [place for place in nameless if not found[place].cells[columns.places["company"]].strip()]
    merged = len(empty) >= MERGED_SHARE * len(found)
    problems = []
    for place in nameless:
        row = found[place]
        company = by_id.get(row.cells[columns.places.get("id", -1)].strip(), "")
        if not company and merged and place in empty and place and place not in short:
            above = found[place - 1]
            company = above.company
            if not row.cells[role].strip() and (above.cells[role].strip() or above.line in leads):
                leads[row.line] = leads.get(above.line, above.line)
        found[place] = row._replace(company=company)
        if not company:
            problems.append(Problem(line=row.line, text="no company is named."))
    return problems


def _companies_by_id(found: Sequence[Row], columns: Columns) -> dict[str, str]:
    key = columns.places.get("id")
    if key is None:
        return {}
    return {row.cells[key].strip(): row.company for row in found if row.company and row.cells[key].strip()}


def _event_key(found: Sequence[Row], columns: Columns) -> Callable[[Row], Hashable] | None:
    """What rows of one application share, where the sheet is a log of events: their id, else company and role.

    A log has ids that repeat, always at the same company, and tells moments; or a column of events and no ids. Where
    the moments are mere days of applying they must differ within an id: else those rows are copies, no log.
    """
    key, role, moment = columns.places.get("id"), columns.places.get("role"), moment_place(columns)
    if key is not None and moment is not None:
        return (lambda row: row.cells[key].strip() or row.line) if _repeats(found, key, moment, columns) else None
    if "event" in columns.places and role is not None and moment is not None:
        return lambda row: (row.company.lower(), row.cells[role].strip().lower())
    return None


def _repeats(found: Sequence[Row], key: int, moment: int, columns: Columns) -> bool:
    """Whether ids repeat as those of a log do."""
    if len({row.cells[key] for row in found}) == len(found):
        return False
    by_id: dict[str, list[Row]] = {}
    for row in found:
        by_id.setdefault(row.cells[key].strip(), []).append(row)
    by_id.pop("", None)
    several = [rows for rows in by_id.values() if len(rows) > 1]
    if not several or any(len({row.company.lower() for row in rows}) > 1 for rows in several):
        return False
    if {"event", "timestamp"} & columns.places.keys():
        return True
    return all(len({row.cells[moment] for row in rows}) == len(rows) for rows in several)


def _together(
    found: Sequence[Row], key: Callable[[Row], Hashable], columns: Columns, moment: Moment
) -> tuple[list[Row], dict[int, list[Row]]]:
    """The latest row of each application, by moment, or by its place where a moment cannot be told."""
    together: dict[Hashable, list[Row]] = {}
    for row in found:
        together.setdefault(key(row), []).append(row)
    latest, logs, place = [], {}, moment_place(columns)
    for rows in together.values():
        moments = [moment(row.cells[place]) for row in rows] if place is not None and len(rows) > 1 else []
        known = [one for one in moments if one is not None]
        ordered = rows
        if len(known) == len(rows):
            ordered = [rows[number] for _, number in sorted(zip(known, range(len(rows)), strict=True))]
        latest.append(ordered[-1])
        if len(rows) > 1:
            logs[ordered[-1].line] = ordered
    return latest, logs


def _overlong(line: int, cells: int, width: int) -> Problem:
    text = f"it has {cells} cells, the header has {width}: a comma or quotation mark too many may have shifted them."
    return Problem(line=line, text=text)
