"""Human dates: read where they are one day without doubt, and no day anywhere else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup import assembly
from followup.model.reading import DateOrder
from followup.tracker import dates

MONTHS = assembly.words((assembly.shipped_templates(),)).months
MARCH_5 = date(2026, 3, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-05", "2026-3-5", "2026/03/05", "20260305", "2026-03-05T10:00:00Z", "2026-03-05 10:00", "5.3.2026",
        "05/03/26", "5-3-2026", "05.03.2026 14:30 Uhr", "Mar 5, 2026", "March 5th, 2026", "Thursday, March 5, 2026",
        "5-Mar-26", "5. März 2026", "5 mars 2026", "5 de mars de 2026", "2026 March 5",
        "Thu, 5 Mar 2026 10:00:00 +0000 (UTC)",
        "March 5, 2026 2:14 PM", "46086", "46086.5",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_people_use(cell: str) -> None:
    assert dates.parser(DateOrder.DMY, MONTHS)(cell) == MARCH_5


@pytest.mark.parametrize(
    "cell",
    [
        "", "soon", "2026-03", "March 2026", "5 March", "27-Feb", "2026-02-30", "31/02/2026", "13/13/2026", "2/142026",
        "2026-03-05 / 2026-03-09", "05/03/2026 & 09/03/2026", "05/03/2026 - phone", "2 interviews in May 2026",
        "1999999", "1026-03-05", "null", "5/3/2026" + " " * 5 + "x" * 100,
    ],
)  # fmt: skip
def test_p9_what_is_no_single_day_is_none(cell: str) -> None:
    assert dates.parser(DateOrder.DMY, MONTHS)(cell) is None


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["04/04/2026"], DateOrder.ISO),
        (["15/15/2026", "13/04/2026"], DateOrder.DMY),
        (["8/5/2026 & 8/14/2026"], DateOrder.MDY),
        (["46086", ""], DateOrder.ISO),
        (["13/04/2026", "04/13/2026"], DateOrder.AMBIGUOUS),
        (["x" * 100 + "13/04/2026"], DateOrder.NONE),
    ],
)
def test_p9_only_a_part_over_twelve_proves_the_order(cells: list[str], order: DateOrder) -> None:
    assert dates.order_of(cells) is order


@given(st.dates(date(1990, 1, 1), date(2068, 12, 31)), st.sampled_from("./-"))
def test_a_day_written_in_the_order_of_the_file_is_that_day(day: date, sign: str) -> None:
    day_first = f"{day.day:02}{sign}{day.month:02}{sign}{day.year}"
    month_first = f"{day.month}{sign}{day.day}{sign}{day.year}"
    assert dates.parser(DateOrder.DMY, MONTHS)(day_first) == day
    assert dates.parser(DateOrder.MDY, MONTHS)(month_first) == day
    assert dates.parser(DateOrder.AMBIGUOUS, MONTHS)(day_first) in (None, day)
    assert dates.needs_order(day_first) == (day.day <= 12 and day.day != day.month)


@given(st.text(max_size=80))
def test_no_text_makes_the_dates_raise(cell: str) -> None:
    for order in DateOrder:
        dates.parser(order, MONTHS)(cell)
    dates.order_of([cell])
    dates.minute_of(cell)
    dates.looks_like_day(cell, MONTHS)


@pytest.mark.parametrize(("cell", "minute"), [("2/13/26, 9:05 PM", 1265), ("2026-03-05T10:20:00Z", 620), ("noon", 0)])
def test_the_time_of_day_is_told_where_it_stands(cell: str, minute: int) -> None:
    assert dates.minute_of(cell) == minute
