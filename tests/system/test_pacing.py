"""Not too many letters, not too close together, and patience with a server that asks for it."""

import base64
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from followup.mail.result import Ending
from followup.playbook.timing import in_window
from followup.steps import holding, review
from followup.steps.dispatch import DispatchReport, dispatch
from followup.steps.overview import when
from followup.steps.parts import Parts
from followup.steps.tick import tick
from followup.store import letters, pause
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, rejected
from tests.smtp_server import Server

DOVE = replace(BIRCH, company="Dove Works", contact="jobs@dove.example.org")
ELM = replace(BIRCH, company="Elm Works", contact="jobs@elm.example.org")


def at(desk: Desk, moment: datetime) -> DispatchReport:
    with desk.parts(moment) as parts:
        return dispatch(parts, moment)


def test_letters_keep_a_gap_apart(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(GAP="600")
        desk.with_drafts(ACME, BIRCH, DOVE)
        due = desk.approve_all()
        for minute, number in ((0, 1), (5, 1), (10, 2), (11, 2), (20, 3)):
            at(desk, due + timedelta(minutes=minute))
            assert len(server.mails) == number, minute


def test_no_more_than_so_many_letters_go_in_a_day_and_the_rest_goes_on_the_next(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(LETTERS_A_DAY="2")
        desk.with_drafts(ACME, BIRCH, DOVE)
        due = desk.approve_all()
        at(desk, due)
        at(desk, due + timedelta(hours=3))
        assert len(server.mails) == 2
        at(desk, due + timedelta(days=1 if due.weekday() < 4 else 3, hours=2))
        assert len(server.mails) == 3


def _paused(parts: Parts, now: datetime) -> None:
    holding.hold_mail(parts, now)
    dispatch(parts, now)


def _put_off(parts: Parts, now: datetime) -> None:
    assert dispatch(parts, now).attempts[0].ending is Ending.PUT_OFF


def _too_close(parts: Parts, now: datetime) -> None:
    assert len(dispatch(parts, now).attempts) == 1


def _asked_for_patience(parts: Parts, now: datetime) -> None:
    assert dispatch(parts, now).attempts


@pytest.mark.parametrize(
    ("hold", "script"),
    [
        (_paused, {}),
        (_put_off, {"rcpt": "451 4.7.1 greylisted"}),
        (_put_off, {"dot": "451 4.3.0 not now"}),
        (_too_close, {}),
        (_asked_for_patience, {"rcpt": "450 4.7.0 too many messages, slow down"}),
    ],
)
def test_p12_a_yes_to_send_now_that_could_not_be_followed_goes_back_to_the_window(
    desk: Desk, hold: Callable[[Parts, datetime], None], script: dict[str, str | bytes | list[str]]
) -> None:
    said_now = MONDAY_MORNING + timedelta(days=4, hours=13)
    with Server(script=script) as server:
        desk.use_server(server.port)
        desk.write_settings(GAP="7200")
        desk.with_drafts(ACME, BIRCH)
        with desk.parts(said_now) as parts:
            for one in letters.everything(parts.store):
                review.approve(parts, one, one.digest, said_now, at_once=True)
            hold(parts, said_now)
            going = [when(parts, one, said_now + timedelta(hours=1)) for one in letters.everything(parts.store)]
            assert all(in_window(moment, parts.calendar()) for moment in going)
            if hold is _paused:
                holding.resume_mail(parts, said_now)
        gone = len(server.mails)
        server.script = {}
        for hours in (1, 28, 57):
            at(desk, said_now + timedelta(hours=hours))
        assert len(server.mails) == gone
        for hours in (60, 63):
            at(desk, said_now + timedelta(hours=hours))
        assert len(server.mails) == 2


def test_p12_a_letter_that_a_slow_server_keeps_waiting_does_not_leave_after_the_window(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        five_to_five = desk.approve_all().replace(hour=16, minute=55)
        with desk.parts(five_to_five) as parts:
            late = replace(parts, clock=lambda: five_to_five + timedelta(minutes=6))
            (attempt,) = dispatch(late, five_to_five).attempts
        assert (attempt.ending, server.mails) == (Ending.CALLED_OFF, [])
        assert desk.letter("Acme Tools")["state"] == "approved"


@pytest.mark.parametrize(
    ("gap", "a_day", "reason"),
    [("86400", "20", "letters keep some time apart"), ("0", "1", "enough letters went today")],
)
def test_a_gap_is_told_as_a_gap_and_the_limit_of_a_day_as_such(desk: Desk, gap: str, a_day: str, reason: str) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(GAP=gap, LETTERS_A_DAY=a_day)
        desk.with_drafts(ACME, BIRCH)
        assert desk.approve_now("Acme Tools").returncode == 0
        assert reason in desk.approve_now("Birch Paper").stdout


def test_nothing_is_said_to_go_while_mail_is_paused(desk: Desk) -> None:
    desk.use_server(9)
    desk.with_drafts(ACME, BIRCH)
    letter = desk.letter("Acme Tools")
    desk.ok("approve", letter["id"], "--digest", letter["digest"])
    assert "Goes next: L1" in desk.ok("status")
    desk.ok("pause")
    for told in (desk.ok(), desk.ok("outbox")):
        assert "held while mail is paused" in told.lower()
        assert "goes" not in told.lower()
    assert "paused (you paused it)" in desk.ok()
    letter = desk.letter("Birch Paper")
    assert "followup resume" in desk.ok("approve", letter["id"], "--digest", letter["digest"])


def test_a_pause_that_nobody_asked_for_gives_its_reason_and_the_next_step(desk: Desk) -> None:
    desk.with_drafts(ACME)
    with desk.parts() as parts, parts.store.transaction():
        pause.hold(parts.store, "the log-in was refused: 535 no", MONDAY_MORNING, who="followup")
    told = desk.ok()
    assert "paused (the log-in was refused: 535 no)" in told
    assert "Next: followup resume" in told


def test_a_yes_that_has_to_keep_its_distance_says_when_it_goes(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(GAP="600")
        desk.with_drafts(ACME, BIRCH)
        assert desk.approve_now("Acme Tools").returncode == 0
        second = desk.approve_now("Birch Paper")
    assert (second.returncode, len(server.mails)) == (0, 1)
    assert "some time apart" in second.stdout


@pytest.mark.parametrize(
    "script",
    [
        {"mail": "421 4.7.0 too many messages, slow down"},
        {"mail": "550 5.4.5 Daily user sending limit exceeded, slow down"},
        {"rcpt": "550 5.1.90 your daily limit is reached, slow down"},
        {"data": "550 5.4.5 Daily user sending limit exceeded, slow down"},
        {"dot": "550 5.4.5 Daily user sending limit exceeded, slow down"},
    ],
)
def test_s14_a_server_that_asks_for_patience_gets_it_from_the_whole_account(
    desk: Desk, script: dict[str, str | bytes | list[str]]
) -> None:
    with Server(script=script) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH, DOVE)
        due = desk.approve_all()
        first = at(desk, due)
        assert (len(first.attempts), server.connections) == (1, 1)
        again = at(desk, due + timedelta(minutes=2))
        assert again.trouble is not None
        assert "slow down" in again.trouble
        assert server.connections == 1
        server.script = {}
        at(desk, due + timedelta(minutes=20))
    assert len(server.mails) == 3
    assert {one["state"] for one in desk.json("outbox")} == {"sent"}


@pytest.mark.parametrize("script", [{"mail": "421 4.7.0 slow down"}, {"rcpt": "450 4.2.0 greylisted"}])
def test_s14_s3_patience_with_a_server_doubles_each_time(
    desk: Desk, script: dict[str, str | bytes | list[str]]
) -> None:
    with Server(script=script) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        tried = desk.approve_all()
        at(desk, tried)
        for times in range(1, 5):
            wait = timedelta(minutes=5) * 2 ** (times - 1)
            at(desk, tried + wait - timedelta(seconds=1))
            assert server.connections == times, "not before its time"
            tried += wait * 1.2
            at(desk, tried)
            assert server.connections == times + 1


def test_s5_a_refused_log_in_stops_the_account_until_a_word(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with Server(password="right", tls=tls) as server:
        desk.use_server(server.port)
        desk.write_settings(SMTP_SECURITY="starttls", SMTP_USERNAME="sam", SMTP_PASSWORD="wrong")
        desk.with_drafts(ACME, BIRCH)
        due = desk.approve_all()
        told = at(desk, due).trouble
        assert told is not None
        assert "log-in was refused" in told
        for minute in (1, 10, 60):
            at(desk, due + timedelta(minutes=minute))
        assert (server.connections, server.mails) == (1, [])
        assert "paused" in desk.ok("status")


def test_s4_an_address_refused_for_good_is_written_to_no_more(desk: Desk) -> None:
    with Server(script={f"rcpt {BIRCH.contact}": "550 5.1.1 no such person"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH, replace(ELM, contact=BIRCH.contact.upper()))
        assert desk.approve_now("Birch Paper").returncode == 1
        refused = desk.approve_now("Elm Works")
    assert "refused that address for good" in refused.stderr
    assert [one for one in server.commands if one.startswith("RCPT")] == [f"RCPT TO:<{BIRCH.contact}>"]


def test_s4_a_mail_refused_for_another_reason_leaves_its_address_open(desk: Desk) -> None:
    with Server(script={"rcpt": ["550 5.7.1 your network is on a list"]}) as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        assert desk.approve_now("Birch Paper").returncode == 1
        desk.ok("unapprove", "L1")
        assert desk.approve_now("Birch Paper").returncode == 0
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("kept", "other"), [("ines@büro.example.org", "Ines@xn--bro-hoa.example.org"), ("i@xn--bro-hoa.org", "i@BÜRO.org")]
)
def test_p10_never_holds_for_every_spelling_of_an_address(desk: Desk, kept: str, other: str) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(replace(BIRCH, contact=other), replace(ELM, contact=kept))
        desk.ok("never", kept)
        assert [desk.approve_now(company).returncode for company in ("Birch Paper", "Elm Works")] == [1, 1]
    assert server.mails == []


@pytest.mark.parametrize(
    ("first", "second"), [("i@büro.org", "i@xn--bro-hoa.org"), ("i@xn--bro-hoa.org", "i@büro.org")]
)
def test_a_second_ask_is_one_in_every_spelling_of_an_address(desk: Desk, first: str, second: str) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(replace(BIRCH, contact=first), replace(ELM, contact=second))
        assert desk.approve_now("Birch Paper").returncode == 0
        assert "--again" in desk.approve_now("Elm Works").stderr


def test_a_region_has_holidays_of_its_own(desk: Desk) -> None:
    desk.write_settings(COUNTRY="DE-BY")
    desk.with_drafts(CEDAR)
    with desk.parts() as parts:
        assert not parts.calendar().is_working_day(datetime(2027, 1, 6, tzinfo=UTC).date())
    desk.write_settings(COUNTRY="DE-XX")
    assert desk.run("doctor").returncode == 1


def test_s14_a_server_that_greets_with_patience_gets_it_from_the_whole_account(desk: Desk) -> None:
    with Server(script={"greeting": "421 4.7.0 too many connections"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH, CEDAR)
        desk.ok("edit", "cedar", "--to", "jobs@cedar.example.org")
        assert desk.approve_now("Birch Paper").returncode == 1
        assert "slow down" in desk.approve_now("Cedar Works").stderr
    assert server.connections == 1


def test_s14_a_letter_accepted_meanwhile_does_not_end_the_patience_asked_for_on_another_connection(desk: Desk) -> None:
    with Server(script={f"rcpt {BIRCH.contact}": "421 4.7.0 slow down"}, delay_after_dot=1) as server:
        desk.use_server(server.port)
        desk.write_settings(CONNECTIONS="2")
        desk.with_drafts(ACME, BIRCH)
        with desk.parts() as parts:
            for number in (1, 2):
                one = review.get(parts, number)
                review.approve(parts, one, one.digest, MONDAY_MORNING, at_once=True)
            dispatch(parts, MONDAY_MORNING)
            assert "slow down" in (dispatch(parts, parts.clock()).trouble or "")
    assert len(server.mails) == 1


def test_s14_k2_patience_asked_for_under_a_wrong_clock_ends_with_it(desk: Desk) -> None:
    ahead = MONDAY_MORNING + timedelta(days=300)
    with Server(script={"mail": ["421 4.7.0 slow down"]}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        with desk.parts(ahead) as parts:
            one = review.get(parts, 1)
            review.approve(parts, one, one.digest, ahead, at_once=True)
            dispatch(parts, ahead)
        with desk.parts() as parts:
            assert "clock" in (dispatch(parts, MONDAY_MORNING).trouble or "")
        question = next(one for one in desk.json("questions") if one["kind"] == "clock")
        desk.ok("answer", question["id"], "yes")
        with desk.parts() as parts:
            two = review.get(parts, 2)
            review.approve(parts, two, two.digest, MONDAY_MORNING, at_once=True)
            dispatch(parts, MONDAY_MORNING)
    assert [mail.recipient for mail in server.mails] == [BIRCH.contact]


def test_k2_a_letter_drafted_under_a_wrong_clock_goes_as_if_it_were_drafted_when_it_is_approved(desk: Desk) -> None:
    desk.save(BIRCH)
    ahead = MONDAY_MORNING + timedelta(days=300)
    for row in (BIRCH, rejected(BIRCH)):
        desk.save(row)
        with desk.parts(ahead) as parts:
            tick(parts)
    with desk.parts() as parts:
        one = review.get(parts, 1)
        goes = review.approve(parts, one, one.digest, MONDAY_MORNING).not_before
    assert MONDAY_MORNING < goes < MONDAY_MORNING + timedelta(days=1)


def test_s5_a_wrong_password_is_tried_once_and_not_once_a_connection(desk: Desk) -> None:
    rows = [replace(BIRCH, company=f"Works {number}", contact=f"w{number}@example.org") for number in range(5)]
    with Server(password="right") as server:
        desk.use_server(server.port)
        desk.write_settings(CONNECTIONS="5", SMTP_USERNAME="sam", SMTP_PASSWORD="wrong")
        desk.with_drafts(*rows)
        with desk.parts() as parts:
            for number in range(1, 6):
                one = review.get(parts, number)
                review.approve(parts, one, one.digest, MONDAY_MORNING, at_once=True)
            dispatch(parts, MONDAY_MORNING)
    assert len([command for command in server.commands if command.startswith("AUTH")]) == 1


def test_p18_a_server_that_repeats_the_log_in_puts_no_password_into_output_or_store(desk: Desk) -> None:
    sent = base64.b64encode(b"\0sam\0canary-271828").decode()
    words = f"535 5.7.8 canary-271828 is wrong ({sent})"
    with Server(password="other", script={"auth": words}) as server:
        desk.use_server(server.port)
        desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD="canary-271828")
        desk.with_drafts(BIRCH)
        said = desk.approve_now("Birch Paper")
        told = said.stdout + said.stderr + desk.ok("status") + desk.run("doctor").stdout
    assert "535 5.7.8 … is wrong (…)" in told
    kept = b"".join(file.read_bytes() for file in desk.config.parent.glob("followup.db*"))
    for secret in ("canary-271828", sent, sent.rstrip("=")):
        assert secret not in told
        assert secret.encode() not in kept
