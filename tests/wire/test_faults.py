"""The faults of the wire, S1-S14 and N, each by its name: how the attempt ends, and what the server really has."""

import asyncio
import contextlib
import email
import json
import resource
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import policy
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup.letters import mime
from followup.mail import smtp
from followup.mail.answers import ANSWERS, Answer, Concern
from followup.mail.result import Ending, Phase, Result, asks_for_patience, explain, refuses_address
from followup.mail.session import DATA_SECONDS, Unreachable, session
from followup.model.letter import Text
from followup.model.person import Account, Person, Security
from followup.steps import sealing
from tests.conftest import Need
from tests.smtp_server import Server

SAM = Person(name="Sam Rivera", email="sam@example.org", zone=ZoneInfo("UTC"), country=None)
MESSAGE = b"Subject: Hello\r\n\r\nA word.\r\n"


def account(port: int, host: str = "127.0.0.1", security: Security = Security.NONE, password: str = "") -> Account:
    return Account(
        host=host, port=port, security=security, username="sam" if password else None, password=password or None
    )


def send(server: Server, *recipients: str, message: bytes = MESSAGE, host: str = "127.0.0.1") -> list[Result]:
    """A mail to each on one connection, or on further ones where that closes."""
    waiting = list(recipients or ["ines@example.org"])
    results: list[Result] = []

    async def begin() -> bytes:
        return message

    async def work() -> None:
        while waiting:
            async with session(account(server.port, host)) as client:
                while waiting and client.is_connected:
                    results.append(await smtp.deliver(client, SAM.email, waiting.pop(0), begin))

    try:
        asyncio.run(work())
    except Unreachable as error:
        results.append(error.result)
    return results


def send_one(server: Server, to: str = "ines@example.org", message: bytes = MESSAGE) -> Result:
    (result,) = send(server, to, message=message)
    return result


def to(number: int) -> str:
    return f"n{number}@example.org"


@contextlib.contextmanager
def answering(reply: bytes) -> Iterator[int]:
    """Something that is no mail server: it says this to all who come, and goes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with listener.accept()[0] as connection:
                        connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same phases with a time-out of three seconds for a minute, and of four for ten."""
    monkeypatch.setattr("followup.mail.session.COMMAND_SECONDS", 3)
    monkeypatch.setattr("followup.mail.session.DATA_SECONDS", 4)


# S1


def test_s1_a_name_that_no_dns_knows_is_put_off_with_the_reason() -> None:
    result = asyncio.run(smtp.send_one(account(25, "mail.invalid"), SAM.email, "ines@example.org", MESSAGE))
    assert (result.ending, result.phase) == (Ending.PUT_OFF, Phase.CONNECT)
    assert "name" in result.words.lower()


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 302 Found\r\nLocation: http://portal.example.org/\r\n\r\n", b"<html>", b""]
)
def test_s1_a_captive_portal_is_put_off_with_its_words(reply: bytes) -> None:
    with answering(reply) as port:
        result = asyncio.run(smtp.send_one(account(port), SAM.email, "ines@example.org", MESSAGE))
    assert (result.ending, result.phase) == (Ending.PUT_OFF, Phase.CONNECT)
    if reply.endswith(b"\n"):
        assert "HTTP/1.1 302 Found" in explain(result, "mail.example.org")
    assert "Is this machine on line" in explain(result, "mail.example.org")


# S3, S4


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize("reply", ["421 4.3.2 closing", "450 4.2.1 busy", "451 4.7.1 greylisted", "452 4.3.1 no room"])
def test_s3_a_no_for_now_is_put_off_in_every_phase(phase: str, reply: str) -> None:
    with Server(script={phase: reply}) as server:
        result = send_one(server)
    assert result.ending is Ending.PUT_OFF
    assert result.words.startswith(reply)
    assert server.mails == []


@pytest.mark.parametrize("reply", ["550 5.7.1 not your address", "553 not from you", "501 5.5.4 what"])
def test_s4_a_no_to_the_sender_is_said_once_not_once_a_mail(reply: str) -> None:
    with Server(script={"mail": reply}) as server:
        (result,) = send(server, to(1), to(2))
        assert len([command for command in server.commands if command.startswith("MAIL")]) == 1
    assert (result.ending, result.phase, result.words) == (Ending.REFUSED, Phase.MAIL, reply)


