"""Every shape of a sheet: which rows are applications, whose they are, and which belong together."""

from datetime import date

import pytest

from followup import assembly
from followup.model.application import Application, Outcome, Stage
from followup.model.question import QuestionKind
from followup.model.reading import Reading
from followup.tracker import reading

WORDS = assembly.words((assembly.shipped_templates(),))


def read(text: str, **more: object) -> Reading:
    return reading.read(text.encode(), WORDS, **more)  # type: ignore[arg-type]


def outcomes(text: str) -> list[tuple[str, Outcome]]:
    return [(one.company, one.outcome) for one in read(text).applications]


@pytest.mark.parametrize(
    "row",
    [
        ",,,", "# note to self,,,", "--- March ---,,,", "March 2026,,,", "Company,Role,Date,Status", "Total,12,,",
        "Rejected,4,,", "Rejected: 4,,Rate: 25%,", "Applied: 12,,,", "Response rate,25%,,", ",,Total,1", "Total,,,1",
        "Legend,green = offer,,", "Week 12,,,3", ",,,call them back", "Acme,,,",
    ],
)  # fmt: skip
def test_rows_that_are_no_applications_fall_out(row: str) -> None:
    text = f"Company,Role,Date,Status\nBirch,Cook,2026-03-01,Applied\n{row}\n"
    found = read(text)
    assert [one.company for one in found.applications] == ["Birch"]
    assert found.problems == ()


@pytest.mark.parametrize("company", ["3M", "1&1", "Total Energies", "Open Door", "New Balance", "O2", "X"])
def test_a_company_of_an_odd_name_is_a_company(company: str) -> None:
    assert outcomes(f"Company,Role,Status\n{company},Cook,Rejected\n") == [(company, Outcome.REJECTED)]


@pytest.mark.parametrize("nobody", ["", "?", "n/a", "Unknown", "(company not in snippet)", "null"])
def test_p9_a_rejection_by_nobody_named_is_told_and_given_to_nobody_else(nobody: str) -> None:
    rows = "".join(f"Firm {number},Cook,Applied\n" for number in range(9))
    found = read(f"Company,Role,Status\n{rows}{nobody},Cook,Rejected\n")
    assert {one.outcome for one in found.applications} == {Outcome.OPEN}
    assert [(problem.line, problem.text) for problem in found.problems] == [(11, "no company is named.")]


def test_a_row_without_company_and_role_goes_on_with_the_one_above() -> None:
    text = "Company,Role,Date,Status\nAcme,Cook,2026-03-01,Applied\n,,2026-03-09,Interview\n,,2026-03-20,Rejected\n"
    (one,) = read(text).applications
    assert (one.company, one.role, one.outcome, one.stage) == ("Acme", "Cook", Outcome.REJECTED, Stage.INTERVIEW)
    assert one.applied_on == date(2026, 3, 1)


def log(rows: str, header: str = "timestamp,application_id,company,role,event,contact") -> list[Application]:
    return list(read(f"{header}\n{rows}").applications)


def test_in_a_log_the_latest_event_decides_the_furthest_stage_stays_and_any_row_names_the_contact() -> None:
    (one,) = log(
        "2026-03-20,A1,Acme,Cook,rejected,\n2026-03-01,A1,Acme,Cook,applied,hr@acme.example.org\n"
        "2026-03-09,A1,,,interview,\n"
    )
    assert (one.outcome, one.stage, one.contact_email) == (Outcome.REJECTED, Stage.INTERVIEW, "hr@acme.example.org")
    assert (one.applied_on, one.outcome_on) == (date(2026, 3, 1), date(2026, 3, 20))


def test_p11_a_rejection_reopened_on_the_same_day_is_open_again() -> None:
    (one,) = log("3/20/2026 9:15 AM,A1,Acme,Cook,rejected,\n3/20/2026 1:05 PM,A1,Acme,Cook,reopened,\n")
    assert one.outcome is Outcome.OPEN


def test_p9_a_rejection_that_something_unknown_follows_is_asked_about() -> None:
    events = "2026-03-20,A1,Acme,Cook,rejected,\n2026-03-21,A1,Acme,Cook,lunch with Jo,\n"
    (one,) = log(events)
    assert (one.outcome, one.status_text) == (Outcome.UNDECIDED, "rejected / lunch with Jo")
    (open_one,) = log(events.replace("rejected", "applied"))
    assert open_one.outcome is Outcome.OPEN


def test_p9_a_row_that_lost_cells_is_handed_no_company_from_above() -> None:
    full = "Cook,Applied,Rome,Acme\n,Applied,Rome,\nCook,Applied,Rome,\n"
    rows = f"Role,Status,City,Company\n{full}Cook,Rejected,Bolt\n"
    assert [one.outcome for one in read(rows).applications] == [Outcome.OPEN] * 2


