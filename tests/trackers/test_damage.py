"""Mutated trackers (T7), a sample of those that `make bench` reads, and truncated ones."""

import random

import pytest

from benchmarks import mutations
from benchmarks.generator import made
from followup import assembly
from followup.model.application import Outcome
from followup.tracker import reading

WORDS = assembly.words((assembly.shipped_templates(),))
FILES = 400


def drafts(data: bytes) -> int:
    return sum(one.outcome is Outcome.REJECTED for one in reading.read(data, WORDS).applications)


@pytest.mark.slow
def test_d4_d10_another_form_gives_the_same_drafts_and_damage_drafts_for_no_undamaged_row() -> None:
    found = mutations.mutated(range(90_000, 90_150))
    assert found.files == 150 * mutations.OF_EACH
    assert (found.other_forms, found.undamaged) == ((), ())
    assert found.slowest < 2


@pytest.mark.slow
def test_p6_a_truncated_tracker_never_has_more_drafts_than_the_whole_one() -> None:
    draw = random.Random(7)
    for seed in range(FILES):
        data = made(seed).data
        cut = data[: draw.randrange(len(data))]
        assert drafts(cut) <= drafts(data), seed


def test_p6_what_is_left_of_a_row_is_handed_no_company_from_above() -> None:
    rows = ["Role,Status,Company"] + [f"Cook,Applied,Firm {number}" for number in range(3)]
    rows += ["Cook,Rejected"] * 3
    found = reading.read("\n".join(rows).encode(), WORDS)
    assert [one.outcome for one in found.applications] == [Outcome.OPEN] * 3
    assert [problem.line for problem in found.problems] == [5, 6, 7]
