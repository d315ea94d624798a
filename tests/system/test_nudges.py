"""Nudges through the real steps: planned, delivered once by mail, put off, snoozed, stopped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from followup.model.nudge import NudgeState
from followup.steps import nudging, review
from followup.steps.remind import remind
from followup.steps.stop import Stop
from followup.steps.tick import tick
from followup.store import letters, nudges
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, rejected
from tests.smtp_server import Server

MONDAY = MONDAY_MORNING


def at(desk: Desk, now: datetime) -> None:
    with desk.parts(now) as parts:
        tick(parts)


def rejected_on_monday(desk: Desk, *rows: object) -> None:
    desk.save(*rows)  # type: ignore[arg-type]
    at(desk, MONDAY - timedelta(minutes=5))
    desk.save(*map(rejected, rows))  # type: ignore[arg-type]
    at(desk, MONDAY)


def told(server: Server) -> list[str]:
    return [str(message_from_bytes(mail.data, policy=policy.default)["Subject"]) for mail in server.mails]


def state_of(desk: Desk, nudge: str) -> str:
    return {one["id"]: str(one["state"]) for one in desk.json("nudges")}[nudge]


def tried(server: Server) -> int:
    return sum(command.startswith("MAIL") for command in server.commands)


def two_days_ago(desk: Desk, server: Server) -> None:
    """The one nudge of a rejection is due for real commands, which log in at this server."""
    desk.one_nudge_at("00:01")
    desk.use_server(server.port)
    desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD="secret")
    past = datetime.now(UTC) - timedelta(days=2)
    desk.save(ACME)
    at(desk, past)
    desk.save(rejected(ACME))
    at(desk, past + timedelta(minutes=1))


def test_p12_each_nudge_of_a_series_comes_once_by_mail_on_its_own_day(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, ACME)
        plans = desk.json("nudges")
        assert [plan["tip"] for plan in plans] == [
            "for-the-best",
            "ask-feedback",
            "keep-moving",
            "practice",
            "no-second-guessing",
        ]
        for hour in range(24 * 14):
            at(desk, MONDAY + timedelta(hours=hour))
            if hour % 24 == 0:
                assert len(server.mails) <= hour / 24 + 1
    assert len(server.mails) == 5
    assert {mail.recipient for mail in server.mails} == {"sam@example.org"}
    assert all(b"Auto-Submitted: auto-generated" in mail.data for mail in server.mails)
    assert sorted(told(server)) == sorted(plan["subject"] for plan in plans)
    moments = [mail.at for mail in server.mails]
    assert moments == sorted(moments)


def test_p12_no_nudge_comes_before_its_time_and_sleep_is_no_burst(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, ACME)
        with desk.parts() as parts:
            first = min(nudge.due_at for nudge in nudges.everything(parts.store))
        at(desk, first - timedelta(minutes=1))
        assert server.mails == []
        at(desk, MONDAY + timedelta(days=20))
        at(desk, MONDAY + timedelta(days=20, minutes=30))
        assert len(server.mails) == 1


def test_a_nudge_about_the_waiting_letter_does_not_come_once_it_was_sent(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, ACME)
        desk.send("feedback-request", MONDAY)
        for day in range(14):
            at(desk, MONDAY + timedelta(days=day, hours=9))
    assert desk.json("nudges")[1]["tip"] == "ask-feedback"
    assert desk.json("nudges")[1]["state"] == "cancelled"
    assert len(server.mails) == 1 + 4


def test_without_an_interview_no_nudge_speaks_of_one(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, CEDAR)
        for day in range(14):
            at(desk, MONDAY + timedelta(days=day, hours=9))
    tips = {one["tip"]: one["state"] for one in desk.json("nudges")}
    assert (tips["practice"], tips["no-second-guessing"]) == ("cancelled", "cancelled")
    assert not any(b"interview" in mail.data for mail in server.mails)


def test_a_second_rejection_joins_the_running_series_by_name(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, ACME)
        desk.save(rejected(ACME), rejected(BIRCH))
        at(desk, MONDAY + timedelta(hours=1))
        assert len(desk.json("nudges")) == 5
        at(desk, MONDAY + timedelta(hours=9))
    assert b"Birch Paper" in server.mails[0].data
    assert "joined the nudges" in desk.ok("log", "birch")


def test_all_nudges_stop_when_an_offer_is_accepted(desk: Desk) -> None:
    rejected_on_monday(desk, ACME, BIRCH)
    desk.save(rejected(ACME), replace(BIRCH, status="Offer accepted"))
    at(desk, MONDAY + timedelta(hours=2))
    assert {one["state"] for one in desk.json("nudges")} == {"cancelled"}


def test_an_interview_in_the_sheet_is_nudged_before_and_after(desk: Desk) -> None:
    wednesday, thursday, friday = (MONDAY.date() + timedelta(days=days) for days in (2, 3, 4))
    with Server() as server:
        desk.use_server(server.port)
        desk.save(CEDAR)
        at(desk, MONDAY)
        desk.save(replace(CEDAR, status="Interview", interview=thursday.isoformat()))
        at(desk, MONDAY + timedelta(hours=1))
        assert [one["due_at"][:10] for one in desk.json("nudges")] == [wednesday.isoformat(), friday.isoformat()]
        for day in range(14):
            at(desk, MONDAY + timedelta(days=day, hours=9))
    assert len(server.mails) == 2
    assert f"{thursday.day} {thursday:%B}".encode() in server.mails[0].data


def test_a_nudge_can_be_snoozed_and_done(desk: Desk) -> None:
    rejected_on_monday(desk, ACME)
    until = MONDAY + timedelta(hours=2)
    with desk.parts() as parts:
        first = nudges.one(parts.store, 1)
        assert first is not None
        nudging.snooze(parts, first, until, MONDAY)
    at(desk, until - timedelta(minutes=1))
    assert {one["id"]: one["state"] for one in desk.json("nudges")}["N1"] == "snoozed"
    at(desk, until)
    assert {one["id"]: one["state"] for one in desk.json("nudges")}["N1"] == "delivered"
    desk.ok("done", "N1")
    assert {one["id"]: one["state"] for one in desk.json("nudges")}["N1"] == "done"
    assert desk.run("snooze", "N1").returncode == 1
    assert "N2 comes again " in desk.ok("snooze", "N2", "1w")


def test_a_nudge_that_cannot_be_mailed_waits_and_is_not_lost(desk: Desk) -> None:
    with Server() as server:
        port = server.port
    desk.use_server(port)
    rejected_on_monday(desk, ACME)
    evening = MONDAY + timedelta(hours=9)
    with desk.parts(evening) as parts:
        report = remind(parts, evening)
    assert report.delivered == ()
    assert report.trouble is not None
    with Server() as server:
        desk.use_server(server.port)
        at(desk, evening + timedelta(minutes=16))
        assert len(server.mails) == 1


def test_without_a_mail_account_nudges_stand_in_the_terminal(desk: Desk) -> None:
    rejected_on_monday(desk, ACME)
    at(desk, MONDAY + timedelta(hours=9))
    said = desk.ok("nudges")
    assert "Acme Tools" in said
    assert "followup done N1" in said


def test_nudges_can_be_switched_off_while_letters_go_on(desk: Desk) -> None:
    desk.write_settings(NUDGES="off")
    rejected_on_monday(desk, ACME)
    assert desk.json("nudges") == []
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_k_a_nudge_on_its_way_at_a_crash_counts_as_delivered(desk: Desk) -> None:
    rejected_on_monday(desk, ACME)
    evening = MONDAY + timedelta(hours=9)
    with desk.parts(evening) as parts:
        first = nudges.everything(parts.store)[0]
        with parts.store.transaction():
            nudges.move(parts.store, first, NudgeState.DELIVERING, evening, text="x", subject="y")
        remind(parts, evening)
        after = nudges.one(parts.store, first.id)
    assert after is not None
    assert after.state is NudgeState.DELIVERED


@pytest.mark.parametrize(
    "script", [{"dot": "554 5.7.1 spam"}, {"rcpt": "550 5.1.1 nobody"}, {"auth": "535 5.7.8 wrong password"}]
)
def test_p12_p25_a_nudge_the_server_refuses_comes_in_the_terminal_and_that_is_told_once(
    desk: Desk, script: dict[str, str]
) -> None:
    (words,) = script.values()
    with Server(script=script, password="secret") as server:
        two_days_ago(desk, server)
        told = desk.run("tick")
        assert "reached you" not in told.stdout
        assert f"N1 could not be mailed to you ({words})" in told.stderr
        assert state_of(desk, "N1") == "delivered"
        assert "followup done N1" in desk.ok("nudges")
        assert words in desk.ok("log", "N1")
        assert desk.ok("tick") == ""
        assert server.connections == 1
    assert server.mails == []


@pytest.mark.slow
@pytest.mark.parametrize("script", [{"data": "drop"}, {"rcpt": "450 4.2.0 later"}])
def test_p12_a_nudge_the_server_puts_off_is_tried_later_each_time_longer_and_comes_once(
    desk: Desk, script: dict[str, str]
) -> None:
    with Server(script=script, password="secret") as server:
        two_days_ago(desk, server)
        told = desk.run("tick")
        assert "reached you" not in told.stdout
        assert "N1 waits: " in told.stderr
        assert state_of(desk, "N1") == "planned"
        now = datetime.now(UTC)
        for minutes in range(0, 12 * 60, 5):
            at(desk, now + timedelta(minutes=minutes))
        assert 5 <= tried(server) <= 8
        server.script = {}
        at(desk, now + timedelta(hours=16))
        assert state_of(desk, "N1") == "delivered"
        at(desk, now + timedelta(hours=17))
    assert len(server.mails) == 1


def test_p4_a_nudge_without_the_servers_last_word_counts_as_come(desk: Desk) -> None:
    with Server(script={"dot": "accept-drop"}, password="secret") as server:
        two_days_ago(desk, server)
        assert "N1 has reached you." in desk.ok("tick")
        server.script = {}
        assert desk.ok("tick") == ""
    assert len(server.mails) == 1
    assert "perhaps" in desk.ok("log", "N1")


def test_p25_a_nudge_that_cannot_be_written_stops_none_of_the_others(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, ACME)
        with desk.parts() as parts:
            first = nudges.one(parts.store, 1)
            assert first is not None
        own = desk.config.parent / "templates" / "nudges" / "en"
        own.mkdir(parents=True)
        (own / f"{first.template}.txt.j2").write_text("Subject: {{ nothing }}\n\nNo.\n")
        friday = MONDAY + timedelta(days=4)
        with desk.parts(friday) as parts:
            report = remind(parts, friday)
    assert (report.delivered, len(server.mails)) == ((2,), 1)
    assert report.trouble is not None
    assert "N1 waits" in report.trouble
    assert state_of(desk, "N1") == "planned"


def test_c9_no_nudge_is_begun_once_the_end_is_wished(desk: Desk) -> None:
    stop = Stop()
    evening = MONDAY + timedelta(hours=9)
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, ACME)
        stop.wish()
        with desk.parts(evening) as parts:
            report = remind(parts, evening, stop=stop)
        assert (report.delivered, report.trouble) == ((), None)
        assert server.connections == 0
        at(desk, evening)
    assert len(server.mails) == 1


def test_a_letter_whose_window_closed_while_a_nudge_took_its_time_waits_for_the_next(desk: Desk) -> None:
    before, after = (
        MONDAY.replace(hour=hour, minute=minute) + timedelta(days=1) for hour, minute in ((16, 59), (17, 1))
    )
    with Server() as server:
        desk.use_server(server.port)
        rejected_on_monday(desk, ACME)
        with desk.parts() as parts:
            (letter,) = letters.everything(parts.store)
            review.approve(parts, letter, letter.digest, MONDAY)
        with desk.parts() as parts:
            tick(replace(parts, clock=lambda: after if server.mails else before))
    assert [mail.recipient for mail in server.mails] == ["sam@example.org"]
    assert desk.letter("Acme Tools")["state"] == "approved"
