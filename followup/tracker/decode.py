"""bytes → records: what kind of file this is, its encoding, its delimiter, and which record is the header."""

import csv
import io
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from followup.tracker.words import Words, plain

CODECS = ("cp1252", "cp1250", "cp1251", "cp1254", "cp932", "gb18030")
DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 40
"""A header stands in the first records, below title rows at most."""

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


class Record(NamedTuple):
    """One record: the 1-based line it begins on, its cells as written."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The file as records. `header` is the place of the header record in `records`; None where none was recognised."""

    encoding: str
    delimiter: str
    records: list[Record]
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
        return "an Excel workbook (.xlsx)"
    if "content.xml" in names:
        return "an OpenDocument sheet (.ods)"
    return "a zip archive"


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
    if named:
        records = [Record(record.line + 1, record.cells) for record in _records(text[named.end() :], named[1])]
        return Table(encoding=encoding, delimiter=named[1], records=records, header=_header(records, words)[1])
    sample = text[:20_000]
    scores = {delimiter: _header(_records(sample, delimiter), words)[0] for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: (scores[one], sample.count(one)))
    records = _records(text, delimiter)
    return Table(encoding=encoding, delimiter=delimiter, records=records, header=_header(records, words)[1])


def _records(text: str, delimiter: str) -> list[Record]:
    """All records that can be cut out; an unclosed quote at the end gives one long cell, no error."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t")
    ends, rows = [0], []
    with suppress(csv.Error):
        for cells in reader:
            ends.append(reader.line_num)
            rows.append(cells)
    return [Record(end + 1, cells) for end, cells in zip(ends, rows, strict=False)]


def _header(records: list[Record], words: Words) -> tuple[int, int | None]:
    """(how many header cells are recognised, the place of that record); a header names at least a company and more."""
    best, place = 0, None
    for number, record in enumerate(records[:HEADER_WITHIN]):
        if len(record.cells) > 2000:
            continue
        fields = {words.headers.get(plain(cell), "") for cell in record.cells if len(cell) < 80} - {"", "ignored"}
        if len(fields) > max(best, 1) and fields & {"company", "name"}:
            best, place = len(fields), number
    return best, place
