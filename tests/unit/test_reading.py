"""Reading trackers: words, dates, shapes, contacts, bytes; and that nothing at all makes it raise."""

import csv
import io
import string
import subprocess
import sys
import tomllib
import zipfile
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup import assembly
from followup.errors import TemplateError
from followup.model.application import Application, DateSource, Outcome, Stage
from followup.model.question import QuestionKind
from followup.model.reading import DateOrder, Reading
from followup.tracker import dates, reading, vocabulary, words

WORDS = assembly.words((assembly.shipped_templates(),))


def read(text: str, **more: object) -> Reading:
    return reading.read(text.encode(), WORDS, **more)  # type: ignore[arg-type]


def only(text: str, **more: object) -> Application:
    (one,) = read(text, **more).applications
    return one


@pytest.mark.parametrize(
    ("text", "outcome", "stage"),
    [
        ("Rejected", Outcome.REJECTED, Stage.UNKNOWN),
        ("  REJECTED!! ", Outcome.REJECTED, Stage.UNKNOWN),
        ("❌ Rejected", Outcome.REJECTED, Stage.UNKNOWN),
        ("Rejected (phone screen)", Outcome.REJECTED, Stage.SCREENING),
        ("Rejected after 2nd round", Outcome.REJECTED, Stage.INTERVIEW),
        ("rejected by them after trial day", Outcome.REJECTED, Stage.INTERVIEW),
        ("Auto-rejected", Outcome.REJECTED, Stage.SCREENING),
        ("Not selected by employer", Outcome.REJECTED, Stage.UNKNOWN),
        ("No longer under consideration", Outcome.REJECTED, Stage.UNKNOWN),
        ("they turned me down", Outcome.REJECTED, Stage.UNKNOWN),
        ("Declined by employer", Outcome.REJECTED, Stage.UNKNOWN),
        ("reeejected", Outcome.REJECTED, Stage.UNKNOWN),
        ("Absage nach Gespräch", Outcome.REJECTED, Stage.INTERVIEW),
        ("Refusée après entretien", Outcome.REJECTED, Stage.INTERVIEW),
        ("rejected by me", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("I declined", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("Absage von mir", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("rejected them", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("Rejected the job", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("rejected the company", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("rejected their second proposal", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Rejected (email 12 March)", Outcome.REJECTED, Stage.UNKNOWN),
        ("rejected by the hiring committee", Outcome.REJECTED, Stage.UNKNOWN),
        ("habe abgelehnt", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("habe Absage bekommen", Outcome.REJECTED, Stage.UNKNOWN),
        ("Einladung abgelehnt", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Entretien refusé", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Absage ohne Gespräch", Outcome.REJECTED, Stage.UNKNOWN),
        ("was rejected, now back in process", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("sent rejection", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("un-rejected", Outcome.OPEN, Stage.UNKNOWN),
        ("have rejected", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("they have rejected me", Outcome.REJECTED, Stage.UNKNOWN),
        ("have been rejected", Outcome.REJECTED, Stage.UNKNOWN),
        ("rejected their offer", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("turned them down", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("I turned down the offer", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("Offre refusée par moi", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("Zusage, von mir abgesagt", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("not rejected yet", Outcome.OPEN, Stage.UNKNOWN),
        ("noch keine Absage", Outcome.OPEN, Stage.UNKNOWN),
        ("pas encore de refus", Outcome.OPEN, Stage.UNKNOWN),
        ("Interviewing 💬", Outcome.OPEN, Stage.INTERVIEW),
        ("", Outcome.OPEN, Stage.UNKNOWN),
        ("Ghosted 👻", Outcome.GHOSTED, Stage.UNKNOWN),
        ("Offer accepted", Outcome.ACCEPTED, Stage.UNKNOWN),
        ("Position on hold", Outcome.ON_HOLD, Stage.UNKNOWN),
        ("turned down", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Closed", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("Declined", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("No", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("👎", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("probably rejected I guess", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("they never rejected me", Outcome.UNDECIDED, Stage.UNKNOWN),
        ("rejected, because the robot had a bad day", Outcome.UNDECIDED, Stage.UNKNOWN),
    ],
)
def test_p9_a_status_is_understood_by_whole_phrases_or_asked_about(text: str, outcome: Outcome, stage: Stage) -> None:
    meaning = vocabulary.reader(WORDS)(text)
    assert (meaning.outcome, meaning.stage) == (outcome, stage)


@pytest.mark.parametrize(
    ("text", "outcome", "stage"),
    [
        ("Rechazado tras la entrevista", Outcome.REJECTED, Stage.INTERVIEW),
        ("me han rechazado", Outcome.REJECTED, Stage.UNKNOWN),
        ("Rechazado por mí", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("Oferta rechazada", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("Sin respuesta", Outcome.GHOSTED, Stage.UNKNOWN),
        ("Não selecionado", Outcome.REJECTED, Stage.UNKNOWN),
        ("Reprovado após entrevista", Outcome.REJECTED, Stage.INTERVIEW),
        ("Recusei a proposta", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("Scartato dopo il colloquio", Outcome.REJECTED, Stage.INTERVIEW),
        ("Offerta rifiutata da me", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("Afgewezen na gesprek", Outcome.REJECTED, Stage.INTERVIEW),
        ("Door mij afgewezen", Outcome.WITHDRAWN, Stage.UNKNOWN),
        ("Avslag efter intervju", Outcome.REJECTED, Stage.INTERVIEW),
        ("Inget svar", Outcome.GHOSTED, Stage.UNKNOWN),
        ("Odrzucony po rozmowie", Outcome.REJECTED, Stage.INTERVIEW),
        ("Brak odpowiedzi", Outcome.GHOSTED, Stage.UNKNOWN),
        ("Mülakattan sonra elendim", Outcome.REJECTED, Stage.INTERVIEW),
        ("Teklifi reddettim", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("已拒绝", Outcome.REJECTED, Stage.UNKNOWN),
        ("二面被拒", Outcome.REJECTED, Stage.INTERVIEW),
        ("没有被拒", Outcome.OPEN, Stage.UNKNOWN),
        ("不採用", Outcome.REJECTED, Stage.UNKNOWN),
        ("最終面接不合格", Outcome.REJECTED, Stage.INTERVIEW),
        ("内定辞退", Outcome.OFFER_DECLINED, Stage.UNKNOWN),
        ("rejectd after a call", Outcome.UNDECIDED, Stage.SCREENING),
    ],
)
def test_a_status_is_understood_in_the_languages_shipped(text: str, outcome: Outcome, stage: Stage) -> None:
    meaning = vocabulary.reader(WORDS)(text)
    assert meaning.outcome is outcome
    assert meaning.stage is stage or outcome is Outcome.UNDECIDED


def test_no_phrase_means_two_outcomes_in_two_languages() -> None:
    meanings: dict[str, set[str]] = {}
    for file in sorted((assembly.shipped_templates() / "words").glob("*.toml")):
        for outcome, phrases in tomllib.loads(file.read_text())["outcomes"].items():
            for phrase in phrases:
                meanings.setdefault(words.plain(phrase), set()).add(outcome)
    assert {phrase: found for phrase, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    "header",
    [
        "Company,Role,Status,Date Applied",
        "Firma;Stelle;Status;Bewerbung am",
        "Entreprise;Poste;Statut;Date de candidature",
        "Empresa;Puesto;Estado;Fecha de solicitud",
        "Empresa;Cargo;Situação;Data da candidatura",
        "Azienda;Posizione;Stato;Data candidatura",
        "Bedrijf;Functie;Status;Datum sollicitatie",
        "Företag;Tjänst;Status;Ansökningsdatum",
        "Firma;Stanowisko;Status;Data aplikacji",
        "Şirket;Pozisyon;Durum;Başvuru tarihi",
        "公司名称,岗位,当前状态,投递时间",
        "会社名,職種,選考状況,応募日",
    ],
)
def test_headers_are_known_in_the_languages_shipped(header: str) -> None:
    delimiter = ";" if ";" in header else ","
    one = only(f"{header}\n" + delimiter.join(["Acme", "Cook", "Rejected", "2026-03-05"]) + "\n")
    assert (one.company, one.role, one.outcome, one.applied_on) == ("Acme", "Cook", Outcome.REJECTED, date(2026, 3, 5))


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2026-03-05", DateOrder.ISO, date(2026, 3, 5)),
        ("2026-02-05T02:36:20.443591-07:00", DateOrder.ISO, date(2026, 2, 5)),
        ("17.03.2026", DateOrder.DMY, date(2026, 3, 17)),
        ("3/4/2026", DateOrder.MDY, date(2026, 3, 4)),
        ("3/4/2026", DateOrder.DMY, date(2026, 4, 3)),
        ("3/4/2026", DateOrder.AMBIGUOUS, None),
        ("04/04/2026", DateOrder.AMBIGUOUS, date(2026, 4, 4)),
        ("2/13/26, 9:05 AM", DateOrder.MDY, date(2026, 2, 13)),
        ("5-Aug-22", DateOrder.ISO, date(2022, 8, 5)),
        ("Feb 2, 2026", DateOrder.ISO, date(2026, 2, 2)),
        ("March 5, 2026 2:14 PM", DateOrder.ISO, date(2026, 3, 5)),
        ("3. März 2026", DateOrder.ISO, date(2026, 3, 3)),
        ("1er février 2026", DateOrder.ISO, date(2026, 2, 1)),
        ("Mon, 5 Aug 2024 10:00:00 +0000 (UTC)", DateOrder.ISO, date(2024, 8, 5)),
        ("46094.00011574074", DateOrder.ISO, date(2026, 3, 13)),
        ("2025-11", DateOrder.ISO, None),
        ("27-Oct", DateOrder.ISO, None),
        ("8/5/2019 & 8/14/2019", DateOrder.MDY, None),
        ("Follow up in 1 week", DateOrder.ISO, None),
        ("2/142026", DateOrder.MDY, None),
        ("31/02/2026", DateOrder.DMY, None),
        ("null", DateOrder.ISO, None),
        ("9/99999", DateOrder.MDY, None),
    ],
)
def test_a_day_is_read_only_where_it_is_one_without_doubt(cell: str, order: DateOrder, day: date | None) -> None:
    assert dates.parser(order, WORDS.months)(cell) == day


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["13/02/2026", "01/02/2026"], DateOrder.DMY),
        (["02/13/2026", "01/02/2026"], DateOrder.MDY),
        (["01/02/2026", "03/04/2026"], DateOrder.AMBIGUOUS),
        (["13/02/2026", "02/13/2026"], DateOrder.AMBIGUOUS),
        (["2026-02-01", "Feb 2, 2026"], DateOrder.ISO),
        (["", "soon"], DateOrder.NONE),
    ],
)
def test_p9_the_order_of_days_is_proven_or_ambiguous_never_a_majority(cells: list[str], order: DateOrder) -> None:
    assert dates.order_of(cells) is order


@pytest.mark.parametrize(
    ("cell", "email", "name"),
    [
        ("ines@acme.example.org", "ines@acme.example.org", None),
        ("Ines Roe <ines@acme.example.org>", "ines@acme.example.org", "Ines Roe"),
        ("Mme Léa Petit", None, "Mme Léa Petit"),
        ("no-reply@acme.example.org", None, None),
        ("donotreply@acme.example.org", None, None),
        ("jobs@acme", None, None),
        ("me@example.org", None, None),
        ("a@acme.example.org, b@acme.example.org", None, None),
        ("call them", None, None),
    ],
)
def test_p10_a_contact_is_one_address_that_somebody_else_reads(cell: str, email: str | None, name: str | None) -> None:
    one = only(f'Company,Status,Contact\nAcme,Rejected,"{cell}"\n', own_addresses=frozenset({"me@example.org"}))
    assert (one.contact_email, one.contact_name) == (email, name)


@pytest.mark.parametrize(
    ("cell", "email", "name"),
    [
        ("Ines Roe via LinkedIn <hit-reply@board.example.org>", None, "Ines Roe"),
        ("Ines Roe (via Indeed) <conversation-1@board.example.org>", None, "Ines Roe"),
        ("Ines Roe über Stepstone <post-17@board.example.org>", None, "Ines Roe"),
        ("Ines Roe przez Pracuj <post-17@board.example.org>", None, "Ines Roe"),
        ("Ines Roe via LinkedIn", None, "Ines Roe"),
        ("Hiring Desk on behalf of Ines Roe <desk@board.example.org>", None, None),
        ("Max Lee im Auftrag von Ines Roe <desk@board.example.org>", None, None),
        ("Acme via LinkedIn <hit-reply@board.example.org>", None, None),
        ("Ines Roe <ines@acme.example.org> via LinkedIn", "ines@acme.example.org", "Ines Roe"),
        ("reach her via ines@acme.example.org", "ines@acme.example.org", None),
        ("Maria Via <maria@acme.example.org>", "maria@acme.example.org", "Maria Via"),
        ("Maria Via Lopez <maria@acme.example.org>", "maria@acme.example.org", "Maria Via Lopez"),
    ],
)
def test_i12_the_address_of_a_service_that_passes_mail_on_is_nobodys(
    cell: str, email: str | None, name: str | None
) -> None:
    one = only(f'Company,Status,Contact\nAcme,Rejected,"{cell}"\n')
    assert (one.contact_email, one.contact_name) == (email, name)


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("Do Not Reply", None), ("No Reply", None), ("Acme No-Reply", None), ("Don't Reply", None),
        ("Nicht Antworten", None), ("Ne Pas Répondre", None), ("Acme Notifications", None), ("Mailer Daemon", None),
        ("Message Ines Roe on LinkedIn", None), ("Contact Ines Roe", None), ("Ansprechpartnerin Ines Roe", None),
        ("Ines Roe at Acme", "Ines Roe"), ("Ines Roe from Acme", "Ines Roe"), ("Ines Roe (at Acme)", "Ines Roe"),
        ("Ines Roe bei Acme", "Ines Roe"), ("Ines Roe chez Acme", "Ines Roe"), ("Ines Roe presso Acme", "Ines Roe"),
        ("Ines Roe bij Acme", "Ines Roe"), ("Ines Roe på Acme", "Ines Roe"), ("Ines Roe z Acme", "Ines Roe"),
        ("Ines Roe von Acme", None), ("Ines Roe vom Amt", None), ("Ines Roe van Acme", None),
        ("Ines Roe und Max", "Ines Roe und Max"), ("Ines Roe kuka Acme", None),
        ("Ines von Roe", "Ines von Roe"), ("Dr. Ines von Roe", "Dr. Ines von Roe"),
        ("Ines van der Roe", "Ines van der Roe"), ("Ines Maria de la Torre", "Ines Maria de la Torre"),
        ("Ines d'Arc Roe", "Ines d'Arc Roe"), ("Nora Ply", "Nora Ply"), ("Jo Root", "Jo Root"), ("Ask Roe", "Ask Roe"),
        ("An Nguyen", "An Nguyen"), ("Per Roe", "Per Roe"), ("Ping Li", "Ping Li"),
    ],
)  # fmt: skip
def test_i12_what_is_no_part_of_a_name_is_greeted_by_nobody(name: str, read_as: str | None) -> None:
    one = only(f'Company,Status,Contact\nAcme,Rejected,"{name} <ines@acme.example.org>"\n')
    assert (one.contact_email, one.contact_name) == ("ines@acme.example.org", read_as)
    assert only(f'Company,Status,Contact\nAcme,Rejected,"{name}"\n').contact_name == read_as


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Via LinkedIn", None), ("Via LinkedIn <hit-reply@board.example.org>", None),
        ("Ines Roe par Indeed <post-17@board.example.org>", "Ines Roe"),
        ("Ines Roe mediante InfoJobs <post-17@board.example.org>", "Ines Roe"),
        ("Ines Roe tramite Indeed <post-17@board.example.org>", "Ines Roe"),
    ],
)  # fmt: skip
def test_i12_a_service_is_neither_greeted_nor_written_to_in_any_language(cell: str, name: str | None) -> None:
    one = only(f'Company,Status,Contact\nAcme,Rejected,"{cell}"\n')
    assert (one.contact_email, one.contact_name) == (None, name)


def test_several_addresses_are_a_question() -> None:
    found = read('Company,Status,Contact\nAcme,Rejected,"a@acme.example.org; b@acme.example.org"\n')
    assert [doubt.kind for doubt in found.doubts] == [QuestionKind.CONTACT]


def test_p10_an_address_that_stands_at_most_companies_is_the_persons_own() -> None:
    rows = "".join(f"Company {number},Rejected,me@mail.example.org\n" for number in range(4))
    found = read("Company,Status,Contact Email\n" + rows)
    assert {one.contact_email for one in found.applications} == {None}


def test_an_agency_at_several_companies_is_a_contact() -> None:
    rows = "".join(f"Company {number},Rejected,hr{number}@example.org\n" for number in range(6))
    agency = "".join(f"Client {number},Rejected,lee@agency.example.org\n" for number in range(3))
    found = read("Company,Status,Contact Email\n" + rows + agency)
    assert [one.contact_email for one in found.applications][-3:] == ["lee@agency.example.org"] * 3


def test_title_rows_totals_groups_comments_and_repeated_headers_are_no_applications() -> None:
    text = (
        "My search,,\n,,\nCompany,Role,Status\n# a comment,,\n--- March ---,,\nAcme,Engineer,Rejected\n,,\n"
        "Company,Role,Status\nBirch,Cook,Applied\nTotal,2,\nRejected,1,\n"
    )
    assert [(one.company, one.line) for one in read(text).applications] == [("Acme", 6), ("Birch", 9)]


def test_a_company_given_once_for_several_rows_is_handed_down() -> None:
    found = read("Company,Role,Status\nAcme,Engineer,Rejected\n,Cook,Applied\nBirch,Baker,Applied\n")
    assert [(one.company, one.role) for one in found.applications] == [
        ("Acme", "Engineer"), ("Acme", "Cook"), ("Birch", "Baker"),
    ]  # fmt: skip


def test_in_an_event_log_the_latest_event_wins_and_a_reopened_rejection_is_none() -> None:
    text = (
        "timestamp,application_id,company,role,event\n"
        "2026-03-05T10:00:00Z,A-1,Acme,Engineer,reopened\n2026-03-01T10:00:00Z,A-1,Acme,Engineer,rejected\n"
        "2026-02-01T10:00:00Z,A-1,Acme,Engineer,interview\n2026-03-01T10:00:00Z,A-2,Birch,Cook,rejected\n"
    )
    acme, birch = read(text).applications
    assert (acme.outcome, acme.stage) == (Outcome.OPEN, Stage.INTERVIEW)
    assert (birch.outcome, birch.outcome_on, birch.outcome_on_from) == (
        Outcome.REJECTED, date(2026, 3, 1), DateSource.STATED,
    )  # fmt: skip


def test_rejected_as_ones_own_triage_of_vacancies_is_not_applied() -> None:
    found = read(
        "Company,Title,Status,Found\nAcme,Engineer,rejected,x\nBirch,Cook,considering,x\nCedar,Baker,saved,x\n"
    )
    assert {one.outcome for one in found.applications} == {Outcome.NOT_APPLIED}


def test_saved_vacancies_beside_applications_do_not_make_a_rejection_a_triage() -> None:
    found = read("Company,Title,Status\nAcme,Engineer,Rejected\nBirch,Cook,Saved\nCedar,Baker,Applied\n")
    assert [one.outcome for one in found.applications] == [Outcome.REJECTED, Outcome.NOT_APPLIED, Outcome.OPEN]


def test_p9_an_outcome_column_and_a_stage_column_that_contradict_are_a_question() -> None:
    found = read("Company,Stage,Outcome\nAcme,Rejected,Pending\nBirch,Interview,Rejected\n")
    assert [one.outcome for one in found.applications] == [Outcome.UNDECIDED, Outcome.REJECTED]
    assert [doubt.kind for doubt in found.doubts] == [QuestionKind.OUTCOME]


def test_p9_a_rejected_row_without_a_company_is_a_problem_and_not_the_company_aboves() -> None:
    rows = "".join(f"Company {number},Cook,Applied\n" for number in range(9))
    found = read(f"Company,Role,Status\n{rows},Cook,Rejected\n")
    assert {one.outcome for one in found.applications} == {Outcome.OPEN}
    assert [problem.line for problem in found.problems] == [11]


def test_a_total_below_a_company_is_not_handed_down() -> None:
    found = read("Role,Company,Status\nEngineer,Acme,Rejected\n39,,Total\n")
    assert [one.company for one in found.applications] == ["Acme"]


def test_the_settings_can_say_which_column_is_which() -> None:
    text = "Company,Alpha,Beta\nAcme,Rejected,Engineer\n"
    assert read(text).refused is not None
    one = only(text, columns={"status": "Alpha", "role": "Beta"})
    assert (one.outcome, one.role) == (Outcome.REJECTED, "Engineer")


def test_an_answer_applies_from_then_on() -> None:
    text = "Company,Status,Applied\nAcme,Closed,01/02/2026\nBirch,Closed,01/02/2026\n"
    (doubt,) = [one for one in read(text).doubts if one.kind is QuestionKind.OUTCOME]
    assert (doubt.about, doubt.lines) == (("Acme", "Birch"), (2, 3))
    answered = read(text, answers={doubt.key: "yes", "date_order": "mdy"})
    assert {one.outcome for one in answered.applications} == {Outcome.REJECTED}
    assert {one.applied_on for one in answered.applications} == {date(2026, 1, 2)}
    assert answered.doubts == ()


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter"),
    [
        ("Company;Status\r\nAcme;Rejected\r\n".encode("utf-8-sig"), "utf-8-sig", ";"),
        ("Company\tStatus\nAcme\tRejected\n".encode("utf-16"), "utf-16", "\t"),
        (b"sep=;\r\nCompany;Status\r\nAcme;Rejected\r\n", "utf-8", ";"),
        (b"Company|Status\nAcme|Rejected\n", "utf-8", "|"),
        (b"Company,Status\rAcme,Rejected\r", "utf-8", ","),
        (b"Company,Status\r\nAcme,Rejected\n", "utf-8", ","),
        ("Entreprise;Statut\nAcme;Refusé\n".encode("cp1252"), "cp1252", ";"),
        (b"Com\x00pany,Status\nAcme,Rejected\n", "utf-8", ","),
    ],
)
def test_d4_bytes_in_any_common_form_give_the_same_application(data: bytes, encoding: str, delimiter: str) -> None:
    found = reading.read(data, WORDS)
    assert (found.encoding, found.delimiter) == (encoding, delimiter)
    assert [(one.company, one.outcome, one.line) for one in found.applications] == [
        ("Acme", Outcome.REJECTED, 3 if data.startswith(b"sep=") else 2)
    ]


@given(st.binary(max_size=3000))
def test_d10_no_bytes_make_the_reading_raise(data: bytes) -> None:
    found = reading.read(data, WORDS)
    assert (found.refused is None) or found.applications == ()


@given(st.text(max_size=2000))
def test_d10_no_text_below_a_header_makes_the_reading_raise(text: str) -> None:
    reading.read(("Company,Role,Status,Contact,Applied\n" + text).encode("utf-8", "replace"), WORDS)


@pytest.mark.parametrize(
    "data",
    [
        b"Company,Status\nAcme," + b"x" * 5_000_000 + b"\n",
        b'Company,Status\nAcme,"' + b"y,\n" * 500_000,
        b"Company," + b"a," * 20_000 + b"Status\nAcme\n",
        b'"' * 300_000,
        b"Company,Status\n" + b"," * 300_000,
    ],
)
def test_d10_huge_cells_rows_and_unclosed_quotes_are_read_to_their_end(data: bytes) -> None:
    reading.read(data, WORDS)


def test_the_words_of_a_person_stand_before_the_shipped_ones_and_mistakes_are_named(tmp_path: Path) -> None:
    own = tmp_path / "words"
    own.mkdir()
    (own / "en.toml").write_text(
        '[headers]\ncompany = ["outfit"]\nstatus = ["fate"]\n[outcomes]\nrejected = ["nope"]\n'
    )
    mine = words.load([tmp_path, assembly.shipped_templates()])
    assert reading.read(b"Outfit,Fate\nAcme,Nope\n", mine).applications[0].outcome is Outcome.REJECTED
    for text, told in (
        ("[headers]\ncompany = 'x'\n", "a list"),
        ("[headrs]\n", "no such table"),
        ("[outcomes]\nfired = ['x']\n", "fired: there is no such key"),
        ("[headers\n", "line 1"),
    ):
        (own / "en.toml").write_text(text)
        with pytest.raises(TemplateError, match=r"en\.toml") as error:
            words.load([tmp_path])
        assert told in str(error.value)


CELLS = [["Company", "Role", "Status"], ["Acme", "Cook", "Rejected"], ["Birch", "Baker", "Applied"]]


def xlsx() -> bytes:
    rows = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in CELLS
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packaged = "http://schemas.openxmlformats.org/package/2006/relationships"
    files = {
        "_rels/.rels": f'<Relationships xmlns="{packaged}"><Relationship Id="r1" Type="{relations}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packaged}"><Relationship Id="r1"'
        f' Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    return zipped(files)


def ods() -> bytes:
    name = "urn:oasis:names:tc:opendocument:xmlns"
    rows = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row)
        + "</table:table-row>"
        for row in CELLS
    )
    content = (
        f'<office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0"'
        f' xmlns:text="{name}:text:1.0"><office:body><office:spreadsheet><table:table table:name="One">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{name}:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def zipped(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


@pytest.mark.parametrize("data", [xlsx(), ods()], ids=["xlsx", "ods"])
def test_a_workbook_named_csv_is_read_where_the_extra_is_installed(data: bytes) -> None:
    found = reading.read(data, WORDS)
    assert [(one.company, one.role, one.outcome) for one in found.applications] == [
        ("Acme", "Cook", Outcome.REJECTED),
        ("Birch", "Baker", Outcome.OPEN),
    ]


def test_a_workbook_is_refused_by_name_where_the_extra_is_not_installed() -> None:
    script = (
        "import sys; sys.modules['python_calamine'] = None\n"
        "from followup import assembly; from followup.tracker import reading\n"
        "words = assembly.words((assembly.shipped_templates(),))\n"
        "print(reading.read(sys.stdin.buffer.read(), words).refused)"
    )
    told = subprocess.run([sys.executable, "-c", script], input=xlsx(), capture_output=True, check=True).stdout.decode()
    assert "this is an Excel workbook (.xlsx), not a CSV file" in told
    assert "python-calamine" in told


def test_i12_a_column_of_which_hardly_a_word_is_known_is_asked_about_as_a_whole() -> None:
    text = "Company,Status\nAcme,Kifli\nBirch,Applied\nCedar,Zzz\nDoe,Kifli\nElm,Qqq\nFir,Www\n"
    found = read(text)
    (doubt,) = found.doubts
    assert (doubt.kind, doubt.about) == (QuestionKind.WORDS, ("Kifli", "Zzz", "Qqq", "Www"))
    assert doubt.lines == (2, 4, 5, 6, 7)
    answered = read(text, answers={doubt.key: "1,3"})
    assert not answered.doubts
    assert not answered.unknown
    assert [one.company for one in answered.applications if one.outcome is Outcome.REJECTED] == ["Acme", "Doe", "Elm"]
    grown = read(f"{text}Gum,Xxx\n", answers={doubt.key: "none"})
    assert not grown.doubts
    assert [one.lines for one in grown.unknown] == [(8,)]
    single = {doubt.key: "none", found.unknown[0].key: "yes"}
    assert [one.outcome for one in read(text, answers=single).applications[:2]] == [Outcome.REJECTED, Outcome.OPEN]


def test_i12_a_word_that_is_not_known_beside_known_ones_is_told_and_not_asked() -> None:
    found = read("Company,Status,Stage\nAcme,Rejected,\nBirch,Applied,\nCedar,Kifli,Interview\nDoe,Offer,Kifli\n")
    assert not found.doubts
    assert [(one.text, one.lines) for one in found.unknown] == [
        ("“Kifli” (1 row) is not known: did the employer say no?", (4,))
    ]


NOON = datetime(2026, 11, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("cell", "zone", "day"),
    [
        ("2026-10-01T23:30:00Z", "Europe/Berlin", date(2026, 10, 2)),
        ("2026-10-01T23:30:00Z", "America/New_York", date(2026, 10, 1)),
        ("2026-10-02T01:30:00.123456+02:00", "UTC", date(2026, 10, 1)),
        ("2026-10-01 22:30 -0500", "Asia/Tokyo", date(2026, 10, 2)),
        ("Thu, 1 Oct 2026 23:30:00 +0000 (UTC)", "Europe/Berlin", date(2026, 10, 2)),
        ("1790897400", "Europe/Berlin", date(2026, 10, 2)),
        ("1790897400000", "UTC", date(2026, 10, 1)),
        ("Thu Oct 15 2026 23:30:00 GMT-0800 (PST)", "Europe/Berlin", date(2026, 10, 16)),
        ("Thu Oct 15 2026 23:30:00 GMT-0800 (Pacific Standard Time)", "Europe/Berlin", date(2026, 10, 16)),
        ("15/10/2026 23:30 UTC", "Europe/Berlin", date(2026, 10, 16)),
        ("15.10.2026 23:30:00 +00:00", "Europe/Berlin", date(2026, 10, 16)),
        ("10/15/2026 23:30:00 +00:00", "Europe/Berlin", date(2026, 10, 16)),
        ("2026/10/15 23:30:00+00:00", "Europe/Berlin", date(2026, 10, 16)),
        ("2026/10/15 11:30 PM -0800", "Europe/Berlin", date(2026, 10, 16)),
        ("2026-10-15 23:30:00\u221208:00", "Europe/Berlin", date(2026, 10, 16)),
        ("2026-10-15 23:30 PST", "Europe/Berlin", date(2026, 10, 16)),
        ("Oct 15, 2026 11:30 PM PST", "Europe/Berlin", date(2026, 10, 16)),
        ("2026-10-15T23:30-08", "Europe/Berlin", date(2026, 10, 16)),
        ("15/10/2026 23:30", "Europe/Berlin", date(2026, 10, 15)),
        ("2026-10-01T23:30:00", "Asia/Tokyo", date(2026, 10, 1)),
        ("2026-10-01", "Asia/Tokyo", date(2026, 10, 1)),
    ],
)
def test_i12_an_instant_is_a_day_where_the_person_is(cell: str, zone: str, day: date) -> None:
    one = only(f'Company,Status,Applied\nAcme,Rejected,"{cell}"\n', now=NOON.astimezone(ZoneInfo(zone)))
    assert one.applied_on == day


@given(
    st.integers(1_577_836_800, 1_793_491_200),
    st.sampled_from(["UTC", "Asia/Tokyo", "America/Lima"]),
    st.integers(-12 * 4, 14 * 4),
)
def test_i12_any_instant_is_the_day_of_its_clock_in_that_zone(second: int, zone: str, quarters: int) -> None:
    instant = datetime.fromtimestamp(second, timezone(timedelta(minutes=15 * quarters)))
    here = ZoneInfo(zone)
    one = only(f"Company,Status,Applied\nAcme,Rejected,{instant.isoformat()}\n", now=NOON.astimezone(here))
    assert one.applied_on == instant.astimezone(here).date()


@pytest.mark.parametrize("status", ["Rejected", "Kifli", "Closed"])
@pytest.mark.parametrize(
    "cell",
    ["1899-12-30", "1899-12-31", "1/0/1900", "01/01/1900", "1900-01-00", "1900-01-01T00:00:00", "1/1/1904",
     "1970-01-01", "1970-01-01T00:00:00Z", "30.12.1899", "1/0/00", "2026-12-24", "2026-09-30", "Jan 1, 1970",
     "0000-00-00", "0000-00-00 00:00:00", "0001-01-01", "0001-01-01T00:00:00", "1/1/0001 12:00:00 AM", "1601-01-01",
     "01.01.0001", "00/00/0000", "0/0/0000", "0/0/00", "Jan-00", "00-Jan-00", "Dec-99", "Saturday, December 30, 1899",
     "30.12.1899 00:00", "0.0", "0", "0:00:00", "12:00:00 AM", "2026-12-24 (planned)", "24.12.2026 (geplant)",
     "planned for 2026-12-24", "24 Dec 2026, on site", "2026-12-24 & 2026-12-28", "2026-09-30 (phone)"],
)  # fmt: skip
def test_i12_no_interview_was_on_a_spreadsheets_zero_day_before_applying_or_is_yet_to_come(
    cell: str, status: str
) -> None:
    found = read(f'Company,Status,Applied,Interview date\nAcme,{status},2026-10-01,"{cell}"\n', now=NOON)
    (one,) = found.applications
    assert (one.interview_on, one.stage) == (None, Stage.UNKNOWN)
    assert [problem.line for problem in found.problems] == ([2] if status == "Rejected" else [])
    assert not any(doubt.kind is QuestionKind.DATE_ORDER for doubt in found.doubts)


NO_INTERVIEW = [
    "#REF!", "#VALUE!", "#ЗНАЧ!", "=TODAY()", "=A2", "NaT", "0:00:00", "0000-00-00", "No interview", "not yet",
    "to be scheduled", "pending", "cancelled", "Cancelled by them", "no show", "never", "noch nicht", "ausgefallen",
    "annulé", "pas encore", "cancelada", "todavía no", "ainda não", "annullato", "geannuleerd", "inställd", "odwołana",
    "отменено", "ещё нет", "iptal edildi", "まだ", "面接なし", "取消", "还没有", "没面试", "✗", "☐", "❌", "❌️", "??",
    "Ines?", "2026-10-05 (cancelled)", "no interview (2026-10-05)",
]  # fmt: skip
AN_INTERVIEW = ["x", "✓", "✔️", "☑", "TRUE", "2026-10-05", "5. Mai 2026", "2026-10-05 14:00", "20261005", "1791200000"]


def stage_beside(header: str, cell: str) -> Stage:
    """The stage of a rejection with this cell in a column of that name, in which most others are ticked."""
    text = io.StringIO()
    ticked = [("Birch", "Applied", "x"), ("Cork", "Applied", "x")]
    csv.writer(text).writerows([("Company", "Status", header), ("Acme", "Rejected", cell), *ticked])
    return read(text.getvalue(), now=NOON).applications[0].stage


@pytest.mark.parametrize("header", ["1st interview", "Vorstellungsgespräch", "Interview", "Interview date"])
def test_i12_a_cell_proves_an_interview_only_where_it_says_that_there_was_one(header: str) -> None:
    for cell in NO_INTERVIEW:
        assert stage_beside(header, cell) is Stage.UNKNOWN, cell
    for cell in AN_INTERVIEW:
        assert stage_beside(header, cell) is Stage.INTERVIEW, cell


@pytest.mark.parametrize("language", [file.stem for file in (assembly.shipped_templates() / "words").glob("*.toml")])
def test_i12_in_every_language_an_interview_called_off_or_to_come_is_none(language: str) -> None:
    table = tomllib.loads((assembly.shipped_templates() / "words" / f"{language}.toml").read_text())["words"]
    for phrase in [*table["unheld"], *table["waiting"]]:
        for cell in (phrase, f"2026-10-05 ({phrase})", f"{phrase}: Ines Roe"):
            assert stage_beside("1st interview", cell) is Stage.UNKNOWN, cell


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("x", Outcome.REJECTED), ("2026-10-05", Outcome.REJECTED), ("by mail", Outcome.REJECTED),
        ("not yet", Outcome.OPEN), ("pending", Outcome.OPEN), ("☐", Outcome.UNDECIDED), ("❌", Outcome.UNDECIDED),
        ("without interview", Outcome.UNDECIDED), ("1899-12-30", Outcome.OPEN), ("#REF!", Outcome.OPEN),
        ("=A2", Outcome.OPEN), ("??", Outcome.UNDECIDED),
    ],
)  # fmt: skip
def test_i12_a_column_of_rejections_ticks_one_off_only_where_it_clearly_does(cell: str, outcome: Outcome) -> None:
    one = read(f'Company,Role,Rejected\nAcme,Cook,"{cell}"\nBirch,Cook,x\n', now=NOON).applications[0]
    assert one.outcome is outcome


def test_i12_an_interview_between_applying_and_today_is_one() -> None:
    one = only("Company,Status,Applied,Interview date\nAcme,Rejected,2026-10-01,2026-11-29\n", now=NOON)
    assert (one.interview_on, one.stage) == (date(2026, 11, 29), Stage.INTERVIEW)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('=HYPERLINK("https://acme.example.org","Acme")', "Acme"),
        ('=HIPERVINCULO("https://acme.example.org";"Acme")', "Acme"),
        ('=LIEN_HYPERTEXTE("https://acme.example.org";"Acme")', "Acme"),
        ('="Acme"', "Acme"), ("'007 Works", "007 Works"), ("'t Hof", "'t Hof"), ("Birch &amp; Co", "Birch & Co"),
        ("L&#39;Or&eacute;al", "L'Oréal"), ("Acme&nbsp;Works", "Acme Works"), ("AT&T", "AT&T"),
        ("Tom &amp;amp; Co", "Tom & Co"), ("XXXLutz", "XXXLutz"), ("TotalEnergies", "TotalEnergies"),
        ("Ex Libris", "Ex Libris"),
    ],
)  # fmt: skip
def test_i12_a_cell_is_what_a_person_reads_in_it(cell: str, shown: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("Company", "Role", "Status"), (cell, cell, "Rejected")])
    one = only(text.getvalue())
    assert (one.company, one.role) == (shown, shown)


NOT_A_VALUE = [
    "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#BEZUG!", "#NV", "#WERT!",
    "#¡REF!", "#¿NOMBRE?", "#VALEUR!", "#NOM?", "#RIF!", "#N/D", "#WAARDE!", "#ADR!", "#ССЫЛКА!", "#Н/Д", "#DEĞER!",
    "#####", "Err:502", "=A1&B2", "=VLOOKUP(A2;B:C;2)", "'=A1", '=HYPERLINK("https://acme.example.org")', "unknown",
    "N/A", "TBD", "keine Angabe", "unbekannt", "desconocido", "inconnu", "sconosciuto", "onbekend", "nie wiem",
    "desconhecido", "неизвестно", "okänd", "bilinmiyor", "未知", "不明", "Loading...", "(blank)", "(empty)", "XXX",
    "TODO", "undefined", "n.b.", "k.A.", "s/o", "@SUM(A1)", "[object Object]", "Untitled", "#GETTING_DATA", "??",
]  # fmt: skip


@pytest.mark.parametrize("cell", NOT_A_VALUE)
def test_i12_what_is_no_value_stands_in_no_letter_and_its_row_is_told(cell: str) -> None:
    text = io.StringIO()
    rows = [
        ("Company", "Role", "Status"),
        ("Acme", cell, "Rejected"),
        (cell, "Cook", "Rejected"),
        ("A", "B", "Applied"),
    ]
    csv.writer(text).writerows([*rows, *[("Firm", "Clerk", "Applied")] * 6])
    found = read(text.getvalue())
    assert (found.applications[0].company, found.applications[0].role) == ("Acme", "")
    assert found.applications[1].company == "A"
    assert [problem.line for problem in found.problems] == [3]


def test_i12_rows_that_are_no_applications_are_left_out_by_kind_with_their_lines() -> None:
    found = read(
        "Company,Role,Status\nExample Company,Cook,Rejected\ne.g. Acme,Cook,Rejected\nz. B. Acme,Koch,Rejected\n"
        "Your company,x,Rejected\nMarch,,\nAcme,Cook,Rejected\n# mine,,x\nCompany,Role,Status\nTotal,4,\n"
        "例如 公司,x,Rejected\n"
    )
    assert [one.company for one in found.applications] == ["Acme"]
    assert {rows.kind: rows.lines for rows in found.left_out} == {
        "examples": (2, 3, 4, 5, 11), "titles": (6,), "comments and rules": (8,), "repeated headers": (9,),
        "totals": (10,),
    }  # fmt: skip


@pytest.mark.parametrize("company", ["{{company}}", "<Company>", "Enter company name", "ex: Google", "${company}"])
def test_i12_a_field_to_be_filled_in_is_no_company_and_its_row_is_named(company: str) -> None:
    found = read(f"Company,Role,Status\n{company},Cook,Rejected\nAcme,Cook,Rejected\n")
    assert [one.company for one in found.applications] == ["Acme"]
    assert [(rows.kind, rows.lines) for rows in found.left_out] == [("examples", (2,))]


@pytest.mark.parametrize("role", ["Example", "Total", "...", "??", "Untitled"])
def test_i12_a_role_that_says_nothing_stands_in_no_letter(role: str) -> None:
    assert only(f"Company,Role,Status\nAcme,{role},Rejected\n").role == ""


def with_a_cell_at(place: str) -> bytes:
    """A small workbook whose last cell stands there."""
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    row = f'<row r="{place.lstrip(string.ascii_uppercase)}"><c r="{place}"><v>1</v></c></row></sheetData>'
    files[sheet] = files[sheet].replace("</sheetData>", row)
    return zipped(files)


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "ZZZ99999999"])
def test_a_workbook_with_a_cell_far_away_is_refused_in_a_sentence(place: str) -> None:
    found = reading.read(with_a_cell_at(place), WORDS)
    assert found.applications == ()
    assert "this is an Excel workbook" in (found.refused or "")
    assert "CSV" in (found.refused or "")


def test_a_cell_far_to_the_right_does_not_hide_the_rows() -> None:
    assert len(reading.read(with_a_cell_at("XFD9"), WORDS).applications) == 2


def test_a_stray_cell_far_to_the_right_in_the_header_is_named() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    files[sheet] = files[sheet].replace("</row>", '<c r="XFD1"><v>1</v></c></row>', 1)
    assert "a stray cell stands far to the right" in (reading.read(zipped(files), WORDS).refused or "")


@pytest.mark.parametrize("data", [xlsx()[:-200], xlsx()[:60] + b"\0" * 40 + xlsx()[100:], zipped({"content.xml": "<"})])
def test_a_damaged_workbook_is_refused_in_a_sentence(data: bytes) -> None:
    found = reading.read(data, WORDS)
    assert found.applications == ()
    assert (found.refused or "").endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        b"Company,Status\n" + b"\n" * 20_000_000,
        b"Company,Status\r" + b"\r" * 2_000_000,
        b"Company,Role,Status\n" + b"a,b,c\n" * 2_000_000,
        b'Company,Role,Status\n"' + b"Acme,Cook,Rejected\n" * 2_000_000,
        (b"Company,Role,Status" + b"," * 1900 + b"\n") * 20_000,
    ],
)
def test_a_sheet_of_too_many_lines_or_cells_is_refused_in_a_sentence(data: bytes) -> None:
    found = reading.read(data, WORDS)
    assert (found.applications, "more lines or cells" in (found.refused or "")) == ((), True)
