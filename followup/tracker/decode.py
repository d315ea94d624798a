"""bytes → records: what kind of file this is, its encoding, its delimiter, and which record is the header."""

import codecs
import csv
import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace

from followup.tracker.encoding import text_of
from followup.tracker.sheets import Unread, sheets
from followup.tracker.words import Words, field_of, plain

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 40
"""A header stands in the first records, below title rows at most."""
MOST_LINES, MOST_CELLS = 1_000_000, 20_000_000
"""Reading more would cost more memory and time than a tracker is worth; a hundred thousand rows have two million cells.
"""
WIDEST_HEADER = 2000
"""A record of more cells is no header."""
LONGEST_HEADER = 500
"""A record with a cell of more letters is no header, but rows that a stray quotation mark runs together."""

BELOW_HEADER = 5
"""So many records below a good header may still hold a better one."""

EXCEL = "an Excel workbook (.xlsx)"
OPEN_DOCUMENT = "an OpenDocument sheet (.ods)"
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a picture or a sound"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"SQLite format 3", "a database"),
    (b"\x1f\x8b", "a compressed file"),
)
_PYTHON = re.compile(rb"\s*(?:#!.*python|import \w+|from \w+ import |def \w+\(|class \w+[:(])")

# What nobody sees but what would stand in the way of every comparison: zero-width spaces, marks of direction.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The file as records: `lines[n]` is the 1-based line on which the cells of `rows[n]` begin.

    `header` is the place of the header record; None where none was recognised. `stray` are lines with a quotation mark
    too many, `broken` those with a sign that is none; `rivals` are other encodings that may be meant; the encoding is
    `unsure` where nothing bears it out.
    """

    encoding: str
    delimiter: str  # "" in a workbook
    lines: list[int]
    rows: list[list[str]]
    header: int | None
    stray: tuple[int, ...]
    broken: tuple[int, ...] = ()
    rivals: tuple[str, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the file is no tracker, in a sentence, and what to do."""

    reason: str


def decode(data: bytes, words: Words, encoding: str | None, chosen: str | None) -> Table | Refusal:
    """Records of the file, or why there are none.

    `encoding` is the configured one; `chosen` the older one that the person named where they were asked.
    """
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Refusal("the file is empty. Save your applications in it, or name another file.")
    most = max(map(data.count, (b",", b";", b"\t", b"|")))
    if most > MOST_CELLS or max(data.count(b"\n"), data.count(b"\r")) > MOST_LINES:
        return Refusal(
            "it has more lines or cells than any sheet of applications."
            " Delete the empty rows and columns, and save it anew."
        )
    kind = _kind(data)
    if kind in (EXCEL, OPEN_DOCUMENT):
        return _workbook(data, kind, words)
    if kind is not None:
        return Refusal(f"this is {kind}, not a CSV file. Save or export your sheet as CSV (UTF-8).")
    try:
        found = text_of(data, words, encoding, chosen)
    except (LookupError, UnicodeError):
        return Refusal(f"it cannot be read as {encoding!r}. FOLLOWUP_ENCODING must name its encoding, or stay empty.")
    text = found.text
    if "<<<<<<< " in text and re.search(r"^<<<<<<< ", text, re.MULTILINE):
        return Refusal("it holds unresolved git conflict markers (<<<<<<<). Resolve the conflict and save it again.")
    text = text.replace("\0", "")
    table = _table(found.codec, text if text.isascii() else _UNSEEN.sub("", _unmangled(text)), words)
    return replace(table, broken=_broken(text), rivals=found.rivals, unsure=found.unsure)


def _broken(text: str) -> tuple[int, ...]:
    """The lines on which a byte was no part of a sign."""
    if "\ufffd" not in text:
        return ()
    return tuple(number for number, line in enumerate(io.StringIO(text), 1) if "\ufffd" in line)


def _unmangled(text: str) -> str:
    """The text before another program read its UTF-8 as Windows' Western codec and saved that (`CafÃ©`).

    Only where every sign that is not ASCII fits this, which hardly a text does by chance.
    """
    try:
        return text.encode("cp1252", "open").decode("utf-8")
    except UnicodeError:
        return text


def _as_it_is(error: UnicodeError) -> tuple[bytes, int]:
    """The five bytes that Windows' Western codec leaves open pass through it as they are."""
    if not isinstance(error, UnicodeEncodeError) or not "\x80" <= error.object[error.start] <= "\x9f":
        raise error
    return error.object[error.start].encode("latin-1"), error.start + 1


codecs.register_error("open", _as_it_is)


def _kind(data: bytes) -> str | None:
    """What the file is by its first bytes, where that is no CSV."""
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page (HTML)"
    if _PYTHON.match(head):
        return "a Python program"
    return "a binary file" if _is_binary(data[:4096]) else None


