"""Letters and nudges in words, what a friend says of them, and their bytes."""

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import combinations, product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup import assembly
from followup.cli.speech import fold
from followup.errors import TemplateError
from followup.letters import mime, proofread
from followup.letters.compose import Facts, Templates
from followup.letters.proofread import Past
from followup.letters.prose import flatten
from followup.model.application import Stage
from followup.model.letter import QUESTIONS, LetterKind, Note, NoteLevel, Text
from followup.model.person import Person
from followup.steps import sealing
from followup.steps.remind import nudge_mail

FOLDER = assembly.shipped_templates()
SHIPPED = Templates([FOLDER])
SAM = Person(name="Sam Rivera", email="sam@example.org", zone=ZoneInfo("UTC"), country=None)
REQUEST = LetterKind.FEEDBACK_REQUEST
LANGUAGES = [language for language in SHIPPED.languages() if SHIPPED.speaks(language)]
NUDGES = sorted(file.name.removesuffix(".txt.j2") for file in (FOLDER / "nudges" / "en").iterdir())


def facts(**changes: Any) -> Facts:
    plain: dict[str, Any] = {
        "company": "Birch & Sons",
        "role": "Data Analyst",
        "stage": Stage.INTERVIEW,
        "contact_name": "Ines Roe",
        "interview_on": date(2026, 5, 12),
        "name": "Sam Rivera",
        "contact_line": "",
    }
    return Facts(**{**plain, **changes})


def letter(**changes: Any) -> Text:
    return SHIPPED.letter(REQUEST, facts(**changes), "en")


def mail_of(recipient: str, text: Text, message_id: str) -> bytes:
    return mime.write(sealing.mail(SAM, text, recipient, message_id))


def read(
    text: Text, recipient: str | None = "ines@birch.example.org", past: Past | None = None, about: Facts | None = None
) -> tuple[Note, ...]:
    """What a careful friend says of an English letter."""
    return proofread.proofread(text, recipient, about or facts(), SAM.email, SHIPPED.careful("en"), past or Past())


def test_after_an_interview_all_four_questions_stand_and_the_day_is_named() -> None:
    text = letter()
    assert text.subject == "Thank you for the Data Analyst interview"
    assert text.text.startswith("Dear Ines Roe,\n\n")
    assert "in the interview on 12 May for the Data Analyst position at Birch & Sons." in text.text
    assert text.text.count("\n- ") == 4
    assert text.text.endswith("\nSam Rivera\n")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("stage", list(Stage))
def test_the_letter_flows_with_any_number_of_questions_and_asks_those_chosen(number: int, stage: Stage) -> None:
    for names in combinations(QUESTIONS, number):
        text = letter(questions=names, stage=stage).text
        asked = [SHIPPED.letter(REQUEST, facts(questions=(name,), stage=stage), "en").text for name in names]
        sentences = [one.partition("one question? ")[2].partition("\n")[0] for one in asked]
        assert all(sentence in text for sentence in sentences)
        assert (text.count("\n- "), "one question?" in text) == ((0, True) if number == 1 else (number, False))
        assert ("either of these" in text) == (number == 2)
        assert ("any of these" in text) == (number > 2)


@pytest.mark.parametrize("stage", [Stage.UNKNOWN, Stage.SCREENING])
def test_without_an_interview_two_questions_stand_and_none_is_claimed(stage: Stage) -> None:
    text = letter(stage=stage)
    assert text.text.count("\n- ") == 2
    assert "interview" not in text.text + text.subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_letter_has_no_seams_whatever_is_missing(language: str, kind: LetterKind) -> None:
    for stage, role, name, day, line, company in product(
        Stage,
        ("Data Analyst", ""),
        ("Ines Roe", "Frau Dr. König", None),
        (date(2026, 5, 1), None),
        ("+1 555 0100", ""),
        ("Birch & Sons", "Acme Co."),
    ):
        about = facts(
            stage=stage, role=role, contact_name=name, interview_on=day, contact_line=line, company=company,
            first_subject="Thank you", asked_on=day,
        )  # fmt: skip
        text = SHIPPED.letter(kind, about, language)
        whole = text.subject + "\n" + text.text
        for seam in ("  ", " .", " ,", "..", ",,", "\n\n\n", "None", "{{", " \n"):
            assert seam not in whole, (seam, whole)
        assert proofread.words_in(text.text) <= 130
        assert (company in whole, text.text.rstrip().endswith(line or "Sam Rivera")) == (True, True)
        assert role in whole or kind is LetterKind.THANK_YOU
        if language == "en":
            assert ("Dear hiring team," in whole) is (name is None)


