"""Mutated trackers: another form of the same cells gives the same drafts, and damage drafts nothing where none was.

A form is another encoding, delimiter or line end, NULs, blank rows, rubbish in cells that tell of no status and no day.
Damage is anything at all, byte by byte; a company that is newly drafted for it must be one whose row was damaged.
"""

import csv
import io
import random
import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from time import perf_counter

from benchmarks.generator import made
from benchmarks.measure import Figure
from followup import assembly
from followup.model.application import Outcome
from followup.model.reading import Reading
from followup.tracker import reading

FILES = 100_000
OF_EACH = 20
"""So many mutations of one generated tracker, half of them forms, half damage."""

_TOLD = {"company", "status", "stage", "applied", "outcome_date", "weak_date", "interview", "id"}
_RUBBISH = 'ab ,;"\n\r\t|é€漢=@#/<>'
_INSERTED = (b'"', b"\0", b"\n", b",", b";", b"\xff", b"\r", b"<html>")


@dataclass(frozen=True)
class Mutations:
    """What became of the mutations of some trackers."""

    files: int = 0
    other_forms: tuple[str, ...] = ()
    undamaged: tuple[str, ...] = ()
    slowest: float = 0.0
    memory: float = 0.0


def figures(files: int = FILES) -> Iterator[Figure]:
    per_block = 500
    seeds = range(files // OF_EACH)
    blocks = [seeds[start : start + per_block] for start in range(0, len(seeds), per_block)]
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(mutated, blocks))
    total = sum(one.files for one in found)
    other = list(chain.from_iterable(one.other_forms for one in found))
    wrong = list(chain.from_iterable(one.undamaged for one in found))
    yield Figure(f"{total} mutated trackers: another form, other drafts", len(other), 0, "", f"{other[:3]}")
    yield Figure("damage that drafts for an undamaged row", len(wrong), 0, "", f"{wrong[:3]}")
    yield Figure("slowest reading of a mutated tracker", max(one.slowest for one in found), 2, "s", "")
    yield Figure("resident memory after all of them", max(one.memory for one in found), 300, "MB", "")


def mutated(seeds: range) -> Mutations:
    """Mutate the trackers of these numbers."""
    words = assembly.words((assembly.shipped_templates(),))
    files, slowest = 0, 0.0
    other_forms: list[str] = []
    undamaged: list[str] = []
    for seed in seeds:
        draw = random.Random(seed)
        intact = made(seed).data
        found = reading.read(intact, words)
        text = intact.decode(found.encoding).removeprefix("\ufeff")
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=found.delimiter))
        for turn in range(OF_EACH):
            is_form = turn % 2 == 0
            data, touched = _form(draw, table, found) if is_form else _damaged(draw, intact, text, found)
            since = perf_counter()
            after = reading.read(data, words)
            slowest = max(slowest, perf_counter() - since)
            files += 1
            if is_form and _drafted(after) != _drafted(found):
                other_forms.append(f"{seed}.{turn}")
            elif not is_form and _newly(found, after) - touched:
                undamaged.append(f"{seed}.{turn}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Mutations(files, tuple(other_forms), tuple(undamaged), slowest, memory)


def _drafted(found: Reading) -> list[str]:
    return sorted(one.company for one in found.applications if one.outcome is Outcome.REJECTED)


def _newly(before: Reading, after: Reading) -> set[str]:
    """Companies of the intact tracker that are drafted only now; not one that another, cut name has come to equal."""
    others = {one.company for one in before.applications} - set(_drafted(before))
    standing = {one.company for one in after.applications if one.outcome is not Outcome.REJECTED}
    return others & set(_drafted(after)) - standing


def _form(draw: random.Random, table: list[list[str]], found: Reading) -> tuple[bytes, set[str]]:
    """The same statuses, days and companies in other bytes."""
    rows = [[cell.strip() for cell in row] for row in table]
    top = next(number for number, row in enumerate(rows) if any(use.header in row for use in found.columns))
    told = {rows[top].index(use.header) for use in found.columns if use.field in _TOLD and use.header in rows[top]}
    company = next(rows[top].index(use.header) for use in found.columns if use.field == "company")
    for row in rows[top + 1 :]:
        for place in range(len(row)) if row[company : company + 1] > [""] else ():
            if place not in told and row[place] and draw.random() < 0.1:
                row[place] = "".join(draw.choices(_RUBBISH, k=draw.randint(1, 12)))
    for _ in range(draw.randint(0, 3)):
        rows.insert(draw.randint(top + 1, len(rows)), draw.choice(([], [""] * len(rows[top]))))
    out = io.StringIO(newline="")
    # Quoted throughout: left to itself the writer leaves a line feed bare where lines end otherwise.
    end, delimiter = draw.choice(("\n", "\r\n", "\r")), draw.choice(",;\t|")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    data = _encoded(draw, out.getvalue())
    if draw.random() < 0.3 and b"\0" not in data:
        for _ in range(draw.randint(1, 5)):
            place = draw.randrange(len(data))
            # Not inside a sign of several bytes: that would be damage.
            data = data[:place] + b"\0" + data[place:] if data[place] < 0x80 else data
    return data, set()


def _encoded(draw: random.Random, text: str) -> bytes:
    codec = draw.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"))
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return text.encode()


def _damaged(draw: random.Random, intact: bytes, text: str, found: Reading) -> tuple[bytes, set[str]]:
    """(damaged bytes, the companies whose rows, or the ends of the rows before, were damaged)."""
    codec = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(found.encoding, found.encoding)
    lines = text.splitlines(keepends=True)
    data = bytearray(intact)
    hit: set[int] = set()
    # From the end to the beginning, so that each place is one of the intact file.
    for place in sorted(draw.sample(range(len(data)), draw.randint(1, 30)), reverse=True):
        kind, size = draw.random(), draw.randint(1, 20)
        hit |= set(range(place, place + size))
        if kind < 0.4:
            data[place] = draw.randrange(256)
        elif kind < 0.7:
            del data[place : place + size]
        else:
            data[place:place] = draw.choice(_INSERTED)
    touched: set[str] = set()
    begin = len(intact) - len(text.encode(codec))
    for number, line in enumerate(lines):
        end = begin + len(line.encode(codec))
        if any(begin <= place <= end for place in hit):
            touched |= {one.company for one in found.applications if abs(one.line - number - 1) <= 1}
        begin = end
    return bytes(data), touched
