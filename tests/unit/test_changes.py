"""Identity: an application is known again whatever one edit does to the sheet, and equal keys never swap outcomes."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.model.application import Application, Known, Outcome, Stage
from followup.tracker.changes import Comparison, compare
from followup.tracker.pairing import distinct, set_aside

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def application(
    company: str, role: str = "Engineer", day: int = 1, status: str = "Applied", **more: str
) -> Application:
    outcome = Outcome.REJECTED if status == "Rejected" else Outcome.OPEN
    fingerprint = "|".join([company, role, str(day), status, *more.values()])
    return Application(
        company=company,
        role=role,
        line=0,
        outcome=outcome,
        stage=Stage.UNKNOWN,
        status_text=status,
        applied_on=date(2026, 10, day),
        row_id=more.get("row_id"),
        contact_email=more.get("contact_email"),
        fingerprint=fingerprint,
    )


def known(*said: Application) -> list[Known]:
    return [Known(id=number, said=one, present=True, first_seen=NOW) for number, one in enumerate(said, 1)]


def changed(comparison: Comparison) -> list[tuple[int, str | None, str | None]]:
    return [
        (one.id, one.before.status_text if one.before else None, one.after.status_text if one.after else None)
        for one in comparison.changes
    ]


ACME, BIRCH = application("Acme"), application("Birch", day=2)


def test_nothing_differs_in_an_equal_or_sorted_sheet() -> None:
    assert compare(known(ACME, BIRCH), [BIRCH, ACME], 3).changes == ()


def test_a_status_that_changes_is_a_change_of_that_application() -> None:
    after = application("Birch", day=2, status="Rejected")
    comparison = compare(known(ACME, BIRCH), [ACME, after], 3)
    assert changed(comparison) == [(2, "Applied", "Rejected")]
    assert comparison.changes[0].newly_rejected


def test_a_new_row_is_an_appearance_with_a_new_id_and_a_lost_one_a_vanishing() -> None:
    comparison = compare(known(ACME), [application("Cedar", role="Cook", day=9)], 7)
    assert sorted(changed(comparison), key=str) == [(1, "Applied", None), (7, None, "Applied")]


def test_a_corrected_company_role_or_day_is_an_edit() -> None:
    for edited in (
        application("Acme Ltd"),
        application("Acme", role="Senior Engineer"),
        application("Acme", day=9),
        application("ACME"),
    ):
        comparison = compare(known(ACME, BIRCH), [edited, BIRCH], 3)
        assert [change.id for change in comparison.changes] == [1], edited


def test_an_application_to_the_same_job_again_is_a_new_one() -> None:
    again = application("Acme", day=20)
    assert changed(compare(known(ACME), [ACME, again], 2)) == [(2, None, "Applied")]


def test_an_id_column_wins_over_everything_else() -> None:
    before = application("Acme", row_id="7")
    after = application("Other Name", role="Other", day=9, status="Rejected", row_id="7")
    assert changed(compare(known(before), [after], 2)) == [(1, "Applied", "Rejected")]


def test_equal_keys_never_swap_outcomes_by_sorting() -> None:
    open_one, rejected_one = application("Acme"), application("Acme", status="Rejected")
    assert compare(known(open_one, rejected_one), [rejected_one, open_one], 3).changes == ()


def test_p9_a_rejected_row_that_cannot_be_told_from_a_vanished_rejected_one_is_a_question() -> None:
    gone = application("Acme", role="Engineer", day=1, status="Rejected")
    unclear = application("Acme", role="Developer", day=9, status="Rejected")
    comparison = compare(known(gone, BIRCH), [unclear, BIRCH], 3, whole=[unclear, BIRCH])
    asked = {change.id: change.doubt for change in comparison.changes}
    assert asked[1] is None
    assert asked[3] is not None
    assert "another one than that by Acme" in asked[3]


def test_p9_a_rejection_like_one_that_stands_is_a_question() -> None:
    one = application("Acme", status="Rejected")
    other = one._replace(fingerprint="another note")
    comparison = compare(known(one), [one, other], 2, whole=[one, other])
    assert [(change.id, change.doubt is None) for change in comparison.changes] == [(2, False)]


def test_a_row_that_comes_back_is_the_one_that_was_gone() -> None:
    gone = [Known(id=1, said=ACME, present=False, first_seen=NOW)]
    change = compare(gone, [ACME], 2).changes[0]
    assert (change.id, change.returned) == (1, True)


def test_p6_more_than_a_fifth_and_at_least_three_rows_gone_is_a_suspicion() -> None:
    rows = [application(f"Company {number}", role=f"Role {number}") for number in range(15)]
    assert not compare(known(*rows), rows[:13], 20).shrunk
    assert not compare(known(*rows), rows[:12], 20).shrunk
    assert compare(known(*rows), rows[:11], 20).shrunk
    assert not compare(known(*rows[:4]), rows[:2], 20).shrunk


def test_what_is_set_aside_is_what_stands_unchanged() -> None:
    after = application("Birch", day=2, status="Rejected")
    standing, left, fresh = set_aside([(1, ACME.fingerprint), (2, BIRCH.fingerprint)], [after, ACME])
    assert (standing, left, fresh) == ({ACME.fingerprint: 1}, frozenset({2}), [after])


def look(
    before: list[Known], read: list[Application], written: frozenset[int] = frozenset()
) -> dict[int, Application | None]:
    """{id: what its row says} of all applications after a reading, as a scan does it; None: the row is gone."""
    whole = distinct(read)
    standing, left, fresh = set_aside([(one.id, one.said.fingerprint) for one in before if one.present], whole, written)
    rest = [one for one in before if one.id in left or not one.present]
    found = compare(rest, fresh, 100, whole=whole, standing=standing, written=written)
    after = {one.id: one.said if one.present else None for one in before}
    return {**after, **{change.id: change.after for change in found.changes}}


REJECTED = application("Acme", status="Rejected")
NOTED = REJECTED._replace(fingerprint="another note")


def test_p11_rows_equal_in_every_cell_are_one_application() -> None:
    assert look(known(ACME), [ACME, ACME, ACME]) == {1: ACME}
    assert look(known(ACME), [REJECTED, REJECTED]) == {1: REJECTED}


@pytest.mark.parametrize(("written", "survivor"), [(frozenset(), 1), (frozenset({2}), 2), (frozenset({1, 2}), 1)])
def test_p11_of_twins_the_one_with_letters_else_the_older_survives(written: frozenset[int], survivor: int) -> None:
    after = look(known(REJECTED, REJECTED), [REJECTED], written)
    assert {number for number, said in after.items() if said} == {survivor}


def test_p11_a_copy_that_was_edited_goes_on_as_the_application_with_letters_when_the_original_is_deleted() -> None:
    set_back = ACME._replace(fingerprint="set back")
    for copy in (NOTED, set_back):
        for row, other in ((1, 2), (2, 1)):
            rows = {row: REJECTED, other: copy}
            after = look(known(rows[1], rows[2]), [copy], frozenset({row}))
            assert after == {row: copy, other: None}, copy


def test_p11_a_copy_with_letters_of_its_own_stays_what_it_is() -> None:
    assert look(known(REJECTED, NOTED), [NOTED], frozenset({1, 2})) == {1: None, 2: NOTED}


def test_p11_rows_with_ids_of_their_own_are_never_taken_for_one() -> None:
    one, other = REJECTED._replace(row_id="7"), NOTED._replace(row_id="8")
    assert look(known(one, other), [other], frozenset({1})) == {1: None, 2: other}


def test_p8_an_old_rejection_is_no_news_because_its_older_twin_is_deleted() -> None:
    assert look(known(ACME, REJECTED), [REJECTED]) == {1: None, 2: REJECTED}


def test_p11_original_and_copy_edited_at_once_leave_the_letters_with_the_likest() -> None:
    back, later = ACME._replace(fingerprint="a"), ACME._replace(fingerprint="b", applied_on=REJECTED.applied_on, line=9)
    after = look(known(REJECTED), [back, later], frozenset({1}))
    assert after[1] is not None
    assert after[1].outcome is Outcome.OPEN
    assert len(after) == 2


def test_p9_a_copy_that_turns_rejected_after_the_rejected_original_is_gone_is_a_question() -> None:
    gone = [Known(id=1, said=REJECTED, present=False, first_seen=NOW)]
    there = Known(id=2, said=ACME, present=True, first_seen=NOW)
    comparison = compare([there, *gone], [NOTED], 3, whole=[NOTED])
    assert [(one.id, one.doubt is not None) for one in comparison.changes] == [(2, True)], comparison


SHEETS = st.lists(
    st.builds(
        application,
        st.sampled_from(["Acme", "Birch", "Cedar", "Dune"]),
        st.sampled_from(["Engineer", "Cook"]),
        st.integers(1, 4),
        st.sampled_from(["Applied", "Rejected"]),
    ),
    max_size=12,
)


@given(SHEETS, st.randoms())
def test_sorting_any_sheet_changes_nothing(sheet: list[Application], draw: st.DataObject) -> None:
    shuffled = list(sheet)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    assert compare(known(*sheet), shuffled, 100).changes == ()


@given(SHEETS, SHEETS)
def test_every_reading_is_paired_or_new_or_in_doubt_and_no_id_is_used_twice(
    before: list[Application], after: list[Application]
) -> None:
    after = list(distinct(after))
    comparison = compare(known(*before), after, 100)
    ids = [change.id for change in comparison.changes]
    assert len(ids) == len(set(ids))
    appeared = [change for change in comparison.changes if change.before is None]
    vanished = [change for change in comparison.changes if change.after is None]
    paired = len(before) - len(vanished)
    assert paired + len(appeared) == len(after)
