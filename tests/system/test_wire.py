"""What a person sees of the faults of the wire: the real command, a server that misbehaves, and what is told."""

import json
import os
import re
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme

from followup.steps.dispatch import dispatch
from followup.store import letters
from tests.conftest import Need
from tests.desk import ACME, BIRCH, CEDAR, COMMAND, Desk, Row
from tests.smtp_server import Server


def approved(desk: Desk, *rows: Row) -> None:
    for row in rows:
        letter = desk.letter(row.company)
        desk.ok("approve", letter["id"], "--digest", letter["digest"])


def dispatched(desk: Desk, *rows: Row) -> dict[str, str]:
    """Approve and send them all over one connection; the state of each."""
    approved(desk, *rows)
    with desk.parts() as parts:
        due = max(letter.not_before for letter in letters.everything(parts.store))
    with desk.parts(due) as parts:
        dispatch(parts, due)
    return {letter["company"]: letter["state"] for letter in desk.json("outbox")}


def message_id(data: bytes) -> bytes:
    found = re.search(rb"^Message-ID: (\S+)", data, re.MULTILINE)
    assert found is not None
    return found[1]


def test_s1_a_server_whose_name_nobody_knows_is_told_in_a_sentence(desk: Desk) -> None:
    desk.write_settings(SMTP_HOST="mail.invalid", SMTP_PORT="587", SMTP_SECURITY="starttls")
    desk.with_drafts(ACME)
    result = desk.approve_now("Acme Tools")
    assert result.returncode == 1
    assert "L1 is approved: it could not go yet: " in result.stderr
    assert "name" in result.stderr.lower()
    assert "Traceback" not in result.stderr
    tick = desk.run("tick")
    assert "Traceback" not in tick.stderr
    assert desk.letter("Acme Tools")["state"] == "approved"


