"""What happens while a letter is on its way, or while the tracker is being read (P1, P10, P11)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from followup.playbook.rules import Playbook
from followup.steps import review
from followup.steps.dispatch import dispatch
from followup.steps.scan import scan
from followup.store import letters
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


@pytest.mark.parametrize("act", ACTS)
def test_p10_p11_what_is_said_while_a_letter_is_on_its_way_holds_it_once_the_server_refuses_it(
    desk: Desk, act: str
) -> None:
    with Server(script={"dot": ["451 4.3.0 not just now"]}, delay_after_dot=2) as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH, CEDAR)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(desk.approve_now, "Birch Paper")
            wait_until(lambda: desk.letter("Birch Paper")["state"] == "sending")
            ACTS[act](desk)
            desk.ok("scan")
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
