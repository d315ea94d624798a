"""Many letters: several on their way at once, few commits, each exactly once."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier

import pytest

from followup.playbook.timing import Calendar
from followup.steps import review
from followup.steps.dispatch import dispatch
from followup.steps.stop import Stop
from followup.store import letters
from tests.desk import ACME, BIRCH, COMMAND, Desk, Row, wait_until
from tests.smtp_server import Server


def approved(desk: Desk, number: int) -> None:
    """So many letters that go at once."""
    desk.with_drafts(*(Row(f"Firm {one}", contact=f"jobs{one}@example.org") for one in range(number)))
    if number > 5:
        desk.ok("answer", "Q1", "all")
    desk.approve_all_now()


def states(desk: Desk) -> list[str]:
    return [one["state"] for one in desk.json("outbox")]


def test_several_connections_send_several_letters_at_once_and_each_once(desk: Desk) -> None:
    desk.write_settings(CONNECTIONS="4")
    # Each time the server answers only when a letter stands there over every one of the four.
    with Server(script={"rcpt": ["cut"] * 12}, cut=Barrier(4).wait) as server:
        desk.use_server(server.port)
        approved(desk, 12)
        desk.ok("tick")
        assert sorted(mail.recipient for mail in server.mails) == sorted(f"jobs{one}@example.org" for one in range(12))
        assert states(desk) == ["sent"] * 12


def test_a_server_that_takes_one_connection_only_gets_every_letter_over_it(desk: Desk) -> None:
    desk.write_settings(CONNECTIONS="3")
    with Server(at_once=1, delay_after_dot=0.1) as server:
        desk.use_server(server.port)
        approved(desk, 4)
        desk.ok("tick")
        assert len(server.mails) == 4
        assert states(desk) == ["sent"] * 4


def test_p25_one_connection_that_breaks_leaves_the_letters_to_the_others(desk: Desk) -> None:
    desk.write_settings(CONNECTIONS="3")
    with Server(script={"rcpt jobs2@example.org": "drop"}) as server:
        desk.use_server(server.port)
        approved(desk, 6)
        desk.ok("tick")
        assert {mail.recipient for mail in server.mails} == {f"jobs{one}@example.org" for one in (0, 1, 3, 4, 5)}
        assert sorted(states(desk)) == ["approved", *["sent"] * 5]


def test_p3_a_cut_that_comes_while_the_intent_is_committed_leaves_no_letter_in_sending(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        stop, now = Stop(), datetime.now(UTC)
        with desk.parts(now) as parts:
            review.approve(parts, review.get(parts, 1), review.get(parts, 1).digest, now, at_once=True)

            def calendar() -> Calendar:
                if any(command.startswith("RCPT") for command in server.commands):
                    stop.now()
                return parts.calendar()

            report = dispatch(replace(parts, calendar=calendar), now, stop=stop)
            letter = review.get(parts, 1)
    assert (letter.state, letter.attempts, server.mails) == ("approved", 1, [])
    assert [attempt.words for attempt in report.attempts] == ["interrupted before the server answered"]


@pytest.mark.parametrize("answer", ["550 5.1.1 nobody", "450 4.2.0 later"])
def test_p3_what_the_server_says_of_an_address_that_was_corrected_meanwhile_is_not_said_of_the_new_one(
    desk: Desk, answer: str
) -> None:
    with Server(script={"mail": ["cut"], "rcpt": [answer]}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)

        def corrected() -> None:
            desk.ok("edit", "L1", "--to", "new@acme.example.org")
            desk.ok("approve", "L1", "--digest", desk.letter("Acme Tools")["digest"])

        server.cut = corrected
        now = datetime.now(UTC)
        with desk.parts(now) as parts:
            review.approve(parts, review.get(parts, 1), review.get(parts, 1).digest, now, at_once=True)
            dispatch(parts, now)
            letter = review.get(parts, 1)
    assert (letter.state, letter.to, letter.attempts) == ("approved", "new@acme.example.org", 0)
    assert server.mails == []


def test_p25_a_letter_called_off_over_a_connection_that_breaks_stops_none_of_the_others(desk: Desk) -> None:
    with Server(script={"rcpt": ["cut"], "rset": "drop"}) as server:
        desk.use_server(server.port)
        approved(desk, 2)
        server.cut = lambda: desk.ok("unapprove", "L1")
        desk.ok("tick")
        assert states(desk) == ["draft", "sent"]
    assert len(server.mails) == 1


def test_p25_a_server_that_greets_and_hangs_up_is_asked_once(desk: Desk) -> None:
    with Server(script={"greeting": b"220 welcome\r\n"}) as server:
        desk.use_server(server.port)
        approved(desk, 2)
        desk.run("tick")
        assert states(desk) == ["approved", "approved"]
        assert server.connections <= 2
        desk.run("tick")
        assert server.connections <= 2, "both wait"
    assert server.mails == []


def test_p3_an_outcome_is_kept_soon_though_the_next_letter_hangs(desk: Desk) -> None:
    with Server(script={"rcpt jobs1@example.org": "hang"}) as server:
        desk.use_server(server.port)
        approved(desk, 2)
        with subprocess.Popen([*COMMAND, "tick"], env=desk.environment()) as tick:
            wait_until(lambda: "RCPT TO:<jobs1@example.org>" in server.commands)
            wait_until(lambda: states(desk) == ["sent", "approved"])
            tick.kill()
        desk.ok("scan")
        assert states(desk) == ["sent", "approved"]


@pytest.mark.parametrize("changed", [True, False], ids=["other-words", "the-same-words"])
def test_p1_a_yes_given_anew_while_letters_go_is_the_one_that_counts(desk: Desk, changed: bool) -> None:
    """Taken back and approved for tomorrow while the letter before it is sent: today's run leaves it alone."""
    with Server(script={"rcpt": ["cut"]}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        second = desk.letter("Birch Paper")["id"]

        def think_again() -> None:
            desk.ok("unapprove", second)
            if changed:
                desk.ok("edit", second, "--name", "Ines Odell")
            desk.ok("approve", second, "--digest", desk.letter("Birch Paper")["digest"])

        server.cut = think_again
        now = datetime.now(UTC)
        with desk.parts(now) as parts:
            for letter in letters.everything(parts.store):
                review.approve(parts, letter, letter.digest, now, at_once=True)
            report = dispatch(parts, now)
        assert report.trouble is None
        assert [mail.recipient for mail in server.mails] == ["ines.roe@acme.example.org"]
        with desk.parts(now) as parts:
            waiting = review.get(parts, 2)
            assert waiting.state == "approved"
            assert waiting.not_before > now
        with desk.parts(waiting.not_before) as parts:
            dispatch(parts, waiting.not_before)
        assert [mail.recipient for mail in server.mails][1:] == ["jobs@birch.example.org"]
        assert (b"Odell" in server.mails[1].data) is changed