@pytest.mark.parametrize(
    ("phase", "reply"),
    [
        ("mail", "552 5.3.4 too big"),
        *product(
            ("rcpt", "data", "dot"), ("550 5.1.1 nobody", "552 5.3.4 too big", "554 5.7.1 spam", "501 5.5.4 what")
        ),
    ],
)
def test_s4_a_no_for_good_to_one_mail_refuses_it_and_the_next_still_goes(phase: str, reply: str) -> None:
    with Server(script={phase: [reply]}) as server:
        first, second = send(server, to(1), to(2))
    assert (first.ending, first.words) == (Ending.REFUSED, reply)
    assert second.ending is Ending.ACCEPTED
    assert [mail.recipient for mail in server.mails] == [to(2)]


@pytest.mark.parametrize(
    ("phase", "reply", "refuses"),
    [
        ("rcpt", "550 no such person", True),
        ("rcpt", "550 5.1.1 no such person", True),
        ("rcpt", "551 gone elsewhere", True),
        ("rcpt", "550 5.2.1 mailbox closed", True),
        ("dot", "554 5.1.1 no such person", True),
        ("rcpt", "450 4.1.1 no such person", False),
        ("rcpt", "552 5.2.2 mailbox full", False),
        ("rcpt", "554 relaying denied", False),
        ("rcpt", "550 5.7.1 you are on a blocklist", False),
        ("rcpt", "550 5.1.8 your domain does not exist", False),
        ("rcpt", "550 5.1.90 you have reached your daily limit", False),
        ("mail", "550 5.1.7 your address is odd", False),
        ("dot", "554 looks like spam", False),
        ("mail", "550 not from you", False),
    ],
)
def test_s4_only_a_no_to_the_address_itself_marks_it(phase: str, reply: str, refuses: bool) -> None:
    with Server(script={phase: reply}) as server:
        assert refuses_address(send_one(server)) is refuses


# S5


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    authority = trustme.CA()
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(made)
    return made


def log_in(server: Server) -> Result:
    login = account(server.port, "localhost", Security.STARTTLS, "secret")
    return asyncio.run(smtp.send_one(login, SAM.email, "ines@example.org", MESSAGE))


@pytest.mark.parametrize(
    ("reply", "ending"),
    [
        ("535 5.7.8 wrong password", Ending.REFUSED),
        ("534 5.7.9 an app password is needed", Ending.REFUSED),
        ("530 5.7.0 log in first", Ending.REFUSED),
        ("454 4.7.0 not just now", Ending.PUT_OFF),
        ("421 4.7.0 too many", Ending.PUT_OFF),
    ],
)
def test_s5_a_log_in_is_tried_once_and_only_a_no_for_good_is_one(
    safe: ssl.SSLContext, reply: str, ending: Ending
) -> None:
    with Server(tls=safe, password="secret", script={"auth": reply}) as server:
        result = log_in(server)
    assert (result.ending, result.phase, result.words) == (ending, Phase.LOGIN, reply)
    assert len([command for command in server.commands if command.startswith("AUTH")]) == 1
    assert ("app password: see" in explain(result, "mail.example.org")) is (ending is Ending.REFUSED)
    assert server.mails == []


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
@pytest.mark.parametrize("reply", ["530 5.7.0 log in first", "534 5.7.9 an app password is needed", "535 5.7.8 no"])
def test_s5_a_log_in_asked_for_later_is_the_accounts_trouble_and_not_the_letters(phase: str, reply: str) -> None:
    with Server(script={phase: reply}) as server:
        result = send_one(server)
    assert (result.ending, result.phase, result.words) == (Ending.REFUSED, Phase.LOGIN, reply)


@pytest.mark.parametrize("phase", ["rcpt", "data", "dot"])
@pytest.mark.parametrize("answer", [row for row in ANSWERS if row.source], ids=lambda answer: answer.example)
def test_s5_s14_what_is_said_of_the_account_is_heard_in_every_phase(answer: Answer, phase: str) -> None:
    with Server(script={phase: answer.example}) as server:
        result = send_one(server)
    if answer.concern is Concern.LIMIT:
        assert result.ending is Ending.PUT_OFF
        assert asks_for_patience(result.words)
    else:
        assert (result.ending, result.concern) == (Ending.REFUSED, answer.concern)
        assert not (answer.concern and refuses_address(result))
    assert server.mails == []


# S6


