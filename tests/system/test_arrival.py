"""What a person sees of a letter is what its employer gets: command line, page, files and links, by real processes."""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest

from followup import assembly
from followup.letters import mime
from followup.letters.compose import facts_of
from followup.model.letter import LetterKind
from followup.model.person import Person
from followup.steps import review, sealing
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.steps.remind import remind
from followup.steps.scan import scan
from followup.store import letters
from followup.tracker import reading
from tests import foreign
from tests.conftest import Need
from tests.desk import ACME, BIRCH, Desk, Row, rejected
from tests.foreign import Perl
from tests.smtp_server import Server

FOOLS = "=?utf-8?q?Engineer=0AReply-To:_eve=40example.com=0A=0AYou_are_all_fools.?="
ROLES = ("„Sales Assistant“ im Außendienst", f"Senior {FOOLS}", "Engineer\u202eX", "Zoë " * 30, "Lead =?")
"""As many as are drafted unasked."""
TRACKERS = sorted(Path(__file__).parents[1].joinpath("trackers").glob("*.csv"))


@pytest.fixture
def perl(need: Need) -> Iterator[Perl]:
    with foreign.perl(need("perl")) as reader:
        yield reader


def shown(desk: Desk, letter: str) -> tuple[dict[str, str], str]:
    """The header and the text as `show` has them, unfolded."""
    head, _, rest = desk.ok("show", letter).partition("\n\n")
    lines = [line.partition(":") for line in head.splitlines()[1:]]
    return {name: value.strip() for name, _, value in lines}, rest


def _drafts(desk: Desk, parts: Parts, rows: Sequence[Row]) -> None:
    """First sight of these rows, then all of them rejected, in this process."""
    desk.save(*rows)
    scan(parts, parts.clock())
    desk.save(*map(rejected, rows))
    scan(parts, parts.clock())


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_p21_the_letter_that_was_approved_is_the_one_that_arrives(desk: Desk, perl: Perl, language: str) -> None:
    desk.write_settings(LANGUAGE=language, NAME="Jörg „Sam“ Rivera", CONTACT_LINE=FOOLS)
    rows = [Row(f"Birke {n} & Söhne", role=role, contact=f"ines@{n}.example.org") for n, role in enumerate(ROLES)]
    with Server() as server:
        desk.use_server(server.port)
        with desk.parts() as parts:
            _drafts(desk, parts, rows)
            drafts = [review.current(parts, one) for one in letters.everything(parts.store)]
            shown = [sealing.shown(parts, one) for one in drafts]
            for one in drafts:
                review.approve(parts, one, one.digest, parts.clock(), at_once=True)
            assert len(dispatch(parts, parts.clock()).attempts) == len(rows)
    for mail in shown:
        (arrived,) = (one for one in map(perl.read, (got.data for got in server.mails)) if one["to"] == mail.recipient)
        assert (arrived["subject"], arrived["text"]) == (mail.subject, mail.text)
        assert (arrived["from"], arrived["sender"]) == (mail.sender_name, mail.sender)
        assert arrived["names"] == [
            "Date", "From", "Subject", "Message-ID", "To", "MIME-Version", "Content-Type",
            "Content-Transfer-Encoding",
        ]  # fmt: skip


def test_p21_encoded_words_that_were_typed_arrive_as_they_were_typed(desk: Desk, perl: Perl) -> None:
    editor = desk.folder / "editor"
    editor.write_text(f"#!/bin/sh\nprintf 'Subject: %s\\n\\n%s\\n' '{FOOLS}' '{FOOLS}' > \"$1\"\n")
    editor.chmod(0o700)
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        result = desk.run("edit", "L1", env={"EDITOR": str(editor), "VISUAL": ""})
        assert f"Subject: {FOOLS}" in result.stdout
        assert desk.approve_now("Acme Tools").returncode == 0
    arrived = perl.read(server.mails[0].data)
    assert (arrived["subject"], arrived["text"]) == (FOOLS, f"{FOOLS}\n")
    assert "Reply-To" not in arrived["names"]


def test_p21_a_company_that_looks_encoded_writes_no_header_into_a_nudge(desk: Desk, perl: Perl) -> None:
    desk.one_nudge_at("08:00")
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(Row(f"Birch {FOOLS}", contact="ines@birch.example.org"))
        with desk.parts() as parts:
            assert remind(parts, parts.clock()).delivered == (1,)
    arrived = perl.read(server.mails[0].data)
    assert "Reply-To" not in arrived["names"]
    assert arrived["subject"] == desk.json("nudges")[0]["subject"]


