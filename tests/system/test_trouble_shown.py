"""Where people look, trouble shows, with the next step; and a yes can be hastened or turned into a hand-over."""

from collections.abc import Callable

import pytest

from tests.desk import ACME, BIRCH, Desk, Row, rejected
from tests.smtp_server import Server
from tests.system.test_advice import account_refused, approved, approved_without_account, server_gone, tracker_gone

SERVERS_WORDS = "553 5.7.1 SMTP;  it's “not” yours; [A1]."


@pytest.mark.parametrize(
    ("state", "shown", "step"),
    [
        (tracker_gone, "applications.csv", ""),
        (server_gone, "no connection", "Is this machine on line"),
        (account_refused, "553 5.7.1 not your address", "followup resume"),
        (approved_without_account, "No mail account is set up", "followup outbox"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_trouble_shows_wherever_a_person_looks_with_what_to_do(
    desk: Desk, state: Callable[[Desk], None], shown: str, step: str
) -> None:
    desk.use_server(9)
    state(desk)
    for words in ((), ("status",), ("outbox",), ("doctor",)):
        told = desk.run(*words).stdout
        assert shown in told, words
        assert step in told, words
        assert told.count(shown) <= 2, "it is told once, and once more as what was tried last"
    assert len(desk.ok().splitlines()) <= 5


def test_a_tracker_that_has_just_gone_is_told_by_whoever_looks_first(desk: Desk) -> None:
    """No look at the tracker has noticed it yet; also with an empty outbox."""
    desk.save(ACME)
    desk.ok("scan")
    desk.tracker.unlink()
    for words in ((), ("status",), ("outbox",)):
        assert f"There is no file {desk.tracker}. Put it back" in desk.ok(*words), words
    assert desk.json("status")["tracker"]["trouble"].startswith("There is no file")


def test_the_outbox_shows_what_waits_for_a_word_and_of_many_the_first(desk: Desk) -> None:
    rows = [
        rejected(Row(f"Employer {letter}", applied=f"2026-10-{day}")) for day, letter in enumerate("ABCDEFGHIJ", 11)
    ]
    desk.save(*rows)
    desk.ok("scan")
    told = desk.ok("outbox")
    assert "followup answer Q1" in told
    assert told.count("Employer") == 8
    assert told.count("followup questions") == 1
    desk.ok("answer", "Q1", "none")
    assert "Employer" not in desk.ok("outbox")


def test_the_words_of_a_server_are_shown_as_they_came(desk: Desk) -> None:
    desk.with_drafts(ACME)
    with Server(script={"rcpt": f"550 5.1.1 {SERVERS_WORDS}"}) as server:
        desk.use_server(server.port)
        said = desk.approve_now(ACME.company)
    words = " ".join(f"550 5.1.1 {SERVERS_WORDS}".split())
    for told in (said.stderr, desk.ok("show", "L1"), desk.ok("log", "L1"), desk.ok("outbox")):
        assert words in told
        assert f"{words}." not in told


def test_the_words_of_a_yes_are_shown_as_they_came(desk: Desk) -> None:
    desk.with_drafts(ACME)
    with Server(script={"dot": "accept-250 2.0.0 Ok: queued as 4Xy7Ab"}) as server:
        desk.use_server(server.port)
        assert "the server said: 250 2.0.0 Ok: queued as 4Xy7Ab.\n" in desk.approve_now(ACME.company).stdout


def test_a_letter_that_has_its_yes_can_be_told_to_go_now(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        approved(desk)
        refused = desk.run("approve", "L1", "--now", "--digest", "0" * 64)
        assert refused.returncode == 1
        assert server.mails == []
        assert "Sent to" in desk.approve_now(ACME.company).stdout
    assert len(server.mails) == 1
    assert "You wanted L1 to go at once." in desk.ok("log", "L1")


def test_an_approved_letter_can_be_sent_by_hand_instead_and_then_never_goes_by_itself(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        approved(desk)
        desk.ok("export", "L1")
        assert desk.letter(ACME.company)["state"] == "handed_over"
        desk.with_drafts(BIRCH)
        desk.approve_now(BIRCH.company)
    assert [mail.recipient for mail in server.mails] == [BIRCH.contact]


def test_a_yes_that_nothing_will_send_says_so_and_what_to_do(desk: Desk) -> None:
    desk.with_drafts(ACME)
    said = desk.ok("approve", "L1", "--digest", desk.letter(ACME.company)["digest"])
    assert "No mail account is set up" in said
    assert "To take it back: followup unapprove L1" in said
