"""Headers → fields: what each column is taken for, and what is asked instead of guessed."""

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


def used(text: str) -> dict[str, str]:
    return {use.field: use.header for use in read(text).columns}


def only(text: str, **more: object) -> Application:
    (one,) = read(text, **more).applications
    return one


def test_a_bare_date_yields_to_the_date_of_applying() -> None:
    assert used("Date,Company,Date Applied,Status\n")["applied"] == "Date Applied"


def test_names_and_addresses_in_two_columns_are_told_apart_by_what_they_hold() -> None:
    one = only("Company,Contact,Email,Status\nAcme,Ines Roe,ines@acme.example.org,Rejected\n")
    assert (one.contact_name, one.contact_email) == ("Ines Roe", "ines@acme.example.org")


def test_p10_the_column_of_ones_own_address_yields_to_one_of_employers() -> None:
    rows = "".join(f"me@mail.example.org,Firm {n},Rejected,hr@firm{n}.example.org\n" for n in range(4))
    found = read("Contact Email,Company Name,Outcome,Recruiter Email\n" + rows)
    assert [one.contact_email for one in found.applications] == [f"hr@firm{n}.example.org" for n in range(4)]


@pytest.mark.parametrize(
    ("header", "row", "outcome", "stage"),
    [
        ("Company,Role,Applied,Interview,Offer,Rejected", "Acme,Dev,x,x,,x", Outcome.REJECTED, Stage.INTERVIEW),
        ("Company,Role,Applied,Interview,Offer,Rejected", "Acme,Dev,x,,,", Outcome.OPEN, Stage.UNKNOWN),
        ("Company,Role,Offer,Rejected", "Acme,Dev,x,x", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Company,Role,Is Denied", "Acme,Dev,TRUE", Outcome.REJECTED, Stage.UNKNOWN),
        ("Company,Role,Is Denied", "Acme,Dev,FALSE", Outcome.OPEN, Stage.UNKNOWN),
        ("Company,Rejected", "Acme,x", Outcome.REJECTED, Stage.UNKNOWN),
        ("Company,Role,Status,Rejected on", "Acme,Dev,Applied,2026-03-05", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Company,Role,Status,Rejected on", "Acme,Dev,Withdrawn,2026-03-05", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("Company,Progress,Status", "Acme,Final Interview,Rejected", Outcome.REJECTED, Stage.INTERVIEW),
        ("Company,Rejection Stage,Decision,Status", "A,Phone Call,Rejected,Closed", Outcome.REJECTED, Stage.SCREENING),
        ("Company,Stage,Outcome", "Acme,Withdrawn,", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("Company,Stage,Outcome", "Acme,Rejected,Pending", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Company,Interview Date,Status", "Acme,03/04/2026,Rejected", Outcome.REJECTED, Stage.INTERVIEW),
        ("Company,Interview Date,Status", "Acme,n/a,Rejected", Outcome.REJECTED, Stage.UNKNOWN),
    ],
)  # fmt: skip
def test_p9_every_column_that_tells_of_the_end_is_heard(header: str, row: str, outcome: Outcome, stage: Stage) -> None:
    one = only(f"{header}\n{row}\n")
    assert (one.outcome, one.stage) == (outcome, stage)


def test_the_day_in_a_column_of_rejections_is_the_day_of_the_outcome() -> None:
    one = only("Firma,Bewerbung am,Absage\nAcme,01.03.2026,20.03.2026\n")
    assert (one.outcome, one.outcome_on) == (Outcome.REJECTED, date(2026, 3, 20))


def test_a_column_of_phone_numbers_is_no_stage() -> None:
    assert only("Company,Phone,Status\nAcme,030 1234567,Rejected\n").stage is Stage.UNKNOWN


def test_a_column_under_an_unknown_name_is_known_by_its_words() -> None:
    found = read("Company,Role,Where am I at\nAcme,Dev,Rejected\nBirch,Dev,Applied\n")
    assert [one.outcome for one in found.applications] == [Outcome.REJECTED, Outcome.OPEN]


def test_p9_where_no_column_tells_of_the_end_it_is_asked_once_and_the_answer_applies() -> None:
    text = "Company,Role,Mood\nAcme,Dev,Rejected by the beast\nBirch,Dev,fine\n"
    (doubt,) = read(text).doubts
    assert doubt.kind is QuestionKind.COLUMN
    answered = read(text, answers={doubt.key: "Mood"})
    assert [one.outcome for one in answered.applications] == [Outcome.UNDECIDED, Outcome.OPEN]
    assert [one.kind for one in answered.doubts] == [QuestionKind.OUTCOME]


def test_a_mistake_in_the_settings_is_told_and_hides_nothing() -> None:
    found = read("Company,Status\nAcme,Rejected\n", columns={"status": "Fate", "mood": "Status"})
    assert [one.outcome for one in found.applications] == [Outcome.REJECTED]
    assert ["Fate" in problem.text or "mood" in problem.text for problem in found.problems] == [True, True]
    column, field = (problem.text for problem in found.problems)
    assert "this header has 'Company', 'Status'." in column
    assert "there are applied, " in field


@pytest.mark.parametrize(
    ("text", "field", "likeliest"),
    [
        ("Company,Role,Mood,Where\nAcme,Dev,fine,Zug\n", "status", "none"),
        ("Company,Role,Mood,Where\nAcme,Dev,fine,Rejected\nBirch,Dev,x,my thing\nC,D,x,y\n", "status", "Where"),
        ("Company,Role,Stauts\nAcme,Dev,whatever\n", "status", "Stauts"),
        ("Cmpany,Role,Status\nAcme,Dev,Rejected\n", "company", "Cmpany"),
        ("Where,Role,Status\nAcme,Dev,Rejected\n", "company", "none"),
    ],
)
def test_i12_the_likeliest_column_stands_first_in_a_question_and_none_where_none_is_likely(
    text: str, field: str, likeliest: str
) -> None:
    (doubt,) = (one for one in read(text).doubts if one.key.startswith(f"column:{field}:"))
    assert doubt.about[0] == likeliest


def test_i12_a_column_without_addresses_is_not_suggested_for_them() -> None:
    found = read("Company,Role,Status,Contrat,Mail von\nAcme,Dev,Rejected,CDI,nobody\n")
    assert not found.doubts
