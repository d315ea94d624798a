"""What happens while a letter is on its way, waits, or while the tracker is being read (P1, P3, P10, P11, P25)."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from followup import assembly
from followup.playbook.rules import Playbook
from followup.steps import review
from followup.steps.dispatch import dispatch
from followup.steps.scan import scan
from followup.store import letters
from followup.store.database import BUSY_SECONDS
from tests.desk import BIRCH, CEDAR, MONDAY_MORNING, Desk, Row, rejected, wait_until
from tests.smtp_server import Server

NEW_CONTACT = replace(rejected(BIRCH), contact="people@birch.example.org")
OFFER = replace(BIRCH, status="Offer")
LATER_REASON = {
    "never": "You said never to write there",
    "offer": "no longer says rejected",
    "gone": "Its row is gone",
    "contact": "Changed in your tracker: contact",
}
ACTS: dict[str, Callable[[Desk], object]] = {
    "never": lambda desk: desk.ok("never", BIRCH.contact.upper()),
    "offer": lambda desk: desk.save(OFFER, CEDAR),
    "gone": lambda desk: desk.save(CEDAR),
    "contact": lambda desk: desk.save(NEW_CONTACT, CEDAR),
}


@contextmanager
def under_way(server: Server) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Set by the server when a mail has come to the `cut` of its script, and by the test to let it go on."""
    arrived, go_on = threading.Event(), threading.Event()

    def cut() -> None:
        arrived.set()
        go_on.wait(40)

    server.cut = cut
    try:
        yield arrived, go_on
    finally:
        go_on.set()


@pytest.mark.parametrize("act", ACTS)
def test_p10_p11_what_is_said_while_a_letter_is_on_its_way_holds_it_once_the_server_refuses_it(
    desk: Desk, act: str
) -> None:
    with Server(script={"dot": ["cut-451 4.3.0 not just now"]}) as server, under_way(server) as (arrived, go_on):
        desk.use_server(server.port)
        desk.with_drafts(BIRCH, CEDAR)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(desk.approve_now, "Birch Paper")
            assert arrived.wait(20)
            ACTS[act](desk)
            desk.ok("scan")
            go_on.set()
            sending.result()
        letter = desk.letter("Birch Paper")
        assert letter["state"] == "draft"
        assert LATER_REASON[act] in str(letter["notes"])
        with desk.parts() as parts:
            dispatch(parts, MONDAY_MORNING)
    assert server.mails == []


@pytest.mark.parametrize(("row", "state"), [(OFFER, "withdrawn"), (NEW_CONTACT, "draft")], ids=["offer", "contact"])
def test_p11_a_yes_given_while_the_tracker_is_read_is_taken_back_by_what_stands_there(
    desk: Desk, row: Row, state: str
) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        desk.save(row)
        with desk.parts() as parts, desk.parts() as others:
            asked: list[bool] = []

            def playbook() -> Playbook:
                """Asked for between the look at the letters and the writing; the first time, another says yes."""
                if not asked:
                    asked.append(True)
                    one = review.get(others, 1)
                    review.approve(others, one, one.digest, MONDAY_MORNING, at_once=True)
                return parts.playbook()

            scan(replace(parts, playbook=playbook), MONDAY_MORNING, whole=True)
            found = letters.one(parts.store, 1)
            dispatch(parts, MONDAY_MORNING)
    assert asked
    assert found is not None
    assert found.state == state
    assert server.mails == []


@pytest.mark.parametrize("broken", ["nudge", "playbook"])
def test_p25_p3_a_broken_template_or_playbook_of_ones_own_leaves_no_approved_letter_stuck(
    desk: Desk, broken: str
) -> None:
    own = desk.config.parent / "templates"
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        with desk.parts() as parts:
            one = review.get(parts, 1)
            due = review.approve(parts, one, one.digest, MONDAY_MORNING).not_before
        desk.save(rejected(BIRCH), CEDAR)
        desk.ok("scan")
        for one in desk.json("nudges"):
            desk.ok("done", one["id"])
        if broken == "nudge":
            (own / "nudges" / "en").mkdir(parents=True)
            for file in (assembly.shipped_templates() / "nudges" / "en").glob("*.j2"):
                (own / "nudges" / "en" / file.name).write_text("Subject: {{ nobody }}\n\nHello\n")
        else:
            own.mkdir()
            (own / "playbook.toml").write_text("[[rule]]\non = 'nothing'\n")
        desk.save(rejected(BIRCH), rejected(CEDAR))
        with desk.parts(due) as parts:
            trouble = dispatch(parts, due).trouble
        state = desk.letter("Birch Paper")["state"]
        if broken == "nudge":
            assert (state, trouble) == ("sent", None)
            assert desk.letter("Cedar Works")["state"] == "draft"
        else:
            assert state == "approved"
            assert "playbook.toml" in str(trouble)
            assert "playbook.toml" in desk.ok("status")
            with desk.parts(due + timedelta(days=6)) as parts:
                dispatch(parts, parts.clock())
            assert desk.letter("Birch Paper")["state"] == "draft"
    assert len(server.mails) == (broken == "nudge")