def test_what_is_shown_of_a_letter_that_was_sent_approved_or_handed_over_is_read_from_its_bytes(desk: Desk) -> None:
    rows = [Row(f"Birch {n}", contact=f"jobs@birch{n}.example.org") for n in range(4)]
    with Server() as server:
        desk.use_server(server.port)
        with desk.parts() as parts:
            now = parts.clock()
            _drafts(desk, parts, rows)
            sent, approved, handed_over, draft = (review.current(parts, one) for one in letters.everything(parts.store))
            review.approve(parts, sent, sent.digest, now, at_once=True)
            dispatch(parts, now)
            review.approve(parts, approved, approved.digest, now)
            review.hand_over(parts, handed_over, now)
    desk.write_settings(NAME="Somebody Else", EMAIL="else@example.org")
    with desk.parts() as parts:
        states = [letter.state for letter in letters.everything(parts.store)]
        assert states == ["sent", "approved", "handed_over", "draft"]
        for letter in letters.everything(parts.store)[:3]:
            mail = sealing.shown(parts, letter)
            assert (mail.sender_name, mail.sender) == ("Sam Rivera", "sam@example.org")
    assert shown(desk, "L1")[0]["From"] == "Sam Rivera <sam@example.org>"
    assert shown(desk, f"L{draft.id}")[0]["From"] == "Somebody Else <else@example.org>"


def test_p21_the_file_and_the_link_of_a_letter_hold_what_is_shown(desk: Desk, perl: Perl) -> None:
    desk.write_settings(NAME="Jörg Rivera", CONTACT_LINE="=?utf-8?q?x?=")
    desk.with_drafts(Row("Bücher & Söhne", role=f"Führung + Leitung {'=?'}", contact="a+b@bücher.example.org"))
    seen, _ = shown(desk, "L1")
    out = desk.ok("export", "L1")
    (file,) = desk.folder.glob("*.eml")
    read = perl.read(file.read_bytes())
    assert read["subject"] == seen["Subject"]
    assert read["names"][:2] == ["X-Unsent", "Date"]
    (line,) = (line for line in out.splitlines() if "mailto:" in line)
    link = urlsplit(line[line.index("mailto:") :])
    fields = parse_qs(link.query)
    assert unquote(link.path) == seen["To"] == "a+b@bücher.example.org"
    assert fields["subject"] == [seen["Subject"]]
    assert fields["body"] == [desk.ok("export", "--text", "L1").replace("\n", "\r\n")]


def test_p1_a_letter_approved_by_an_older_followup_whose_bytes_say_something_else_does_not_go(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        with desk.parts(desk.approve_all()) as parts:
            (message, _) = letters.message(parts.store, 1)
            torn = message.replace(b"Subject: ", b"Subject:  =?utf-8?q?_?=")
            with parts.store.transaction():
                parts.store.connection.execute("UPDATE letter SET message = ?, digest = ?", (torn, mime.digest(torn)))
            assert dispatch(parts, parts.clock()).attempts == ()
        assert "the subject" in desk.ok("show", "L1")
        assert desk.letter("Birch Paper")["state"] == "draft"
    assert server.mails == []


@pytest.mark.parametrize("tracker", TRACKERS, ids=lambda file: file.stem)
def test_no_ordinary_letter_is_refused_for_how_it_would_arrive(tracker: Path) -> None:
    folders = (assembly.shipped_templates(),)
    words, templates = assembly.words(folders), assembly.templates(folders)
    sam = Person(
        name="Jörg Rivera", email="sam@example.org", zone=ZoneInfo("UTC"), country=None, contact_line="+49 30 1234567"
    )
    for application, kind, language in product(
        reading.read(tracker.read_bytes(), words).applications, LetterKind, ("de", "en", "es", "fr")
    ):
        text = templates.letter(kind, facts_of(application, sam), language)
        mail = sealing.mail(sam, text, application.contact_email, mime.new_message_id(sam))
        assert sealing.unlike(mail) == ()


def test_p25_a_letter_that_no_mail_can_carry_is_drafted_and_refused_and_stops_no_other(desk: Desk) -> None:
    desk.use_server(2525)
    desk.with_drafts(Row("Acme Tools", contact="a..b@acme.example.org"), BIRCH)
    letter = desk.letter("Acme Tools")
    assert [note["level"] for note in letter["notes"]] == ["error"]
    assert "It would not arrive as it is shown here: the recipient would differ." in letter["notes"][0]["text"]
    for words in (("approve", "L1", "--digest", letter["digest"]), ("export", "L1")):
        refused = desk.run(*words)
        assert (refused.returncode, "the recipient would differ" in refused.stderr) == (1, True)
    assert desk.letter("Acme Tools")["state"] == "draft"
    desk.ok("approve", "L2", "--digest", desk.letter("Birch Paper")["digest"])


def test_a_nudge_that_no_mail_can_carry_comes_in_the_terminal_and_says_why(desk: Desk) -> None:
    desk.one_nudge_at("08:00")
    desk.write_settings(EMAIL="sam..rivera@example.org")
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        with desk.parts() as parts:
            report = remind(parts, parts.clock())
    assert server.mails == []
    assert "your address" in (report.trouble or "")
    assert desk.json("nudges")[0]["state"] == "delivered"
