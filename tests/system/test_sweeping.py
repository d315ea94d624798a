"""A letter in `sending` with nobody sending is a doubt to whoever looks. Nudges: one a day, none unanswered."""

from datetime import timedelta

import pytest

from followup.letters import mime
from followup.model.nudge import NudgeState
from followup.steps import review, sweeping
from followup.steps.remind import remind, show
from followup.store import letters, nudges
from tests.desk import ACME, BIRCH, MONDAY_MORNING, Desk
from tests.smtp_server import Server

EVENING = MONDAY_MORNING + timedelta(hours=9)


def left_in_sending(desk: Desk) -> None:
    desk.with_drafts(ACME)
    with desk.parts() as parts:
        (letter,) = letters.everything(parts.store)
        approved = review.approve(parts, letter, letter.digest, MONDAY_MORNING, at_once=True)
        with parts.store.transaction():
            assert letters.begin(parts.store, approved, mime.date_line(MONDAY_MORNING), MONDAY_MORNING)


@pytest.mark.parametrize("look", [["outbox"], ["status"], ["show", "L1"], ["forget", "L1", "--yes"], ["log", "acme"]])
def test_p4_whoever_looks_finds_a_letter_that_nobody_sends_in_doubt(desk: Desk, look: list[str]) -> None:
    left_in_sending(desk)
    said = desk.run(*look)
    assert "in doubt" in said.stdout + said.stderr
    assert desk.letter("Acme Tools")["state"] == "in_doubt"
    assert "L1 is sent" in desk.ok("settle", "L1", "--went")
    desk.ok("forget", "L1", "--yes")


def test_p4_a_letter_that_is_being_sent_is_left_alone(desk: Desk) -> None:
    left_in_sending(desk)
    with desk.parts() as sender, sender.store.lock("dispatch"), desk.parts() as parts:
        sweeping.look(parts, EVENING)
        assert [one.state for one in letters.everything(parts.store)] == ["sending"]


def test_p12_nudges_of_a_restored_store_wait_for_the_answer(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.one_nudge_at("18:00")
        desk.with_drafts(ACME)
        desk.ok("backup", "before.db")
        desk.ok("restore", "before.db")
        with desk.parts(EVENING) as parts:
            held = remind(parts, EVENING)
            assert (held.delivered, "Shall letters go from here?" in (held.trouble or "")) == ((), True)
            assert "Nudges wait" in (remind(parts, EVENING).trouble or "")
        (question,) = (one for one in desk.json("questions") if one["kind"] == "copied")
        desk.ok("answer", question["id"], "yes")
        with desk.parts(EVENING) as parts:
            assert remind(parts, EVENING).delivered == (1,)
    assert len(server.mails) == 1


def test_p12_one_nudge_a_day_whatever_brings_them(desk: Desk) -> None:
    desk.with_drafts(ACME, BIRCH)
    with desk.parts(EVENING) as parts:
        first, second, *_ = (one for one in nudges.everything(parts.store) if one.state is NudgeState.PLANNED)
        assert show(parts, first, EVENING) is not None
        assert show(parts, second, EVENING + timedelta(minutes=1)) is None
        assert show(parts, second, EVENING + timedelta(days=1)) is not None


def test_p12_a_nudge_that_a_server_had_whole_before_it_said_later_is_not_mailed_again(desk: Desk) -> None:
    with Server(script={"dot": "451 4.3.0 later"}) as server:
        desk.use_server(server.port)
        desk.one_nudge_at("18:00")
        desk.with_drafts(ACME)
        for hours in range(40):
            with desk.parts(EVENING + timedelta(hours=hours)) as parts:
                remind(parts, EVENING + timedelta(hours=hours))
        assert sum(command.startswith("MAIL") for command in server.commands) == 1
    assert "perhaps: 451 4.3.0 later" in desk.ok("log", "N1")


def test_without_a_mail_account_nothing_is_said_to_have_reached_the_person(desk: Desk) -> None:
    desk.one_nudge_at("18:00")
    desk.with_drafts(ACME)
    with desk.parts(EVENING) as parts:
        assert remind(parts, EVENING).shown == (1,)
    assert "The nudge N1 came in followup nudges." in desk.ok("log", "N1")