def test_every_language_ships_whole() -> None:
    assert SHIPPED.languages() == LANGUAGES
    for language in LANGUAGES:
        assert SHIPPED.missing(language) == []


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        ("en", ["Dear Dr. König,", "Dear Mr Roe,", "Dear Ines Roe,", "Dear Dr. van der Berg,", "Dear hiring team,"]),
        ("de", ["Sehr geehrte Frau Dr. König,", "Sehr geehrter Herr Roe,", "Guten Tag Ines Roe,",
                "Guten Tag Dr. van der Berg,", "Guten Tag,"]),
        ("fr", ["Bonjour Madame König,", "Bonjour Monsieur Roe,", "Bonjour Ines Roe,", "Bonjour Dr van der Berg,",
                "Bonjour,"]),
        ("es", ["Estimada Dra. König:", "Estimado Sr. Roe:", "Buenos días, Ines Roe:", "Buenos días:", "Buenos días:"]),
    ],
)  # fmt: skip
def test_the_greeting_keeps_titles_and_particles_and_guesses_no_gender(language: str, greeting: list[str]) -> None:
    names = ["Frau Dr. König", "Mr Roe", "Ines Roe", "Dr. van der Berg", None]
    texts = [SHIPPED.letter(REQUEST, facts(contact_name=name), language).text for name in names]
    assert [text.partition("\n")[0] for text in texts] == greeting


def test_a_letter_after_an_interview_fits_a_terminal() -> None:
    assert len(fold(letter().text).splitlines()) <= 20


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=100))
def test_x1_no_value_of_a_sheet_breaks_a_letter_or_its_headers(company: str, role: str, name: str) -> None:
    text = letter(company=company or "x", role=role, contact_name=name)
    mail = mail_of("ines@birch.example.org", text, "<1@example.org>")
    parsed = message_from_bytes(mail, policy=policy.default)
    assert sorted(parsed.keys()) == sorted(
        ["From", "Subject", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version", "To"]
    )
    assert len(parsed["To"].addresses) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NUDGES)
def test_a_nudge_reads_well_with_any_facts(name: str, language: str) -> None:
    for interviews, open_ones, days, others, flags in product(
        (0, 1, 4), (0, 1, 2, 7), (None, 0, 1, 20), ((), ("Cedar Works",)), product((True, False), repeat=3)
    ):
        interviewed, waiting, has_recipient = flags
        text = SHIPPED.nudge(
            name,
            language,
            {
                "name": "Sam",
                "company": "Birch & Sons",
                "role": "Data Analyst",
                "others": list(others),
                "interviewed": interviewed,
                "interview_on": "12 May" if interviewed else "",
                "interviews": interviews,
                "open_applications": open_ones,
                "days_since_last_application": days,
                "letter_waiting": waiting,
                "has_recipient": has_recipient,
                "review_command": "followup review L3",
                "answered_command": "followup answered A3",
            },
        )
        whole = text.subject + "\n" + text.text
        for seam in (
            "  ",
            " .",
            " ,",
            "\n\n\n",
            "None",
            "!",
            " 1 applications",
            " 1 Bewerbungen",
            " 1 candidatures",
            "%",
        ):
            assert seam not in whole, (seam, whole)
        assert 30 <= len(text.text.split()) <= 120, whole
        assert len(text.subject) <= 70


def test_the_persons_own_template_is_searched_first_and_a_mistake_is_named_by_file_and_line(tmp_path: Path) -> None:
    own = tmp_path / "letters" / "en"
    own.mkdir(parents=True)
    templates = Templates([tmp_path, FOLDER])
    (own / "feedback-request.txt.j2").write_text("Subject: Mine\n\nMine for {{ company }}\n")
    assert templates.letter(REQUEST, facts(stage=Stage.UNKNOWN), "en") == Text(
        subject="Mine", text="Mine for Birch & Sons\n"
    )
    for text, told in (
        ("Subject: x\n\n{{ nobody }}", "feedback-request.txt.j2, line 3: 'nobody' is undefined"),
        ("Subject: x\n\n{{ company.__class__.__mro__ }}", "line 3"),
        ("no header\n\ntext", "a template begins with one line 'Subject: …'"),
    ):
        (own / "feedback-request.txt.j2").write_text(text)
        with pytest.raises(TemplateError) as error:
            Templates([tmp_path, FOLDER]).letter(REQUEST, facts(stage=Stage.UNKNOWN), "en")
        assert told in str(error.value)


def test_x2_braces_in_data_are_shown_and_block_approval() -> None:
    text = letter(company="{{ Name }} Works")
    assert "{{ Name }} Works" in text.text
    notes = read(text)
    assert [note.level for note in notes] == [NoteLevel.ERROR]


@pytest.mark.parametrize(
    ("recipient", "told"),
    [
        (None, "no recipient"),
        ("SAM@example.org", "your own address"),
        ("no-reply@birch.example.org", "Nobody reads"),
        ("do_not_reply@birch.example.org", "Nobody reads"),
        ("jobs.noreply@birch.example.org", "Nobody reads"),
    ],
)
def test_p10_a_letter_never_goes_to_nobody_oneself_or_a_robot(recipient: str | None, told: str) -> None:
    notes = read(letter(), recipient)
    assert [note.level for note in notes] == [NoteLevel.ERROR]
    assert told in notes[0].text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dear Ines Roe,\n\nThank you for the call, null.\n", "value is missing"),
        ("Thank you for the  position.\n", "value is missing"),
        ("Thank you for your time at .\n", "value is missing"),
        ("Thank you for the job () at Birch.\n", "value is missing"),
        ("Dear [Name],\n\nThank you.\n", "placeholder"),
        (" \n", "empty"),
    ],
)
def test_a_gap_a_placeholder_or_nothing_blocks_approval(text: str, told: str) -> None:
    (note,) = read(Text(subject="s", text=text))
    assert (note.level, told in note.text) == (NoteLevel.ERROR, True)


