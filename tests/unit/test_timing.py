"""Working days, the civil window, nudge hours and back-off, as values."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.playbook import timing
from followup.playbook.timing import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})
CALENDAR = Calendar(BERLIN, lambda day: day in HOLIDAYS)
MOMENTS = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("seen", "day"),
    [
        (berlin(2026, 11, 23, 8), date(2026, 11, 24)),
        (berlin(2026, 11, 23, 23, 59), date(2026, 11, 24)),
        (berlin(2026, 11, 27, 12), date(2026, 11, 30)),
        (berlin(2026, 11, 28, 12), date(2026, 11, 30)),
        (berlin(2026, 12, 24, 12), date(2026, 12, 28)),
        (berlin(2026, 12, 31, 12), date(2027, 1, 4)),
    ],
)
def test_a_letter_may_leave_early_in_the_window_of_the_next_working_day(seen: datetime, day: date) -> None:
    for seed in range(50):
        moment = timing.first_civil_moment(seen, seed, CALENDAR).astimezone(BERLIN)
        assert moment.date() == day
        assert time(9) <= moment.time() < time(10, 30)


def test_letters_of_one_day_do_not_all_leave_at_the_same_minute() -> None:
    minutes = {timing.first_civil_moment(berlin(2026, 11, 23, 8), seed, CALENDAR) for seed in range(30)}
    assert len(minutes) > 15


@pytest.mark.parametrize(
    ("moment", "civil"),
    [
        (berlin(2026, 11, 23, 8, 59), False),
        (berlin(2026, 11, 23, 9, 0), True),
        (berlin(2026, 11, 23, 16, 59), True),
        (berlin(2026, 11, 23, 17, 0), False),
        (berlin(2026, 11, 22, 12, 0), False),
        (berlin(2026, 12, 25, 12, 0), False),
    ],
)
def test_the_window_is_nine_to_five_on_working_days(moment: datetime, civil: bool) -> None:
    assert timing.in_window(moment, CALENDAR) is civil


@given(MOMENTS, st.integers(0, 1000))
def test_being_put_off_always_ends_inside_a_window_and_never_goes_back(moment: datetime, seed: int) -> None:
    later = timing.next_in_window(moment, seed, CALENDAR)
    assert later >= moment
    assert timing.in_window(later, CALENDAR)
    assert timing.next_in_window(later, seed, CALENDAR) == later


@pytest.mark.parametrize(
    ("said_now", "tried", "leaves"),
    [
        (berlin(2026, 11, 21, 3), berlin(2026, 11, 21, 3), berlin(2026, 11, 21, 3)),
        (berlin(2026, 11, 21, 3), berlin(2026, 11, 21, 3, 15), berlin(2026, 11, 21, 3, 15)),
        (berlin(2026, 11, 21, 3), berlin(2026, 11, 21, 3, 16), None),
        (berlin(2026, 11, 21, 3), berlin(2026, 11, 23, 3), None),
        (berlin(2026, 11, 21, 3), berlin(2026, 11, 23, 11), berlin(2026, 11, 23, 11)),
        (berlin(2026, 11, 23, 16, 50), berlin(2026, 11, 23, 17, 4), berlin(2026, 11, 23, 17, 4)),
        (berlin(2026, 11, 21, 3), berlin(2026, 11, 20, 3), berlin(2026, 11, 20, 9)),
        (None, berlin(2026, 11, 21, 3), None),
    ],
)
def test_a_yes_to_send_now_skips_the_window_for_a_quarter_of_an_hour(
    said_now: datetime | None, tried: datetime, leaves: datetime | None
) -> None:
    """None stands for early on the Monday after."""
    leave = timing.next_leave(tried, said_now, 3, CALENDAR)
    if leaves is None:
        leaves = berlin(2026, 11, 23, 9)
    assert leaves <= leave <= (leaves if leaves == tried else leaves + timedelta(minutes=90))


@given(MOMENTS, st.lists(st.integers(0, 5000), max_size=8), st.integers(0, 1000), st.booleans())
def test_however_often_a_letter_is_put_off_it_leaves_while_now_is_now_or_in_the_window(
    approved: datetime, minutes: list[int], seed: int, at_once: bool
) -> None:
    moment, said_now = approved, approved if at_once else None
    for wait in minutes:
        leave = timing.next_leave(moment, said_now, seed, CALENDAR)
        assert leave >= moment
        meant_now = at_once and leave <= approved + timedelta(minutes=15)
        assert meant_now or timing.in_window(leave, CALENDAR)
        moment = leave + timedelta(minutes=wait)


@given(MOMENTS, st.integers(0, 1000))
def test_the_first_moment_is_in_the_window_of_a_later_day(moment: datetime, seed: int) -> None:
    first = timing.first_civil_moment(moment, seed, CALENDAR)
    assert timing.in_window(first, CALENDAR)
    assert first.astimezone(BERLIN).date() > moment.astimezone(BERLIN).date()


@pytest.mark.parametrize(
    ("event", "after", "hour", "due"),
    [
        (berlin(2026, 11, 23, 10), 0, time(18, 30), berlin(2026, 11, 23, 18, 30)),
        (berlin(2026, 11, 23, 20), 0, time(18, 30), berlin(2026, 11, 24, 18, 30)),
        (berlin(2026, 11, 27, 10), 1, time(9), berlin(2026, 11, 30, 9)),
        (berlin(2026, 12, 1, 0), -1, time(17, 30), berlin(2026, 11, 30, 17, 30)),
        (berlin(2026, 11, 23, 10), 3, None, berlin(2026, 11, 23, 10)),
    ],
)
def test_a_nudge_is_due_so_many_working_days_later_at_its_hour(
    event: datetime, after: int, hour: time | None, due: datetime
) -> None:
    assert timing.nudge_due(event, after, hour, CALENDAR) == due


def test_k1_an_hour_that_a_clock_change_skips_becomes_a_real_one_and_a_doubled_one_happens_once() -> None:
    gap = timing.nudge_due(berlin(2026, 3, 28, 10), 1, time(2, 30), Calendar(BERLIN, lambda _: False))
    assert gap.astimezone(BERLIN).date() == date(2026, 3, 30)
    spring = CALENDAR.at(date(2026, 3, 29), time(2, 30))
    autumn = CALENDAR.at(date(2026, 10, 25), time(2, 30))
    assert spring == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert autumn == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_back_off_doubles_from_five_minutes_to_four_hours_with_jitter() -> None:
    waits = [timing.back_off(attempts, 3) for attempts in range(1, 12)]
    assert timedelta(minutes=5) <= waits[0] <= timedelta(minutes=6)
    assert all(timedelta(hours=4) <= wait <= timedelta(hours=4.8) for wait in waits[6:])
    assert all(earlier <= later * 1.2 for earlier, later in pairwise(waits))


def test_p13_a_letter_is_too_late_five_days_after_its_time() -> None:
    at = berlin(2026, 11, 24, 9)
    assert not timing.too_late(at + timedelta(days=5), at)
    assert timing.too_late(at + timedelta(days=5, seconds=1), at)
