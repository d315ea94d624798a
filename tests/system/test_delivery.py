"""What may go wrong between a yes and a sent letter: the server, the network, the process (P1-P4, C, S, K)."""

import signal
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from followup.model.letter import LetterState
from followup.steps import review
from followup.steps.dispatch import dispatch
from followup.steps.tick import tick
from followup.store import letters
from tests.desk import ACME, BIRCH, CEDAR, COMMAND, MONDAY_MORNING, Desk, rejected, wait_until
from tests.smtp_server import Server

TUESDAY_TEN = MONDAY_MORNING + timedelta(days=1, minutes=30)


def approved(desk: Desk, *companies: str) -> None:
    for company in companies:
        letter = desk.letter(company)
        desk.ok("approve", letter["id"], "--digest", letter["digest"])


def states(desk: Desk) -> list[str]:
    return [letter["state"] for letter in desk.json("outbox")]


@pytest.mark.parametrize(
    ("script", "state", "kept"),
    [
        ({"rcpt": "450 greylisted"}, "approved", 0),
        ({"dot": "451 later"}, "approved", 0),
        ({"mail": "drop"}, "approved", 0),
        ({"rcpt": "550 5.1.1 nobody"}, "failed", 0),
        ({"dot": "554 no"}, "failed", 0),
        ({"dot": "drop"}, "in_doubt", 0),
        ({"dot": "accept-drop"}, "in_doubt", 1),
        ({"quit": "421 busy"}, "sent", 1),
    ],
)
def test_p3_every_approved_letter_ends_in_a_state_that_tells_the_truth(
    desk: Desk, script: dict[str, str], state: str, kept: int
) -> None:
    with Server(script=script) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        result = desk.approve_now("Acme Tools")
        assert states(desk) == [state]
        assert (result.returncode == 0) is (state == "sent")
        desk.run("tick")
        desk.run("tick")
    assert len(server.mails) == kept
    assert states(desk) == [state]