@pytest.mark.parametrize(
    "recipient", ["a@x.example.org, b@x.example.org", "a@x.example.org\nBcc: b@x.example.org", "nobody"]
)
def test_p10_x1_a_recipient_that_is_not_one_plain_address_blocks_approval(recipient: str) -> None:
    (note,) = read(letter(), recipient)
    assert (note.level, "one plain address" in note.text) == (NoteLevel.ERROR, True)


def test_p10_an_address_never_to_be_written_to_blocks_approval() -> None:
    (note,) = read(letter(), past=Past(never=True))
    assert (note.level, "never" in note.text) == (NoteLevel.ERROR, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_shipped_letter_gives_rise_to_a_note(language: str) -> None:
    for kind, stage, number in product(LetterKind, Stage, range(1, 5)):
        about = facts(stage=stage, questions=QUESTIONS[:number], first_subject="Thanks", asked_on=date(2026, 5, 20))
        text = SHIPPED.letter(kind, about, language)
        notes = proofread.proofread(text, "ines@birch.example.org", about, SAM.email, SHIPPED.careful(language), Past())
        assert notes == (), (kind, stage, number, text.text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("word " * 200, "200 words"),
        ("I think this is unfair.", "argues"),
        ("Please reconsider your decision.", "argues"),
        ("I am begging you.", "pleads"),
        ("One more chance is all I ask.", "pleads"),
    ],
)
def test_advice_does_not_block_and_is_given_where_it_helps(text: str, told: str) -> None:
    (note,) = read(Text(subject="s", text=text))
    assert (note.level, told in note.text) == (NoteLevel.ADVICE, True)


def test_advice_knows_what_went_before() -> None:
    claims = Text(subject="s", text="Thank you for the interview.\n")
    (note,) = read(claims, about=facts(stage=Stage.UNKNOWN))
    assert "neither your tracker nor you" in note.text
    assert "12 May" in read(letter(), past=Past(asked_on=date(2026, 5, 12)))[0].text
    assert "same text" in read(letter(), past=Past(same_text=True))[0].text
    assert proofread.timing_notes(date(2026, 5, 1), date(2026, 5, 2))
    assert not proofread.timing_notes(date(2026, 5, 1), date(2026, 5, 9))


def test_the_digest_covers_all_but_the_date_line() -> None:
    mail = mail_of("ines@birch.example.org", letter(), "<1@example.org>")
    dated = mime.dated(mail, mime.date_line(datetime(2026, 11, 23, 9, tzinfo=UTC)))
    assert dated.startswith(b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n")
    assert dated.endswith(mail)
    other = mail_of("roe@birch.example.org", letter(), "<1@example.org>")
    assert mime.digest(mail) != mime.digest(other)


@pytest.mark.parametrize("length", range(60, 90))
def test_a_subject_of_any_length_reads_back_as_it_was(length: int) -> None:
    for letters in ("x", "ü"):
        subject = (letters * 9 + " ") * 20
        text = Text(subject=subject[:length].strip(), text="Hello\n")
        parsed = message_from_bytes(mail_of("a@b.example.org", text, "<1@example.org>"), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        assert parsed["Subject"] == text.subject


def test_s13_dots_long_lines_and_other_alphabets_arrive_as_they_were_written() -> None:
    body = ".dot\n" + "long " * 400 + "\nGrüße, 你好, “quoted” — end\n"
    mail = mail_of("a@b.example.org", Text(subject="s", text=body), "<1@example.org>")
    assert all(len(line) <= 998 for line in mail.split(b"\r\n"))
    mail.decode("ascii")
    parsed = message_from_bytes(mail, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.get_content().replace("\r\n", "\n") == body


def test_a_mail_names_no_tool_and_no_machine() -> None:
    mail = mail_of("a@b.example.org", letter(), mime.new_message_id(SAM)).decode().lower()
    for word in ("followup", "python", "x-mailer", "user-agent", "localhost"):
        assert word not in mail
    assert "@example.org>" in mime.new_message_id(SAM)


def test_a_nudge_mail_says_that_it_was_generated() -> None:
    mail = mime.write(nudge_mail(SAM, Text(subject="s", text="t\n"), "<1@example.org>"))
    assert message_from_bytes(mail)["Auto-Submitted"] == "auto-generated"


@given(st.text())
def test_a_flattened_value_is_one_printable_bounded_line(value: str) -> None:
    flat = flatten(value)
    assert flat.isprintable()
    assert len(flat) <= 200