def test_a_log_without_ids_goes_by_company_and_role() -> None:
    found = log(
        "2026-03-01,Acme,Cook,applied\n2026-03-05,Acme,Baker,rejected\n2026-03-09,Acme,Cook,rejected\n",
        "date,company,role,event",
    )
    assert [(one.role, one.outcome) for one in found] == [("Cook", Outcome.REJECTED), ("Baker", Outcome.REJECTED)]


def test_copied_rows_with_one_id_and_one_day_are_no_log() -> None:
    assert (
        len(log("7,2026-03-01,Acme,Cook,Rejected\n7,2026-03-01,Acme,Cook,Rejected\n", "ID,Date,Company,Role,Status"))
        == 2
    )


def test_the_same_job_applied_for_twice_is_two_applications() -> None:
    text = "Company,Role,Date,Status\nAcme,Cook,2026-01-01,Rejected\nAcme,Cook,2026-06-01,Applied\n"
    assert outcomes(text) == [("Acme", Outcome.REJECTED), ("Acme", Outcome.OPEN)]


def test_p9_in_a_triage_with_days_a_rejection_without_one_is_a_question() -> None:
    text = "Company,Role,Applied,Status\nAcme,Cook,,rejected\nBirch,Cook,,considering\nCork,Cook,2026-03-01,rejected\n"
    assert outcomes(text) == [
        ("Acme", Outcome.UNDECIDED), ("Birch", Outcome.NOT_APPLIED), ("Cork", Outcome.REJECTED),
    ]  # fmt: skip


def test_p25_a_row_with_a_comma_too_many_is_told_by_its_line_and_quoted_nowhere() -> None:
    found = read("Company,Role,Date,Status\nAcme, Inc.,Cook,2026-03-01,Rejected\nBirch,Cook,2026-03-01,Rejected\n")
    assert [problem.line for problem in found.problems] == [2]
    assert "Acme" not in found.problems[0].text
    assert found.applications[-1].outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("cell", "company"),
    [
        ('"=HYPERLINK(""https://acme.example.org"",""Acme"")"', "Acme"),
        ("[Acme](https://acme.example.org)", "Acme"),
        ("Acme (https://www.notion.so/Acme-1)", "Acme"),
        ('"Acme\nLtd\x1b[31m"', "Acme Ltd [31m"),
        ("-Acme", "-Acme"),
        ("x" * 5000, "x" * 200),
    ],
)
def test_x1_a_company_is_one_line_of_plain_text(cell: str, company: str) -> None:
    (one,) = read(f"Company,Role,Status\n{cell},Cook,Rejected\n").applications
    assert one.company == company


def test_p9_the_order_of_days_is_asked_only_where_a_rejection_hangs_on_it() -> None:
    header = "Company,Role,Interview date,Status\n"
    assert read(header + "Acme,Cook,03/04/2026,Applied\nBirch,Cook,,Rejected\n").doubts == ()
    assert read(header + "Acme,Cook,04/04/2026,Rejected\n").doubts == ()
    assert read("Company,Role,Applied,Status\nAcme,Cook,03/04/2026,Rejected\n").doubts == ()
    (doubt,) = read(header + "Acme,Cook,03/04/2026,Rejected\nBirch,Cook,,Rejected\n").doubts
    assert (doubt.kind, doubt.about) == (QuestionKind.DATE_ORDER, ("Acme",))


def test_a_day_in_any_column_proves_the_order() -> None:
    found = read("Company,Applied,Status,Deadline\nAcme,03/04/2026,Rejected,25/04/2026\n")
    assert found.applications[0].applied_on == date(2026, 4, 3)


def test_several_addresses_are_asked_about_and_the_answer_applies() -> None:
    text = (
        'Company,Role,Status,Email\nAcme,Cook,Rejected,"a@acme.example.org, b@acme.example.org"\n'
        'Birch,Cook,Open,"a@b.example.org; c@b.example.org"\n'
    )
    (doubt,) = read(text).doubts
    assert (doubt.kind, doubt.about) == (QuestionKind.CONTACT, ("Acme",))
    assert read(text, answers={doubt.key: "b@acme.example.org"}).applications[0].contact_email == "b@acme.example.org"
    stranger = read(text, answers={doubt.key: "c@else.example.org"})
    assert stranger.applications[0].contact_email is None
    assert read(text, answers={doubt.key: "none"}).doubts == ()


def test_a_fingerprint_knows_the_cells_and_not_the_line() -> None:
    one, other = (read(f"Company,Status\n{above}Acme,Rejected\n").applications[-1] for above in ("", "Birch,Applied\n"))
    changed = read("Company,Status\nAcme,Applied\n").applications[0]
    assert one.fingerprint == other.fingerprint != changed.fingerprint
