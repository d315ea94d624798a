"""The page on reliability names every promise, and every promise and fault has a test that names it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text()
WITH_THE_MAILBOX = {"P15", "P16"}
FAULTS = {
    *(f"C{number}" for number in range(1, 12)),
    *(f"S{number}" for number in range(1, 15)),
    *(f"D{number}" for number in range(1, 13)),
    *(f"K{number}" for number in range(1, 5)),
    *(f"E{number}" for number in range(1, 5)),
    *(f"W{number}" for number in range(1, 7)),
    *("N1", "N2", "X1", "X2"),
}


def named() -> set[str]:
    """The promises and faults in the names of all tests, and in the cases of their tables."""
    found = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        text = file.read_text()
        for name in re.findall(r"def test_(\w+)", text):
            found |= {part.upper() for part in name.split("_") if re.fullmatch(r"[pcsdkenwx]\d+", part)}
        found |= set(re.findall(r'\(\s*"([A-Z]\d+)"', text))
    return found


def test_every_promise_stands_on_the_page_with_how_it_is_kept() -> None:
    rows = dict(re.findall(r"^\| (P\d+) \| (.+) \|$", PAGE, re.MULTILINE))
    assert set(rows) == {f"P{number}" for number in range(1, 27)} - WITH_THE_MAILBOX
    assert all(code in PAGE for code in WITH_THE_MAILBOX)
    assert all(row.count("|") == 1 and len(row) > 40 for row in rows.values())


def test_every_promise_and_every_fault_has_a_test_that_names_it() -> None:
    promises = {f"P{number}" for number in range(1, 27)} - WITH_THE_MAILBOX
    assert (promises | FAULTS) - named() == set()
