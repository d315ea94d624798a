"""What is shown is what arrives: mails of ours as programs read them that share nothing with followup."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup import assembly
from followup.letters import mime, prose, readback
from followup.letters.compose import Facts, Templates
from followup.model import plain
from followup.model.application import Stage
from followup.model.letter import LetterKind, Text
from followup.model.mail import Mail
from followup.model.person import Person
from followup.steps import sealing
from followup.steps.remind import nudge_mail
from tests import foreign
from tests.conftest import Need
from tests.foreign import Dovecot, Perl

TEMPLATES = Templates([assembly.shipped_templates()])
HEADERS = ["From", "Subject", "Message-ID", "To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
ENCODED = "=?utf-8?q?Engineer=0AReply-To:_eve=40example.com=0A=0AYou_are_all_fools.?="
ODD = st.sampled_from(
    [
        ENCODED, "=?", "?=", "=?utf-8?b?SGk=?=", "=20", "\r\n ", "\r\nBcc: eve@example.com\r\n\r\n", "\n\t", "\r", "\0",
        "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\ufeff", "\u202e", "\u2066", "\u00ad", "\u200d", "\ud800",
        "\udfff", "\ufffe", "  ", " ", "\t", "\u00a0", "\u3000", "„Sales Assistant“", "Rückfrage zur Stelle ", "é" * 40,
        "e\u0301", "👩\u200d💻", "\U0001fae0", "ａ", "你好", "محمد", "\nFrom nobody\n", "\n.\n", "\n..", '"', "\\", "<",
        ">", "@", ",", ";", ":", "x" * 80, "y" * 1200, "Straßenbau ",
    ]
)  # fmt: skip
ANY = st.lists(st.one_of(ODD, st.text(st.characters(), max_size=30)), max_size=8).map("".join)
ATOM = st.builds(
    lambda beginning, size: (beginning * size)[:size], st.text("Ac9!#$%&'*+/=^_`{|}~-", min_size=1), st.integers(9, 440)
)
IDS = st.builds("<{}@{}>".format, ATOM, ATOM)
"""20 to 900 characters long."""


@pytest.fixture(scope="module")
def perl() -> Iterator[Perl]:
    with foreign.perl(Need()("perl")) as reader:
        yield reader


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Dovecot]:
    with foreign.dovecot(Need()("dovecot")) as running:
        yield running


def person(name: str = "Sam Rivera", contact_line: str = "") -> Person:
    """As the settings would have them."""
    shown = plain.one_line(name) or "Sam"
    return Person(
        name=shown,
        email="sam@example.org",
        zone=ZoneInfo("UTC"),
        country=None,
        contact_line=plain.one_line(contact_line),
    )


def letter(text: Text, name: str = "Sam Rivera", answered: str | None = None) -> Mail:
    mail = sealing.mail(person(name), text, "ines@birch.example.org", "<1@example.org>")
    return replace(mail, answered=answered)


def check(mail: Mail, perl: Perl) -> bytes:
    message = mime.write(mail)
    assert all(len(line) <= mime.LONGEST_LINE for line in message.split(b"\r\n"))
    assert b"\n" not in message.replace(b"\r\n", b"")
    message.decode("ascii")
    assert readback.differences(readback.read(message), mail) == ()
    seen = perl.read(message)
    thread = ["In-Reply-To", "References"] if mail.answered else []
    assert seen["names"] == [*HEADERS[:3], *thread, *HEADERS[3:]]
    assert (seen["subject"], seen["from"], seen["sender"]) == (mail.subject, mail.sender_name, mail.sender)
    assert (seen["to"], seen["message_id"]) == (mail.recipient, mail.message_id)
    assert (seen["answered"], seen["references"]) == (mail.answered, mail.answered)
    assert seen["text"] == mail.text
    return message


@given(ANY, ANY, ANY, st.none() | IDS)
def test_p21_any_words_in_any_field_read_back_as_they_are_shown(
    perl: Perl, subject: str, text: str, name: str, answered: str | None
) -> None:
    check(letter(Text(subject=subject, text=text), name, answered), perl)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
@settings(max_examples=40)
@given(ANY, ANY, ANY, ANY, ANY, ANY, st.sampled_from(list(LetterKind)), st.sampled_from(list(Stage)))
def test_p21_a_letter_in_four_languages_reads_back_whatever_the_sheet_and_the_person_say(
    perl: Perl, language: str, company: str, role: str, contact: str, name: str, line: str, first: str,
    kind: LetterKind, stage: Stage,
) -> None:  # fmt: skip
    sam = person(name, line)
    facts = Facts(
        company=company or "x", role=role, stage=stage, contact_name=contact, interview_on=None, name=sam.name,
        contact_line=sam.contact_line, first_subject=first,
    )  # fmt: skip
    check(letter(TEMPLATES.letter(kind, facts, language), name), perl)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
@settings(max_examples=40)
@given(ANY, ANY, ANY, ANY, st.sampled_from(TEMPLATES.nudges("en")))
def test_p21_a_nudge_in_four_languages_reads_back_whatever_the_sheet_says(
    perl: Perl, language: str, company: str, role: str, other: str, name: str, template: str
) -> None:
    sam = person(name)
    words = {
        "name": sam.name.split()[0], "company": prose.company(company), "role": prose.role(role, language),
        "others": [prose.company(other)], "interviewed": True, "interview_on": "", "interviews": 1,
        "open_applications": 2, "days_since_last_application": 3, "letter_waiting": True, "has_recipient": True,
        "review_command": "followup review L3", "answered_command": "followup answered A3",
    }  # fmt: skip
    mail = nudge_mail(sam, TEMPLATES.nudge(template, language, words), "<1@example.org>")
    message = mime.write(mail)
    assert readback.differences(readback.read(message), mail) == ()
    seen = perl.read(message)
    assert seen["names"] == [*HEADERS[:4], "Auto-Submitted", *HEADERS[4:]]
    assert (seen["subject"], seen["from"], seen["text"]) == (mail.subject, mail.sender_name, mail.text)
    assert seen["to"] == seen["sender"] == "sam@example.org"


mails = st.builds(
    lambda subject, text, name, answered: letter(Text(subject=subject, text=text), name, answered),
    ANY, ANY, ANY, st.none() | IDS,
)  # fmt: skip


@settings(max_examples=6)
@given(st.lists(mails, min_size=20, max_size=20))
def test_p21_dovecot_gives_the_envelope_that_was_meant(mailbox: Dovecot, perl: Perl, several: list[Mail]) -> None:
    envelopes = mailbox.envelopes([mime.write(mail) for mail in several])
    assert len(envelopes) == len(several)
    for mail, envelope in zip(several, envelopes, strict=True):
        ((name, _, local, domain),) = envelope[2]
        assert f"{local}@{domain}" == mail.sender
        assert [f"{to[2]}@{to[3]}" for to in envelope[5]] == [mail.recipient]
        assert (envelope[6], envelope[7], envelope[8], envelope[9]) == (None, None, mail.answered, mail.message_id)
        words = f"From: {name} <x>\r\nSubject: {envelope[1] or ''}\r\n\r\n".encode()
        seen = perl.read(words)
        assert (seen["from"], seen["subject"]) == (mail.sender_name, mail.subject)


def test_p21_what_no_header_can_carry_is_missed_by_who_reads_the_mail_back() -> None:
    plain_letter = letter(Text(subject="s", text="t"))
    for unfit in (
        "<1@x>\r\nBcc: eve@example.com",
        "1@example.org",
        "<a b@x>",
        "<=?utf-8?q?x?=@x>",
        f"<{'x' * 990}@x>",
        "",
    ):
        assert sealing.unlike(replace(plain_letter, answered=unfit)) == ("the mail that it follows",)
        if unfit:
            assert sealing.unlike(replace(plain_letter, message_id=unfit)) == ("its Message-ID",)
    for unfit in (
        "a@x.org, b@x.org",
        "a@x.org\r\nBcc: b@x.org",
        "nobody",
        "a..b@x.org",
        "é@x.org",
        "=?utf-8?q?x?=@x.org",
    ):
        assert sealing.unlike(replace(plain_letter, recipient=unfit)) == ("the recipient",)


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (b"Subject: s", b"Subject: =?utf-8?q?s=0A?="),
        (b"Subject: s", b"Subject: s\r\nBcc: eve@example.com"),
        (b"Subject: s", b"Subject: s\nBcc: eve@example.com"),
        (b"Subject: s", b"Subject: s\r\n\r\nYou are all fools."),
        (b"Subject: s", b"Subject: s\r\nSubject: s"),
        (b"To: ines", b"To: eve@example.com, ines"),
        (b"Rivera <", b" Rivera <"),
        (b'"utf-8"', b'"latin-1"'),
        (b"\r\nt\r\n", b"\r\nt=0A\r\n"),
        (b"\r\nt\r\n", b"\r\nt\r\n\r\n"),
    ],
)
def test_p21_a_mail_that_was_written_wrongly_is_not_taken_for_the_one_that_was_meant(
    written: bytes, wrong: bytes
) -> None:
    mail = letter(Text(subject="s", text="t"))
    message = mime.write(mail)
    assert readback.differences(readback.read(message), mail) == ()
    changed = message.replace(written, wrong)
    assert changed != message
    assert readback.differences(readback.read(changed), mail)