def _is_binary(head: bytes) -> bool:
    """Whether signs that no text holds stand in it; the zeros of UTF-16 are none, nor is an odd one."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) * 4 > len(head):
        return False
    signs = sum(byte < 9 or 13 < byte < 32 for byte in head if byte)
    return signs > 2 and signs * 50 > len(head)


def _archive(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "a zip archive"
    if any(name.startswith("xl/") for name in names):
        return EXCEL
    if "content.xml" in names:
        return OPEN_DOCUMENT
    if any(name.endswith(".iwa") for name in names):
        return "a Numbers, Pages or Keynote file"
    return "a zip archive"


def _workbook(data: bytes, kind: str, words: Words) -> Table | Refusal:
    """The sheet of a workbook whose header is known best, where the extra `sheets` is installed."""
    found = sheets(data)
    match found:
        case Unread.NO_READER:
            return Refusal(
                f"this is {kind}, not a CSV file. Save or export it as CSV (UTF-8), or let followup read it:"
                " pipx inject followup python-calamine"
            )
        case Unread.DAMAGED | []:
            return Refusal(f"this is {kind} that cannot be read. Save it anew, or export it as CSV (UTF-8).")
        case Unread.BEYOND_LIMITS:
            return Refusal(
                f"this is {kind} that takes more memory or time to read than a sheet of applications does, often"
                " because of a stray cell far below or beside it. Export it as CSV (UTF-8)."
            )
    rows = max(found, key=lambda rows: _header(rows, words)[0])
    lines = list(range(1, len(rows) + 1))
    header = _header(rows, words)[1]
    if header is None and any(len(cells) > WIDEST_HEADER for cells in rows[:HEADER_WITHIN]):
        return Refusal(
            "a stray cell stands far to the right of its header: delete what is in the columns behind the last one, and"
            " save it anew."
        )
    return Table(encoding="utf-8", delimiter="", lines=lines, rows=rows, header=header, stray=())


def _table(encoding: str, text: str, words: Words) -> Table:
    named = re.match(r"\"?sep=(.)\"?(?:\r?\n|\r)", text, re.IGNORECASE)
    skipped = 0
    if named:
        delimiter, text, skipped = named[1], text[named.end() :], 1
    else:
        sample = text[:20_000]
        scores = {one: _header(_records(sample, one)[1], words)[0] for one in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda one: (scores[one], sample.count(one)))
    ends, rows = _records(text, delimiter)
    header = _header(rows, words)[1]
    before = [0, *ends[:-1]]
    stray = [] if header is None or ends[-1] == len(rows) else _swallowed(text, delimiter, before, rows, header)
    return Table(
        encoding=encoding,
        delimiter=delimiter,
        lines=[line + 1 + skipped for line in before],
        rows=rows,
        header=header,
        stray=tuple(line + 1 + skipped for line in stray),
    )


def _records(text: str, delimiter: str) -> tuple[list[int], list[list[str]]]:
    """(the last line of each record, the records) that can be cut out; an unclosed quote gives one long cell."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t")
    ends: list[int] = []
    rows: list[list[str]] = []
    note = ends.append
    with suppress(csv.Error):
        # A comprehension, not a loop: this is where a large file is read.
        rows = [cells for cells in reader if note(reader.line_num) is None]
    return ends, rows


def _swallowed(text: str, delimiter: str, before: list[int], rows: list[list[str]], header: int) -> list[int]:
    """Cut records that a stray quotation mark made out of several rows into these rows, in place; where that was.

    In a narrow sheet any two lines of a note look like rows, so there only an unclosed mark is one.
    """
    last, width = len(rows) - 1, len(rows[header])
    closed = range(header + 1, last) if width > 3 else ()
    long = [place for place in closed if before[place + 1] - before[place] > 1]
    suspect = [place for place in long if _ends_like_a_row(rows[place], delimiter, width)]
    if width < 3 or last == header or not (suspect or any("\n" in cell for cell in rows[last])):
        return []
    lines = io.StringIO(text, newline="").readlines()
    ends = [*before[1:], len(lines)]
    stray = []
    for place in (last, *reversed(suspect)):
        raw = lines[before[place] : ends[place]]
        apart = [_alone(line, delimiter) for line in raw]
        if _are_rows(apart, raw, width):
            stray.append(before[place])
            rows[place : place + 1] = apart
            before[place : place + 1] = range(before[place], before[place] + len(apart))
    return stray[::-1]


def _ends_like_a_row(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether what stands behind the last line break of a record is as wide as a whole row."""
    place = max((place for place, cell in enumerate(cells) if "\n" in cell), default=0)
    return cells[place].rpartition("\n")[2].count(delimiter) + len(cells) - place >= width


def _alone(line: str, delimiter: str) -> list[str]:
    """One line read by itself; an odd quotation mark in it is a mark like any other."""
    stripped = line.rstrip("\r\n")
    if stripped.count('"') % 2 or '"' not in stripped:
        return stripped.replace('"', "").split(delimiter)
    return next(csv.reader([stripped], delimiter=delimiter, skipinitialspace=delimiter != "\t"), [])


def _are_rows(apart: list[list[str]], raw: list[str], width: int) -> bool:
    """Whether these lines of one record look like rows of their own: as wide as the header, all or, unclosed, most."""
    full = sum(len(cells) == width for cells in apart)
    filled = sum(bool(line.strip()) for line in raw)
    unclosed = "".join(raw).count('"') % 2
    return full > 1 and (full * 2 > filled if unclosed else full == filled)


def _tick(cell: str, words: Words) -> str:
    """What stands for a field at a column that ticks off an outcome or a stage."""
    return "tick" if len(cell) < 40 and (plain(cell) in words.outcomes or plain(cell) in words.stages) else ""


def _header(rows: list[list[str]], words: Words) -> tuple[int, int | None]:
    """(how many header cells are recognised, the place of that record); a header names at least a company and more.

    Where none names a company, it is the first one most of whose names are known: good for asking, and scored lowest.
    """
    best, place, nameless = 1, None, None
    for number, cells in enumerate(rows[:HEADER_WITHIN]):
        if len(cells) > WIDEST_HEADER or max(map(len, cells), default=0) > LONGEST_HEADER:
            continue
        found = [field_of(cell, words.headers) or _tick(cell, words) for cell in cells]
        fields = {*found} - {"", "ignored"}
        if len(fields) > best and fields & {"company", "name"}:
            best, place = len(fields), number
        elif place is not None and best > 2 and number > place + BELOW_HEADER:
            break
        elif nameless is None and len(fields - {"tick"}) > 1:
            nameless = number if sum(map(bool, found)) * 2 > sum(map(bool, cells)) else None
    if place is None:
        return (0, None) if nameless is None else (1, nameless)
    return best, place