@pytest.mark.slow
@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("phase", "ending"),
    [
        ("greeting", Ending.PUT_OFF),
        ("ehlo", Ending.PUT_OFF),
        ("mail", Ending.PUT_OFF),
        ("rcpt", Ending.PUT_OFF),
        ("data", Ending.PUT_OFF),
        ("dot", Ending.IN_DOUBT),
    ],
)
def test_s6_each_phase_has_its_time_out_and_only_silence_after_the_text_is_a_doubt(phase: str, ending: Ending) -> None:
    with Server(script={phase: "hang"}) as server:
        result = send_one(server)
    assert result.ending is ending
    assert "imed out" in result.words
    assert server.mails == []


def test_s6_a_server_that_thinks_after_the_dot_for_longer_than_a_command_may_take_has_the_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("followup.mail.session.COMMAND_SECONDS", 3)
    with Server(delay_after_dot=4) as server:
        assert send_one(server).ending is Ending.ACCEPTED
    assert len(server.mails) == 1


def test_s6_the_wait_after_the_dot_is_ten_minutes() -> None:
    assert DATA_SECONDS >= 600


# S7


@pytest.mark.parametrize(
    "end", ["drop", "reset", "accept-drop", "accept-reset", b"25", b"250", b"250-kept\r\n", b"250 ke"]
)
def test_s7_a_link_that_dies_after_the_dot_is_a_doubt_however_it_dies(end: str | bytes) -> None:
    with Server(script={"dot": end}) as server:
        result = send_one(server)
    assert result.ending is Ending.IN_DOUBT
    assert result.words.endswith("(its last words: 354 go on)")


