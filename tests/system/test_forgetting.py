"""Forgetting an employer: nothing of them stays, what holds for good still holds, and nobody else is touched."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from followup.errors import Refused
from followup.steps import keeping, review
from followup.steps.dispatch import dispatch
from followup.steps.remind import remind
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, Row, rejected
from tests.smtp_server import Server


def nowhere(desk: Desk, *words: str) -> None:
    """These stand in no file of the store."""
    for file in desk.config.parent.glob("followup.db*"):
        for word in words:
            assert word.encode() not in file.read_bytes(), (file, word)


def test_what_is_forgotten_stands_in_no_file_and_still_counts(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH, ACME)
        assert desk.approve_now("Birch Paper").returncode == 0
        desk.ok("answered", "birch", "--text", "a canary 27182 of an answer")
        desk.ok("never", "hr@birch.example.org")
        said = desk.ok("forget", "Birch Paper", "--yes")
        assert "keyed" in said
        nowhere(desk, "Birch", "jobs@birch", "27182")
        assert desk.json("feedback")["answers"] == []
        assert "Acme Tools" in desk.ok("outbox")
        desk.ok("scan")
        assert len(desk.json("outbox")) == 3
        again = replace(BIRCH, company="Other Boards")
        desk.save(rejected(BIRCH), rejected(ACME), again)
        desk.ok("scan")
        desk.save(rejected(BIRCH), rejected(ACME), rejected(again))
        desk.ok("scan")
        refused = desk.approve_now("Other Boards")
        assert (refused.returncode, "--again" in refused.stderr) == (1, True)


@pytest.mark.parametrize("phase", ["rcpt", "dot"])
@pytest.mark.parametrize("no", ["450 4.2.0", "550 5.1.1"])
def test_p24_what_a_server_says_of_an_address_does_not_outlast_its_being_forgotten(
    desk: Desk, phase: str, no: str
) -> None:
    with Server(script={phase: f"{no} <{BIRCH.contact}>: mailbox of {BIRCH.contact} is full"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        assert f"{no} " in desk.approve_now("Birch Paper").stderr
    if no.startswith("4"):
        desk.ok("unapprove", "L1")
    desk.ok("forget", "Birch Paper", "--yes")
    nowhere(desk, "Birch", "birch.example.org")


def test_what_could_not_be_written_to_somebody_does_not_outlast_their_being_forgotten(desk: Desk) -> None:
    folder = desk.config.parent / "templates" / "letters" / "en"
    folder.mkdir(parents=True)
    (folder / "feedback-request.txt.j2").write_text("Subject: {{ nobody }}\n\nHello\n")
    desk.with_drafts(BIRCH)
    assert "Birch Paper: no letter could be written" in str(desk.json("status"))
    desk.ok("forget", "Birch Paper", "--yes")
    nowhere(desk, "Birch")


def closed(desk: Desk) -> None:
    """Two rows end in a word that does not say who ended it; the person said what it means, and chose both."""
    desk.save(ACME, BIRCH)
    desk.ok("scan")
    desk.save(replace(ACME, status="Closed"), replace(BIRCH, status="Closed"))
    desk.ok("scan")
    (question,) = (one for one in desk.json("questions") if one["kind"] == "outcome")
    desk.ok("answer", question["id"], "yes")
    (offered,) = (one for one in desk.json("questions") if one["kind"] == "first_sight")
    desk.ok("answer", offered["id"], "all")


def test_what_was_answered_for_others_too_still_holds_for_them(desk: Desk) -> None:
    desk.use_server(2525)
    closed(desk)
    desk.ok("approve", "birch", "--digest", desk.letter("Birch Paper")["digest"])
    desk.ok("forget", "acme tools", "--yes")
    desk.save(replace(ACME, status="Closed"), replace(BIRCH, status="Closed"), CEDAR)
    desk.ok("scan")
    assert desk.letter("Birch Paper")["state"] == "approved"
    assert "Acme" not in str(desk.json("questions"))
    assert "Acme Tools" not in desk.ok("outbox"), "its row, which nobody edited, is no new one"


def test_the_rejections_that_stood_there_at_first_are_still_offered_but_for_the_forgotten_one(desk: Desk) -> None:
    desk.save(rejected(ACME), rejected(BIRCH), rejected(CEDAR))
    desk.ok("scan")
    desk.ok("forget", "acme tools", "--yes")
    (question,) = desk.json("questions")
    assert (question["kind"], len(question["about"]), question["answer"]) == ("first_sight", 2, None)
    desk.ok("answer", question["id"], "all")
    assert sorted(one["company"] for one in desk.json("outbox")) == ["Birch Paper", "Cedar Works"]


def test_an_address_chosen_among_several_is_forgotten_too(desk: Desk) -> None:
    two = replace(ACME, contact="ines.roe@acme.example.org, hr@acme.example.org")
    desk.save(two)
    desk.ok("scan")
    desk.save(rejected(two))
    desk.ok("scan")
    (question,) = (one for one in desk.json("questions") if one["kind"] == "contact")
    desk.ok("answer", question["id"], "hr@acme.example.org")
    desk.ok("forget", "acme tools", "--yes")
    nowhere(desk, "Acme", "hr@acme", "ines.roe")


@pytest.mark.parametrize("gone", [ACME, BIRCH])
def test_nudges_of_a_series_that_named_it_go_on_without_it(desk: Desk, gone: Row) -> None:
    desk.write_settings(NUDGES="terminal")
    desk.with_drafts(ACME, BIRCH)
    for day in range(3):
        moment = MONDAY_MORNING + timedelta(days=day, hours=9)
        with desk.parts(moment) as parts:
            remind(parts, moment)
    before = desk.json("nudges")
    assert any(gone.company.split()[0] in one["subject"] for one in before) or gone is BIRCH
    desk.ok("forget", gone.company, "--yes")
    nowhere(desk, gone.company.split()[0])
    waiting = [one for one in desk.json("nudges") if one["state"] == "planned"]
    assert len(waiting) == len([one for one in before if one["state"] == "planned"])
    other = BIRCH if gone is ACME else ACME
    assert {one["company"] for one in waiting} == {other.company}


def test_a_letter_handed_over_counts_as_an_ask_after_it_is_forgotten(desk: Desk) -> None:
    desk.use_server(2525)
    desk.with_drafts(BIRCH)
    desk.ok("export", "L1", "--text")
    desk.ok("forget", "Birch Paper", "--yes")
    assert desk.run("export", "L1").returncode == 0
    desk.save(rejected(BIRCH), replace(CEDAR, contact=BIRCH.contact))
    desk.ok("scan")
    desk.save(rejected(BIRCH), rejected(replace(CEDAR, contact=BIRCH.contact)))
    desk.ok("scan")
    assert "--again" in desk.approve_now("Cedar Works").stderr


def test_p25_a_yes_given_while_its_employer_is_forgotten_stops_nothing_else(desk: Desk) -> None:
    """The one that comes second finds what the first has done."""
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        with desk.parts() as parts, desk.parts() as others:
            shown = [review.get(others, number) for number in (1, 2)]
            keeping.forget(parts, 1, MONDAY_MORNING)
            with pytest.raises(Refused):
                review.approve(others, shown[0], shown[0].digest, MONDAY_MORNING, at_once=True)
            review.approve(others, shown[1], shown[1].digest, MONDAY_MORNING, at_once=True)
            with pytest.raises(Refused):
                keeping.forget(parts, 2, MONDAY_MORNING)
            dispatch(parts, MONDAY_MORNING)
    assert [mail.recipient for mail in server.mails] == [BIRCH.contact]


@pytest.mark.slow
def test_while_another_program_reads_the_store_it_says_when_the_file_forgets(desk: Desk) -> None:
    desk.with_drafts(BIRCH)
    with closing(sqlite3.connect(desk.config.parent / "followup.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM letter").fetchall()
        assert "its file forgets when that has ended" in desk.ok("forget", "Birch Paper", "--yes")
    desk.ok("status")
    nowhere(desk, "Birch")
