"""Mutated trackers (T7): forms that carry the same cells give the same drafts; damage never adds drafts nor hangs."""

import random
from time import monotonic

import pytest

from benchmarks.generator import made
from followup import assembly
from followup.model.application import Outcome
from followup.tracker import reading

WORDS = assembly.words((assembly.shipped_templates(),))
FILES = 400


def drafts(data: bytes) -> list[tuple[str, str]]:
    found = reading.read(data, WORDS)
    return sorted((one.company, one.role) for one in found.applications if one.outcome is Outcome.REJECTED)


def text_of(data: bytes) -> str:
    for codec in ("utf-8-sig", "utf-16", "cp1252"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise AssertionError("the generator wrote something else")


@pytest.mark.parametrize("form", ["utf-8-sig", "utf-16", "nuls", "crlf", "blank rows"])
def test_d4_another_form_of_the_same_cells_gives_exactly_the_same_drafts(form: str) -> None:
    for seed in range(FILES):
        text = text_of(made(seed).data)
        lines = text.replace("\r\n", "\n")
        forms = {
            "utf-8-sig": lambda t=text: t.encode("utf-8-sig"),
            "utf-16": lambda t=text: t.encode("utf-16"),
            "nuls": lambda t=text: t.encode().replace(b"e", b"e\0", 5),
            "crlf": lambda t=lines: t.replace("\n", "\r\n").encode(),
            "blank rows": lambda t=lines: (t + "\n\n\n").encode(),
        }
        assert drafts(forms[form]()) == drafts(text.encode()), seed


def test_p6_a_truncated_tracker_never_has_more_drafts_than_the_whole_one() -> None:
    draw = random.Random(7)
    for seed in range(FILES):
        data = made(seed).data
        whole = drafts(data)
        cut = drafts(data[: draw.randrange(len(data))])
        assert len(cut) <= len(whole), seed


def test_d10_random_damage_never_raises_nor_hangs() -> None:
    draw = random.Random(11)
    for seed in range(FILES):
        data = bytearray(made(seed).data)
        for _ in range(draw.randint(1, 30)):
            place = draw.randrange(len(data))
            kind = draw.random()
            if kind < 0.4:
                data[place] = draw.randrange(256)
            elif kind < 0.7:
                del data[place : place + draw.randint(1, 20)]
            else:
                data[place:place] = draw.choice((b'"', b"\0", b"\n", b",", b";", b"\xff", b"<<<<<<< HEAD\n"))
        since = monotonic()
        reading.read(bytes(data), WORDS)
        assert monotonic() - since < 2
