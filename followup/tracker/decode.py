"""bytes → records: what kind of file this is, its encoding, its delimiter, and which record is the header."""

import csv
import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass

from followup.tracker.sheets import sheets
from followup.tracker.words import Words, plain

CODECS = ("cp1252", "cp1250", "cp1251", "cp1254", "cp932", "gb18030")
DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 40
"""A header stands in the first records, below title rows at most."""

EXCEL = "an Excel workbook (.xlsx)"
OPEN_DOCUMENT = "an OpenDocument sheet (.ods)"
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"SQLite format 3", "a database"),
    (b"\x1f\x8b", "a compressed file"),
)
_PYTHON = re.compile(rb"\s*(?:#!.*python|import \w+|from \w+ import |def \w+\(|class \w+[:(])")

csv.field_size_limit(16_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The file as records: `lines[n]` is the 1-based line on which the cells of `rows[n]` begin.

    `header` is the place of the header record; None where none was recognised.
    """

    encoding: str
    delimiter: str
    lines: list[int]
    rows: list[list[str]]
    header: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the file is no tracker, in a sentence, and what to do."""

    reason: str


def decode(data: bytes, words: Words, encoding: str | None) -> Table | Refusal:
    """Records of the file, or why there are none."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Refusal("the file is empty. Save your applications in it, or name another file.")
    kind = _kind(data)
    if kind in (EXCEL, OPEN_DOCUMENT):
        return _workbook(data, kind, words)
    if kind is not None:
        return Refusal(f"this is {kind}, not a CSV file. Save or export your sheet as CSV (UTF-8).")
    name, text = _text(data, words, encoding)
    if "<<<<<<< " in text and re.search(r"^<<<<<<< ", text, re.MULTILINE):
        return Refusal("it holds unresolved git conflict markers (<<<<<<<). Resolve the conflict and save it again.")
    return _table(name, text.replace("\0", ""), words)


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
    return None


def _archive(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "a zip archive"
    if any(name.startswith("xl/") for name in names):
        return EXCEL
    if "content.xml" in names:
        return OPEN_DOCUMENT
    return "a zip archive"


def _workbook(data: bytes, kind: str, words: Words) -> Table | Refusal:
    """The sheet of a workbook whose header is known best, where the extra `sheets` is installed."""
    found = sheets(data)
    if not found:
        return Refusal(
            f"this is {kind}, not a CSV file. Save or export it as CSV (UTF-8), or let followup read it:"
            " pipx inject followup python-calamine"
        )
    rows = max(found, key=lambda rows: _header(rows, words)[0])
    lines = list(range(1, len(rows) + 1))
    return Table(encoding="utf-8", delimiter=",", lines=lines, rows=rows, header=_header(rows, words)[1])


def _text(data: bytes, words: Words, encoding: str | None) -> tuple[str, str]:
    """The codec's name and the text; the configured codec first, else the one that gives the most known words."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", data.decode("utf-8-sig", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", data.decode("utf-16", "replace")
    if encoding is not None:
        return encoding, data.decode(encoding, "replace")
    sample = data[:2000]
    if sample.count(0) > len(sample) // 4:
        codec = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
        return codec, data.decode(codec, "replace")
    try:
        return "utf-8", data.decode("utf-8")
    except UnicodeDecodeError:
        best = max(CODECS, key=lambda codec: (_known(data, codec, words), -CODECS.index(codec)))
        return best, data.decode(best, "replace")


def _known(data: bytes, codec: str, words: Words) -> int:
    """How many cells of this reading are words we know; -1 where the bytes are none of this codec."""
    try:
        text = data[:200_000].decode(codec)
    except UnicodeDecodeError:
        return -1
    cells = re.split(r"[,;\t|\r\n\"]+", text)
    return sum(not cell.isascii() and _is_known(plain(cell), words) for cell in cells if len(cell) < 60)


def _is_known(phrase: str, words: Words) -> bool:
    return phrase in words.headers or phrase in words.outcomes or phrase.partition(" ")[0] in words.outcomes


def _table(encoding: str, text: str, words: Words) -> Table:
    named = re.match(r"sep=(.)\r?\n", text)
    skipped = 0
    if named:
        delimiter, text, skipped = named[1], text[named.end() :], 1
    else:
        sample = text[:20_000]
        scores = {one: _header(_records(sample, one)[1], words)[0] for one in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda one: (scores[one], sample.count(one)))
    ends, rows = _records(text, delimiter)
    lines = [end + 1 + skipped for end in ends]
    return Table(encoding=encoding, delimiter=delimiter, lines=lines, rows=rows, header=_header(rows, words)[1])


def _records(text: str, delimiter: str) -> tuple[list[int], list[list[str]]]:
    """(the line before each record, the records) that can be cut out; an unclosed quote gives one long cell."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t")
    before, rows = [0], []
    with suppress(csv.Error):
        for cells in reader:
            rows.append(cells)
            before.append(reader.line_num)
    return before[: len(rows)], rows


def _header(rows: list[list[str]], words: Words) -> tuple[int, int | None]:
    """(how many header cells are recognised, the place of that record); a header names at least a company and more."""
    best, place = 0, None
    for number, cells in enumerate(rows[:HEADER_WITHIN]):
        if len(cells) > 2000:
            continue
        fields = {words.headers.get(plain(cell), "") for cell in cells if len(cell) < 80} - {"", "ignored"}
        if len(fields) > max(best, 1) and fields & {"company", "name"}:
            best, place = len(fields), number
    return best, place