@pytest.mark.parametrize("phase", ["greeting", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("end", ["drop", "reset", b"25", b"250-mo", b"35"])
def test_s7_a_link_that_dies_before_the_text_is_put_off(phase: str, end: str | bytes) -> None:
    with Server(script={phase: end}) as server:
        assert send_one(server).ending is Ending.PUT_OFF
    assert server.mails == []


# S8


def test_s8_a_no_after_the_text_is_put_off_and_says_when_it_was_said() -> None:
    with Server(script={"dot": "accept-451 4.3.0 disk trouble"}) as server:
        result = send_one(server)
    assert result.ending is Ending.PUT_OFF
    assert result.words == "451 4.3.0 disk trouble (it said so after it had taken the text)"
    assert len(server.mails) == 1


# S9


@pytest.mark.parametrize("more", ["250 again", "250 again\r\n250 and again", "550 or not", "354 go on", "250-", "2"])
@pytest.mark.parametrize("later", ["554 no", "451 later", "250 kept"])
def test_s9_a_second_answer_is_not_taken_for_that_to_the_next_mail(more: str, later: str) -> None:
    with Server(script={"dot": [f"250 kept\r\n{more}", later]}) as server:
        first, second, third = send(server, to(1), to(2), to(3))
    assert first.ending is Ending.ACCEPTED
    assert second.ending is {"5": Ending.REFUSED, "4": Ending.PUT_OFF, "2": Ending.ACCEPTED}[later[0]]
    assert third.ending is Ending.ACCEPTED
    assert [mail.recipient for mail in server.mails] == [to(1), *([to(2)] if later[0] == "2" else []), to(3)]


@pytest.mark.parametrize("phase", ["ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("more", ["250 again", "550 or not", "354 go on"])
def test_s9_a_server_out_of_step_never_gets_a_mail_marked_as_sent_that_it_refused(phase: str, more: str) -> None:
    usual = "354 go on" if phase == "data" else "250 ok"
    with Server(script={phase: [f"{usual}\r\n{more}"], "dot": "554 no"}) as server:
        results = send(server, to(1), to(2))
    assert [result.ending for result in results][-1:] == [Ending.REFUSED] or phase == "ehlo"
    assert results[0].ending is Ending.PUT_OFF
    assert Ending.ACCEPTED not in [result.ending for result in results]


@pytest.mark.parametrize("wait", [0.0, 0.02])
def test_s9_an_answer_out_of_turn_that_comes_late_moves_no_other_mails_answer(wait: float) -> None:
    """Written by hand, since this server speaks while nobody asked it: before, during and after the next MAIL."""
    with late_second_answer(wait) as (port, taken):
        results: list[Result] = []

        async def begin() -> bytes:
            return MESSAGE

        async def work() -> None:
            waiting = [to(number) for number in range(4)]
            while waiting:
                async with session(account(port)) as client:
                    while waiting and client.is_connected:
                        results.append(await smtp.deliver(client, SAM.email, waiting.pop(0), begin))

        asyncio.run(work())
    assert len(results) == 4
    accepted = [to(number) for number, result in enumerate(results) if result.ending is Ending.ACCEPTED]
    assert accepted == taken


@contextlib.contextmanager
def late_second_answer(wait: float) -> Iterator[tuple[int, list[str]]]:
    """Takes each mail, and says so once more when the next command has come; refuses the mail to n2 at RCPT."""
    taken: list[str] = []
    pause = threading.Event()

    def converse(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 hello\r\n")
            owed = recipient = ""
            while line := lines.readline().decode().strip():
                if owed:
                    connection.sendall(owed.encode() + b"\r\n")
                    pause.wait(wait)
                    owed = ""
                if line.startswith("RCPT"):
                    recipient = line.partition("<")[2].rstrip(">")
                    connection.sendall(b"550 no\r\n" if recipient == to(2) else b"250 ok\r\n")
                elif line == "DATA" and recipient:
                    connection.sendall(b"354 go on\r\n")
                    while lines.readline() != b".\r\n":
                        pass
                    taken.append(recipient)
                    owed, recipient = "250 kept, again", ""
                    connection.sendall(b"250 kept\r\n")
                else:
                    connection.sendall(b"250 ok\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1], taken
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        ({"rcpt": "251 will forward"}, Ending.ACCEPTED),
        ({"rcpt": "252 cannot say"}, Ending.PUT_OFF),
        ({"dot": "251 kept somewhere"}, Ending.IN_DOUBT),
        ({"dot": "250-kept\r\n250-and more\r\n250 done"}, Ending.ACCEPTED),
        ({"dot": "250"}, Ending.ACCEPTED),
        ({"dot": "250-kept\r\n554 or not"}, Ending.REFUSED),
        ({"rcpt": "250-ok\r\n250 ok"}, Ending.ACCEPTED),
        ({"data": "250 ok"}, Ending.PUT_OFF),
        ({"mail": "what?"}, Ending.PUT_OFF),
        ({"rcpt": "\0\0\0"}, Ending.PUT_OFF),
        ({"data": "2x0"}, Ending.PUT_OFF),
        ({"dot": "what?"}, Ending.IN_DOUBT),
        ({"dot": "\0"}, Ending.IN_DOUBT),
        ({"dot": "25\x000 ok"}, Ending.IN_DOUBT),
        ({"dot": "250 ok \0\x1b[31m"}, Ending.ACCEPTED),
        ({"dot": "-50 ok"}, Ending.IN_DOUBT),
    ],
)
def test_s9_answers_are_read_strictly_and_nothing_unreadable_is_a_yes(script: dict[str, str], ending: Ending) -> None:
    with Server(script=script) as server:
        result = send_one(server)
    assert result.ending is ending
    assert result.words.isprintable()
    assert "-1" not in result.words


@pytest.mark.parametrize(("phase", "ending"), [("mail", Ending.PUT_OFF), ("dot", Ending.IN_DOUBT)])
@pytest.mark.parametrize("flood", [b"250 " + b"x" * 10_000_000, b"250-more\r\n" * 1_000_000])
def test_s9_an_answer_of_ten_megabytes_is_not_kept_in_memory(phase: str, ending: Ending, flood: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Server(script={phase: flood}) as server:
        result = send_one(server)
    assert result.ending is ending
    assert len(result.words) <= 300
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4_000


@pytest.mark.usefixtures("short")
def test_s9_a_byte_now_and_then_is_waited_for_as_long_as_an_answer_and_no_longer() -> None:
    with Server(between_bytes=0.001) as server:
        assert send_one(server).ending is Ending.ACCEPTED
    with Server(between_bytes=0.4) as server:
        assert send_one(server).ending is Ending.PUT_OFF


# S11


def test_s11_what_was_said_before_tls_is_forgotten(safe: ssl.SSLContext) -> None:
    injected = "220 go on\r\n250-evil\r\n250-AUTH PLAIN\r\n250 ok\r\n235 welcome\r\n550 no"
    with Server(tls=safe, password="secret", script={"starttls": injected, "auth": "535 no"}) as server:
        result = log_in(server)
    assert (result.ending, result.phase, result.words) == (Ending.REFUSED, Phase.LOGIN, "535 no")
    assert server.commands.count("EHLO [127.0.0.1]") == 2
    assert server.mails == []


# S12


@pytest.mark.parametrize("offers", [("SMTPUTF8", "8BITMIME"), ()])
@pytest.mark.parametrize("recipient", ["jörg@example.org", "ines roe@example.org", "ines@" + "x" * 70 + ".example"])
def test_s12_an_address_that_cannot_be_carried_is_refused_and_the_next_mail_goes(
    offers: tuple[str, ...], recipient: str
) -> None:
    with Server(offers=offers) as server:
        first, second = send(server, recipient, to(2))
    assert (first.ending, first.phase) == (Ending.REFUSED, Phase.RCPT)
    assert "such an address" in first.words
    assert second.ending is Ending.ACCEPTED
    assert [mail.recipient for mail in server.mails] == [to(2)]


def test_s12_a_domain_of_another_alphabet_goes_by_its_name_in_ascii() -> None:
    with Server() as server:
        assert send_one(server, "ines@bücher.example.org").ending is Ending.ACCEPTED
    assert server.mails[0].recipient == "ines@xn--bcher-kva.example.org"


def test_s12_where_no_8bitmime_is_offered_the_mail_has_seven_bits() -> None:
    text = Text(subject="Grüße an Zoë – und 東京", text="Für Ihre Zeit: danke schön. 東京\n")
    message = mime.write(sealing.mail(SAM, text, "ines@bücher.example.org", mime.new_message_id(SAM)))
    with Server(offers=()) as server:
        assert send_one(server, message=message).ending is Ending.ACCEPTED
    assert server.mails[0].data.isascii()
    assert read(server.mails[0].data) == text


def test_s12_a_server_that_takes_no_such_size_refuses_and_says_so() -> None:
    with Server(offers=("SIZE 10",), script={"dot": "552 5.3.4 too big"}) as server:
        result = send_one(server)
    assert (result.ending, result.words) == (Ending.REFUSED, "552 5.3.4 too big")


def read(data: bytes) -> Text:
    """As a mail program decodes it; CR LF is how mail says the end of a line."""
    message = email.message_from_bytes(data, policy=policy.default)
    return Text(subject=message["Subject"], text=message.get_content().replace("\r\n", "\n"))


# S13


LINES = st.one_of(
    st.sampled_from(["", ".", "..", ". a", ".\t", "From me", "=20", " ", "x" * 998, "x" * 2_500, "東京" * 700]),
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(LINES, min_size=1, max_size=6))
def test_s13_every_text_arrives_as_it_was_written(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    written = Text(subject="Hello", text=text)
    message = mime.write(sealing.mail(SAM, written, "ines@example.org", mime.new_message_id(SAM)))
    with Server() as server:
        assert send_one(server, message=message).ending is Ending.ACCEPTED
    data = server.mails[-1].data
    assert data == message
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert read(data) == written


@pytest.mark.parametrize(
    "body", [b"", b"a\n.\nb", b"a\r.\rb", b".", b"..", b"a\r\n.\r\n", b"no end of line", b"\n.\r\n"]
)
def test_s13_no_line_end_within_a_mail_ends_it(body: bytes) -> None:
    message = b"Subject: Hello\r\n\r\n" + body
    with Server() as server:
        one, other = send(server, to(1), to(2), message=message)
    assert (one.ending, other.ending) == (Ending.ACCEPTED, Ending.ACCEPTED)
    assert [mail.data.splitlines() for mail in server.mails] == [message.splitlines()] * 2


# N


def severed(need: Need, what: str) -> dict[str, Any]:
    words = [*need.network(), sys.executable, "-m", "tests.wire.severed", what]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2], timeout=60)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("phase", "ending", "kept"),
    [
        ("connect", Ending.PUT_OFF, 0),
        ("greeting", Ending.PUT_OFF, 0),
        ("ehlo", Ending.PUT_OFF, 0),
        ("mail", Ending.PUT_OFF, 0),
        ("rcpt", Ending.PUT_OFF, 0),
        ("data", Ending.PUT_OFF, 0),
        ("text", Ending.IN_DOUBT, 0),
        ("dot", Ending.IN_DOUBT, 1),
    ],
)
def test_n1_a_cable_pulled_in_any_phase_is_put_off_before_the_text_and_a_doubt_after_it(
    need: Need, phase: str, ending: Ending, kept: int
) -> None:
    told = severed(need, phase)
    assert (told["ending"], told["kept"]) == (ending, kept)


def test_n2_a_dead_ipv6_address_does_not_keep_the_mail_from_the_living_one(need: Need) -> None:
    told = severed(need, "hosts")
    assert told["first"] == socket.AF_INET6
    assert (told["ending"], told["kept"]) == (Ending.ACCEPTED, 1)


def test_n2_a_name_server_that_never_answers_is_not_waited_for_without_end(need: Need) -> None:
    told = severed(need, "dns")
    assert (told["ending"], told["phase"]) == (Ending.PUT_OFF, Phase.CONNECT)
    assert "name resolution" in told["words"]