def test_p4_a_letter_in_doubt_is_shown_and_only_a_word_settles_it(desk: Desk) -> None:
    with Server(script={"dot": "accept-drop"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        desk.approve_now("Acme Tools")
        desk.approve_now("Birch Paper")
    assert "Needs you: 2 letters in trouble." in desk.ok()
    assert "Next: followup settle L1" in desk.ok()
    assert "is sent" in desk.ok("settle", "acme tools", "--went")
    assert "is draft" in desk.ok("settle", "birch paper", "--did-not-go")
    assert states(desk) == ["sent", "draft"]


def test_s3_a_retry_carries_the_same_message_id_and_the_same_date(desk: Desk) -> None:
    with Server(script={"dot": "451 later"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.approve_now("Acme Tools")
        with desk.parts(datetime.now(UTC)) as parts:
            first = letters.message(parts.store, 1)
            waiting = letters.one(parts.store, 1)
        assert waiting is not None
        assert waiting.try_after is not None
        assert timedelta(minutes=4) < waiting.try_after - datetime.now(UTC) < timedelta(minutes=7)
        server.script = {}
        with desk.parts(waiting.try_after + timedelta(seconds=1)) as parts:
            dispatch(parts, parts.clock())
    assert states(desk) == ["sent"]
    message, line = first
    assert line is not None
    assert server.mails[0].data == line.encode() + b"\r\n" + message


def test_s1_with_no_network_the_letter_waits_and_the_reason_is_told(desk: Desk) -> None:
    with Server() as server:
        port = server.port
    desk.use_server(port)
    desk.with_drafts(ACME)
    result = desk.approve_now("Acme Tools")
    assert result.returncode == 1
    assert "approved" in result.stderr
    assert "could not go yet" in result.stderr
    assert states(desk) == ["approved"]


def test_p25_a_refused_letter_does_not_stop_the_others(desk: Desk) -> None:
    with Server(script={"rcpt ines.roe@acme.example.org": "550 5.1.1 nobody"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        approved(desk, "Acme Tools", "Birch Paper")
        with desk.parts(_when_due(desk)) as parts:
            dispatch(parts, parts.clock())
    assert states(desk) == ["failed", "sent"]


def test_letters_wait_for_a_civil_hour_and_then_go(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        with desk.parts() as parts:
            desk.save(ACME)
            tick(parts)
            desk.save(rejected(ACME))
            tick(parts)
            one = review.get(parts, 1)
            due = review.approve(parts, one, one.digest, parts.clock()).not_before
        assert due >= TUESDAY_TEN.replace(hour=9, minute=0)
        for hour, count in ((due - timedelta(minutes=1), 0), (due.replace(hour=20), 0), (due, 1)):
            with desk.parts(hour) as parts:
                tick(parts)
            assert len([mail for mail in server.mails if b"Auto-Submitted" not in mail.data]) == count, hour
            _clear_try(desk)


def test_p13_a_letter_that_could_not_go_within_five_days_comes_back_as_a_draft(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        approved(desk, "Acme Tools")
        late = _when_due(desk) + timedelta(days=5, minutes=1)
        with desk.parts(late) as parts:
            dispatch(parts, late)
    assert server.mails == []
    letter = desk.letter("Acme Tools")
    assert letter["state"] == "draft"
    assert any("within 5 days" in note["text"] for note in letter["notes"])


def test_c5_a_kill_while_the_server_is_silent_leaves_the_letter_in_doubt_and_it_is_not_sent_again(desk: Desk) -> None:
    with Server(delay_after_dot=3) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        letter = desk.letter("Acme Tools")
        process = subprocess.Popen(
            [*COMMAND, "approve", letter["id"], "--now", "--digest", letter["digest"]],
            env=desk.environment(),
            stdout=subprocess.DEVNULL,
        )
        wait_until(lambda: states(desk) == ["sending"])
        process.kill()
        process.wait(10)
        desk.run("tick")
        assert states(desk) == ["in_doubt"]
        server.delay_after_dot = 0
        desk.run("tick")
        desk.run("tick")
        wait_until(lambda: len(server.mails) == 1)
    assert states(desk) == ["in_doubt"]


def test_c9_sigterm_lets_the_daemon_finish_the_message_in_hand(desk: Desk) -> None:
    with Server(delay_after_dot=2) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with desk.daemon() as daemon:
            letter = desk.letter("Acme Tools")
            subprocess.run(
                [*COMMAND, "approve", letter["id"], "--digest", letter["digest"]],
                env=desk.environment(),
                check=True,
                stdout=subprocess.DEVNULL,
            )
            _make_due(desk)
            _touch(desk)
            wait_until(lambda: states(desk) == ["sending"])
            _end(daemon)
    assert states(desk) == ["sent"]
    assert len(server.mails) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("phase", "state"),
    [("greeting", "approved"), ("mail", "approved"), ("rcpt", "approved"), ("data", "approved"), ("dot", "in_doubt")],
)
def test_c9_sigterm_ends_the_daemon_wherever_the_server_hangs(desk: Desk, phase: str, state: str) -> None:
    with Server(script={phase: "hang"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with desk.daemon() as daemon:
            approved(desk, "Acme Tools")
            _make_due(desk)
            _touch(desk)
            wait_until(lambda: _reached(server, phase) and (phase != "dot" or states(desk) == ["sending"]))
            _end(daemon)
        desk.ok("outbox")
    assert states(desk) == [state]
    assert server.mails == []
    assert "cannot be used" not in (desk.folder / "daemon.log").read_text(), (
        "the store is open until the work has ended"
    )


@pytest.mark.slow
@pytest.mark.parametrize("ended", [True, False], ids=["ended", "left-alone"])
def test_c9_what_is_saved_while_a_mail_is_on_its_way_keeps_the_daemon_neither_from_it_nor_from_its_end(
    desk: Desk, ended: bool
) -> None:
    with Server(delay_after_dot=2) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.save(rejected(ACME), BIRCH)
        desk.ok("scan")
        with desk.daemon() as daemon:
            approved(desk, "Acme Tools")
            _make_due(desk)
            _touch(desk)
            wait_until(lambda: states(desk) == ["sending"])
            desk.save(rejected(ACME), rejected(BIRCH))
            if ended:
                _end(daemon)
            else:
                wait_until(lambda: states(desk) == ["sent", "draft"])
    assert states(desk)[0] == "sent"
    assert len(server.mails) == 1
    assert "unexpected" not in (desk.folder / "daemon.log").read_text()


@pytest.mark.slow
def test_c9_sigterm_ends_the_daemon_though_the_command_for_the_password_hangs(desk: Desk) -> None:
    asked, script = desk.folder / "asked", desk.folder / "ask"
    script.write_text(f"touch {asked}\nexec sleep 25\n")
    with Server(password="secret") as server:
        desk.use_server(server.port)
        desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD_COMMAND=f"sh {script}")
        desk.with_drafts(ACME)
        with desk.daemon() as daemon:
            approved(desk, "Acme Tools")
            _make_due(desk)
            _touch(desk)
            wait_until(asked.exists)
            _end(daemon)
    assert states(desk) == ["approved"]
    assert "Traceback" not in (desk.folder / "daemon.log").read_text()


def test_c9_sigterm_ends_the_daemon_while_a_nudge_is_on_its_way(desk: Desk) -> None:
    own = desk.config.parent / "templates"
    own.mkdir()
    (own / "playbook.toml").write_text('[[rule]]\non = "rejected"\nnudge = "for-the-best"\nat = "now"\n')
    with Server(script={"dot": "hang"}) as server:
        desk.use_server(server.port)
        desk.save(ACME)
        with desk.daemon() as daemon:
            wait_until(lambda: desk.json("status")["applications"] == {"open": 1})
            desk.save(rejected(ACME))
            wait_until(lambda: [one["state"] for one in desk.json("nudges")] == ["delivering"])
            _end(daemon)
    assert [one["state"] for one in desk.json("nudges")] == ["delivered"]


def test_p22_a_second_daemon_says_so_and_ends(desk: Desk) -> None:
    desk.save(CEDAR)
    with desk.daemon():
        second = desk.run("run")
    assert second.returncode == 1
    assert "already running" in second.stderr


def test_p22_the_lock_of_a_killed_daemon_blocks_nobody(desk: Desk) -> None:
    desk.save(CEDAR)
    with desk.daemon() as daemon:
        daemon.kill()
        daemon.wait(10)
    with desk.daemon():
        assert desk.json("status")["daemon"] is True


def test_c10_ticks_and_a_daemon_at_once_send_each_letter_once(desk: Desk) -> None:
    with Server(delay_after_dot=4) as server:
        desk.use_server(server.port)
        desk.with_drafts(
            ACME,
            BIRCH,
        )
        approved(desk, "Acme Tools", "Birch Paper")
        _make_due(desk)
        with desk.daemon():
            wait_until(lambda: _reached(server, "dot"))
            ticks = [
                subprocess.Popen([*COMMAND, "tick"], env=desk.environment(), stdout=subprocess.DEVNULL)
                for _ in range(4)
            ]
            for process in ticks:
                process.wait(60)
            server.delay_after_dot = 0
            wait_until(lambda: states(desk) == ["sent", "sent"])
    assert sorted(mail.recipient for mail in server.mails if b"Auto-Submitted" not in mail.data) == [
        "ines.roe@acme.example.org",
        "jobs@birch.example.org",
    ]


@pytest.mark.slow
def test_a_yes_given_in_another_process_reaches_the_daemon_by_its_heartbeat(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with desk.daemon():
            approved(desk, "Acme Tools")
            _make_due(desk)
            wait_until(lambda: states(desk) == ["sent"])
    assert len([mail for mail in server.mails if b"Auto-Submitted" not in mail.data]) == 1


def test_k3_after_sleep_an_overdue_letter_waits_for_the_next_window(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        approved(desk, "Acme Tools")
        due = _when_due(desk)
        evening = due.replace(hour=22)
        with desk.parts(evening) as parts:
            dispatch(parts, evening)
            waiting = letters.one(parts.store, 1)
        assert server.mails == []
    assert waiting is not None
    assert waiting.try_after is not None
    assert waiting.try_after > evening
    assert 9 <= waiting.try_after.hour < 11


def _reached(server: Server, phase: str) -> bool:
    said = {"greeting": "", "dot": "DATA"}.get(phase, phase.upper())
    return server.connections == 1 and (not said or any(command.startswith(said) for command in server.commands))


def _end(daemon: subprocess.Popen[str]) -> None:
    """SIGTERM, and less than the patience that there is with a server: a minute for each answer."""
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0


def _when_due(desk: Desk) -> datetime:
    with desk.parts() as parts:
        return max(letter.not_before for letter in letters.in_state(parts.store, LetterState.APPROVED))


def _make_due(desk: Desk) -> None:
    """Let approved letters be due at once, as `approve --now` does, without dispatching here."""
    with desk.parts() as parts, parts.store.transaction():
        parts.store.connection.execute(
            "UPDATE letter SET at_once = 1, not_before = created_at WHERE state = 'approved'"
        )


def _clear_try(desk: Desk) -> None:
    with desk.parts() as parts, parts.store.transaction():
        parts.store.connection.execute("UPDATE letter SET try_after = NULL")


def _touch(desk: Desk) -> None:
    """A save that changes nothing wakes the daemon."""
    data = desk.tracker.read_bytes()
    new = desk.tracker.with_name("again.tmp")
    new.write_bytes(data)
    new.replace(desk.tracker)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("tick",), ("approve", "L2", "--now", "--digest")])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_c9_a_signal_ends_a_command_that_sends_after_the_mail_in_hand(
    desk: Desk, words: tuple[str, ...], number: signal.Signals
) -> None:
    with Server(delay_after_dot=3) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        second = desk.letter("Birch Paper")
        if words == ("tick",):
            desk.approve_all_now()
        with subprocess.Popen(
            [*COMMAND, *words, *([second["digest"]] if "--digest" in words else [])],
            env=desk.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            wait_until(lambda: _reached(server, "dot"))
            process.send_signal(number)
            said, _ = process.communicate(timeout=30)
    assert sorted(states(desk)) == (["approved", "sent"] if words == ("tick",) else ["draft", "sent"])
    assert (len(server.mails), process.returncode) == (1, 0)
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.parametrize("words", [("tick",), ("approve", "L1", "--now", "--digest")])
def test_c9_a_signal_cuts_a_mail_short_that_its_server_never_answers(desk: Desk, words: tuple[str, ...]) -> None:
    with Server(script={"dot": "hang"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        digest = desk.letter("Acme Tools")["digest"]
        if words == ("tick",):
            desk.approve_all_now()
        with subprocess.Popen(
            [*COMMAND, *words, *([digest] if "--digest" in words else [])],
            env=desk.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            wait_until(lambda: _reached(server, "dot"))
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=50)
    assert states(desk) == ["in_doubt"]
    assert "Traceback" not in said