def test_p11_d11_while_the_tracker_cannot_be_read_letters_wait_and_go_once_it_can(desk: Desk) -> None:
    """What it says by now is not known: a row may have been set back before it went away."""
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        with desk.parts(datetime.now(UTC)) as parts:
            one = review.get(parts, 1)
            review.approve(parts, one, one.digest, parts.clock(), at_once=True)
        desk.tracker.unlink()
        desk.tracker.symlink_to(desk.tracker)
        log = desk.folder / "daemon.log"
        with desk.daemon():
            wait_until(lambda: log.read_text().count(str(desk.tracker)) > 1)
            assert str(desk.tracker) in desk.ok("outbox")
            assert (desk.letter("Birch Paper")["state"], server.mails) == ("approved", [])
            desk.save(rejected(BIRCH))
            wait_until(lambda: server.mails)
            wait_until(lambda: desk.letter("Birch Paper")["state"] == "sent")
        assert "unexpected" not in log.read_text()


def test_p1_a_letter_from_an_address_that_is_no_longer_the_persons_asks_again(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        due = desk.approve_all()
        desk.write_settings(EMAIL="sam.rivera@example.org")
        with desk.parts(due) as parts:
            dispatch(parts, due)
        held = desk.letter("Birch Paper")
        assert held["state"] == "draft"
        assert "Your address has changed in your settings" in str(held["notes"])
    assert server.mails == []


@pytest.mark.slow
def test_p17_p3_an_outcome_that_cannot_be_kept_for_a_moment_cuts_no_other_letter_short(desk: Desk) -> None:
    both, locked, go_on = threading.Barrier(2), threading.Event(), threading.Event()

    def cut() -> None:
        """The first mail's answer comes last; the other's comes once the store is locked."""
        (locked if both.wait(20) else go_on).wait(40)

    with Server(script={"dot": ["cut", "cut"]}, cut=cut) as server:
        desk.use_server(server.port)
        desk.write_settings(CONNECTIONS="2")
        desk.with_drafts(BIRCH, replace(CEDAR, contact="jobs@cedar.example.org"))
        with desk.parts(datetime.now(UTC)) as parts:
            for number in (1, 2):
                one = review.get(parts, number)
                review.approve(parts, one, one.digest, parts.clock(), at_once=True)
        with ThreadPoolExecutor(1) as pool, closing(sqlite3.connect(desk.config.parent / "followup.db")) as other:
            sending = pool.submit(desk.run, "tick")
            wait_until(lambda: [one["state"] for one in desk.json("outbox")] == ["sending", "sending"])
            other.execute("BEGIN IMMEDIATE")
            locked.set()
            go_on.wait(2 * BUSY_SECONDS + 2)
            other.rollback()
            go_on.set()
            sending.result()
        states = [one["state"] for one in desk.json("outbox")]
    assert (states, len(server.mails)) == (["sent", "sent"], 2)


def test_p11_an_address_that_cannot_be_written_into_its_letter_is_not_kept_either(desk: Desk) -> None:
    desk.use_server(2525)
    desk.with_drafts(BIRCH)
    desk.ok("approve", "L1", "--digest", desk.letter("Birch Paper")["digest"])
    folder = desk.config.parent / "templates" / "letters" / "en"
    folder.mkdir(parents=True)
    (folder / "feedback-request.txt.j2").write_text("Subject: {{ nobody }}\n\nHello\n")
    refused = desk.run("edit", "birch", "--to", "people@birch.example.org")
    assert (refused.returncode, "feedback-request" in refused.stderr) == (1, True)
    letter = desk.letter("Birch Paper")
    assert (letter["state"], letter["to"]) == ("approved", BIRCH.contact)
    (folder / "feedback-request.txt.j2").unlink()
    desk.save(replace(rejected(BIRCH), role="Clerk"))
    desk.ok("scan")
    assert desk.letter("Birch Paper")["to"] == BIRCH.contact, "nothing half said comes up later"


def test_p3_a_letter_on_its_way_cannot_be_said_to_be_sent(desk: Desk) -> None:
    with Server(script={"dot": "cut-550 no"}) as server, under_way(server) as (arrived, go_on):
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(desk.approve_now, "Birch Paper")
            assert arrived.wait(20)
            assert desk.run("sent", "L1").returncode == 1
            go_on.set()
            sending.result()
    assert desk.letter("Birch Paper")["state"] == "failed"


def test_p11_a_letter_settled_as_not_gone_is_withdrawn_where_its_row_no_longer_says_rejected(desk: Desk) -> None:
    with Server(script={"dot": "drop"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH, CEDAR)
        desk.approve_now("Birch Paper")
        desk.save(OFFER, CEDAR)
        desk.ok("scan")
        desk.ok("settle", "L1", "--did-not-go")
        assert desk.letter("Birch Paper")["state"] == "withdrawn"