@pytest.mark.parametrize("phase", ["rcpt", "data"])
def test_s3_a_letter_put_off_comes_again_after_five_minutes_as_the_same_letter(desk: Desk, phase: str) -> None:
    with Server(script={phase: "450 4.2.0 greylisted"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        known = desk.letter("Acme Tools")["digest"]
        began = datetime.now(UTC)
        desk.approve_now("Acme Tools")
        with desk.parts(datetime.now(UTC)) as parts:
            waiting = letters.one(parts.store, 1)
            assert waiting is not None
            assert waiting.try_after is not None
            assert waiting.try_after >= began + timedelta(minutes=5)
        server.script = {}
        with desk.parts(waiting.try_after - timedelta(seconds=1)) as parts:
            dispatch(parts, parts.clock())
            assert server.mails == []
        with desk.parts(waiting.try_after) as parts:
            dispatch(parts, parts.clock())
    assert [message_id(mail.data) for mail in server.mails] == [waiting.message_id.encode()]
    assert (desk.letter("Acme Tools")["state"], desk.letter("Acme Tools")["digest"]) == ("sent", known)


@pytest.mark.parametrize(
    ("script", "paused"),
    [
        ({"auth": "535 5.7.8 wrong password"}, "the log-in was refused"),
        ({"mail": "530 5.7.0 log in first"}, "the log-in was refused"),
        ({"mail": "553 5.7.1 sam does not own this address"}, "mail from your address was refused"),
        ({"auth": "454 4.7.0 not just now"}, None),
    ],
)
def test_s5_an_account_refused_for_good_is_stopped_and_one_refused_for_now_waits(
    desk: Desk, script: dict[str, str], paused: str | None
) -> None:
    with Server(script=script, password="secret") as server:
        desk.use_server(server.port)
        desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD="secret")
        desk.with_drafts(ACME)
        desk.approve_now("Acme Tools")
        assert desk.letter("Acme Tools")["state"] == "approved"
        assert server.connections == 1
        assert [command for command in server.commands if command.startswith("RCPT")] == []
        stopped = desk.json("status")["paused"]
        assert stopped is None if paused is None else paused in stopped
        for _ in range(2):
            desk.run("tick")
        assert server.connections == 1, "no hammering"
        server.script = {}
        with desk.parts() as parts:
            again = max(letter.try_after or letter.not_before for letter in letters.everything(parts.store))
        if paused:
            desk.ok("resume")
        with desk.parts(again) as parts:
            dispatch(parts, again)
    assert len(server.mails) == 1


@pytest.mark.slow
def test_s6_an_answer_nine_minutes_after_the_dot_is_still_a_yes(desk: Desk, need: Need) -> None:
    """The command's clock runs 60 times as fast as the server's."""
    with Server(delay_after_dot=9) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        letter = desk.letter("Acme Tools")
        fast = subprocess.run(
            [
                need("faketime"),
                "-f",
                "+0 x60",
                *COMMAND,
                "approve",
                letter["id"],
                "--now",
                "--digest",
                letter["digest"],
            ],
            env=desk.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    assert "Sent to" in fast.stdout, fast.stderr
    assert desk.letter("Acme Tools")["state"] == "sent"
    assert len(server.mails) == 1


def test_s8_a_no_after_the_text_is_tried_again_and_shown_for_what_it_is(desk: Desk) -> None:
    with Server(script={"dot": "accept-451 4.3.0 disk trouble"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        said = desk.approve_now("Acme Tools").stderr
    why = "it could not go yet: 451 4.3.0 disk trouble (it said so after it had taken the text)"
    assert f"L1 is approved: {why}." in said
    assert f"Before that: {why}." in desk.ok("show", "L1")
    assert why in desk.ok("log", "acme")


@pytest.mark.parametrize(
    ("first", "second"),
    [("250 kept\r\n250 kept", "554 no"), ("250 kept\r\n554 no", "250 kept"), ("what?", "554 no")],
)
def test_s9_what_the_server_says_too_much_moves_no_other_letters_end(desk: Desk, first: str, second: str) -> None:
    with Server(script={"dot": [first, second]}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        states = dispatched(desk, ACME, BIRCH)
    kept = {mail.recipient for mail in server.mails}
    assert (states["Birch Paper"] == "sent") is ("jobs@birch.example.org" in kept)
    assert (states["Acme Tools"] == "sent") is (first != "what?")
    assert states["Birch Paper"] in ("sent", "failed")


@pytest.mark.parametrize("way", ["stripped", "self-signed", "wrong host", "expired"])
def test_s10_without_proof_of_the_server_no_password_goes_and_the_letter_waits(
    desk: Desk, tmp_path: Path, way: str
) -> None:
    authority = trustme.CA()
    file = tmp_path / "authority.pem"
    (trustme.CA() if way == "self-signed" else authority).cert_pem.write_to_path(str(file))
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    name = "elsewhere.example.org" if way == "wrong host" else "localhost"
    until = datetime(2020, 1, 1, tzinfo=UTC) if way == "expired" else None
    authority.issue_cert(name, not_after=until).configure_cert(made)
    with Server(tls=None if way == "stripped" else made, password="secret") as server:
        desk.write_settings(SMTP_HOST="localhost", SMTP_PORT=str(server.port), SMTP_SECURITY="starttls")
        desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD="secret")
        desk.with_drafts(ACME)
        letter = desk.letter("Acme Tools")
        words = ["approve", letter["id"], "--now", "--digest", letter["digest"]]
        result = desk.run(*words, env={"SSL_CERT_FILE": str(file)})
    assert result.returncode == 1
    assert "certificate" in result.stderr or "STARTTLS" in result.stderr
    assert [command for command in server.commands if command.startswith(("AUTH", "MAIL"))] == []
    assert desk.letter("Acme Tools")["state"] == "approved"


def test_s12_an_address_of_another_alphabet_stops_no_other_letter(desk: Desk) -> None:
    acme, cedar = Row("Acme Tools", contact="ines@bücher.example.org"), Row("Cedar Works", contact="jörg@example.org")
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(acme, BIRCH, cedar)
        states = dispatched(desk, acme, BIRCH)
        refused = desk.run("edit", "cedar", "--to", "jörg@example.org")
        assert (refused.returncode, "is no mail address" in refused.stderr) == (2, True)
    assert states == {"Acme Tools": "sent", "Birch Paper": "sent", "Cedar Works": "draft"}
    assert desk.letter("Cedar Works")["to"] is None, "to be handed over"
    assert sorted(mail.recipient for mail in server.mails) == [
        "ines@xn--bcher-kva.example.org",
        "jobs@birch.example.org",
    ]


@pytest.mark.slow
def test_n1_a_letter_whose_text_was_lost_on_its_way_is_in_doubt_and_never_goes_again(
    need: Need, tmp_path: Path
) -> None:
    need("faketime")
    (tmp_path / "desk").mkdir()
    done = subprocess.run(
        [*need.network(), sys.executable, "-m", "tests.wire.severed", "command", str(tmp_path / "desk")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "L1 is in doubt" in told["said"]
    assert (told["state"], told["connections"]) == ("in_doubt", 1)
    assert told["kept"] <= 1


@pytest.mark.parametrize(("end", "words"), [("accept-drop", "354 go on"), ("what?", "what?")])
def test_p4_settling_shows_all_that_is_known_of_a_letter_in_doubt(desk: Desk, end: str, words: str) -> None:
    with Server(script={"dot": end}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, CEDAR)
        desk.approve_now("Acme Tools")
    letter = desk.letter("Acme Tools")
    with desk.parts() as parts:
        one = letters.one(parts.store, 1)
    assert one is not None
    said = desk.ok("settle", "L1", given="y\n")
    assert "L1 to ines.roe@acme.example.org: the server never confirmed it: " in said
    assert words in said
    assert re.search(r"It was on its way \w{3} \d+ \w{3}, \d+:\d\d; its subject is “", said)
    assert letter["subject"] in said
    assert f"search your mail for {one.message_id[1:-1]}\n" in said
    assert "Sent folder" in said
    assert "L1 is sent." in said


FAST = "+0 x60"
"""A clock for the command that runs so much faster, so that its minute is a second."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "script", "state", "kept"),
    [
        ("S2", {"greeting": "421 4.3.2 not just now"}, "approved", 0),
        ("S3", {"mail": "451 4.3.0 not just now"}, "approved", 0),
        ("S3", {"data": "450 4.2.0 greylisted"}, "approved", 0),
        ("S4", {"mail": "552 5.3.4 too big"}, "failed", 0),
        ("S4", {"data": "554 no"}, "failed", 0),
        ("S4", {"dot": "552 5.2.2 mailbox full"}, "failed", 0),
        ("S6", {"greeting": "hang"}, "approved", 0),
        ("S6", {"data": "hang"}, "approved", 0),
        ("S7", {"rcpt": "reset"}, "approved", 0),
        ("S7", {"data": "drop"}, "approved", 0),
        ("S7", {"dot": "reset"}, "in_doubt", 0),
        ("S7", {"dot": b"25"}, "in_doubt", 0),
        ("S9", {"dot": "what?"}, "in_doubt", 0),
        ("S9", {"dot": "251 kept somewhere"}, "in_doubt", 0),
        ("S9", {"rcpt": "252 cannot say"}, "approved", 0),
        ("S9", {"dot": "250-kept\r\n250-and more\r\n250 done"}, "sent", 1),
        ("S9", {"dot": "250 kept\r\n554 or not"}, "sent", 1),
        ("S9", {"ehlo": b"250 " + b"x" * 2_000_000}, "approved", 0),
    ],
)
def test_every_fault_of_the_wire_ends_through_the_real_command_as_the_list_has_it(
    desk: Desk, need: Need, fault: str, script: dict[str, str | bytes], state: str, kept: int
) -> None:
    before = (need("faketime"), "-f", FAST) if fault == "S6" else ()
    with Server(script=script) as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        letter = desk.letter("Birch Paper")
        said = desk.run("approve", letter["id"], "--now", "--digest", letter["digest"], before=before)
        assert (said.returncode == 0, said.stderr.count("\n")) == (state == "sent", int(state != "sent")), said
        server.script = {}
        desk.run("tick")
    assert (desk.letter("Birch Paper")["state"], len(server.mails)) == (state, kept)


def test_s11_what_was_said_before_tls_moves_no_real_command(desk: Desk, tmp_path: Path) -> None:
    authority, made = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    authority.issue_cert("localhost").configure_cert(made)
    injected = (
        "220 go on\r\n250-evil\r\n250-AUTH PLAIN\r\n250 ok\r\n235 welcome\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 kept"
    )
    with Server(tls=made, password="secret", script={"starttls": injected}) as server:
        desk.write_settings(SMTP_HOST="localhost", SMTP_PORT=str(server.port), SMTP_SECURITY="starttls")
        desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD="secret")
        desk.with_drafts(BIRCH)
        letter = desk.letter("Birch Paper")
        words = ["approve", letter["id"], "--now", "--digest", letter["digest"]]
        desk.run(*words, env={"SSL_CERT_FILE": str(file)})
        assert server.commands.count("EHLO [127.0.0.1]") == 2, "what was promised before TLS is asked for again"
    assert (desk.letter("Birch Paper")["state"] == "sent") is (len(server.mails) == 1)


def test_s13_dots_long_lines_and_line_ends_arrive_through_the_real_command_as_they_were_shown(
    desk: Desk, tmp_path: Path
) -> None:
    body = f"Dear you,\n\n.\n..\n.hidden\n{'x' * 2500}\nFrom me\n=20 and 東京\n\nSam Rivera\n"
    editor = tmp_path / "editor"
    editor.write_text(
        f"#!{sys.executable}\nimport sys\nopen(sys.argv[1], 'w').write({'Subject: Hello' + chr(10) * 2 + body!r})\n"
    )
    editor.chmod(0o755)
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        assert desk.run("edit", "L1", env={"EDITOR": str(editor)}).returncode == 0
        assert desk.approve_now("Birch Paper").returncode == 0
    message = message_from_bytes(server.mails[0].data, policy=policy.default)
    assert message.get_content().replace("\r\n", "\n") == body
    assert max(map(len, server.mails[0].data.split(b"\r\n"))) <= 998
