"""`mail/` against a server that misbehaves on command: each ending and phase, and what the server really has."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from followup.mail import smtp
from followup.mail.result import Ending, Phase, Result
from followup.mail.session import session
from followup.model.person import Account, Security
from tests.smtp_server import Server

MESSAGE = b"Subject: Hello\r\n\r\n.a line that begins with a dot\r\n" + b"x" * 900 + b"\r\n"


def send(
    server: Server, security: Security = Security.NONE, password: str | None = None, token: str | None = None
) -> Result:
    account = Account(
        host="localhost",
        port=server.port,
        security=security,
        username="sam" if password or token else None,
        password=password,
        token=token,
    )
    return asyncio.run(smtp.send_one(account, "sam@example.org", "ines@example.org", MESSAGE))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return authority


def context(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(made)
    return made


def test_a_mail_arrives_byte_for_byte() -> None:
    with Server() as server:
        result = send(server)
    assert (result.ending, result.phase) == (Ending.ACCEPTED, Phase.DATA)
    assert [(mail.sender, mail.recipient, mail.data) for mail in server.mails] == [
        ("sam@example.org", "ines@example.org", MESSAGE)
    ]


def test_the_greeting_does_not_name_the_machine() -> None:
    with Server() as server:
        send(server)
    assert server.commands[0] == "EHLO [127.0.0.1]"


@pytest.mark.parametrize(
    ("fault", "script", "ending", "phase"),
    [
        ("S2", {"greeting": "421 too busy"}, Ending.PUT_OFF, Phase.CONNECT),
        ("S2", {"greeting": "drop"}, Ending.PUT_OFF, Phase.CONNECT),
        ("S3", {"mail": "451 later"}, Ending.PUT_OFF, Phase.MAIL),
        ("S3", {"rcpt": "450 greylisted"}, Ending.PUT_OFF, Phase.RCPT),
        ("S3", {"data": "451 later"}, Ending.PUT_OFF, Phase.DATA),
        ("S3", {"dot": "451 later"}, Ending.PUT_OFF, Phase.DATA),
        ("S4", {"mail": "553 not you"}, Ending.REFUSED, Phase.MAIL),
        ("S4", {"rcpt": "550 nobody here"}, Ending.REFUSED, Phase.RCPT),
        ("S4", {"dot": "554 no"}, Ending.REFUSED, Phase.DATA),
        ("S7", {"mail": "drop"}, Ending.PUT_OFF, Phase.MAIL),
        ("S7", {"rcpt": "reset"}, Ending.PUT_OFF, Phase.RCPT),
        ("S7", {"dot": "drop"}, Ending.IN_DOUBT, Phase.DATA),
        ("S7", {"dot": "reset"}, Ending.IN_DOUBT, Phase.DATA),
        ("S7", {"dot": "25"}, Ending.IN_DOUBT, Phase.DATA),
        ("S9", {"dot": "garbage"}, Ending.IN_DOUBT, Phase.DATA),
        ("S14", {"mail": "421 4.7.0 too many"}, Ending.PUT_OFF, Phase.MAIL),
    ],
)
def test_each_fault_of_the_server_ends_in_its_own_way(
    fault: str, script: dict[str, str], ending: Ending, phase: Phase
) -> None:
    with Server(script=script) as server:
        result = send(server)
    assert (result.ending, result.phase) == (ending, phase), fault
    assert server.mails == []


def test_p4_a_mail_that_was_kept_but_never_confirmed_is_in_doubt() -> None:
    with Server(script={"dot": "accept-drop"}) as server:
        result = send(server)
    assert result.ending is Ending.IN_DOUBT
    assert len(server.mails) == 1


@pytest.mark.parametrize("quit_reply", ["421 too busy", "drop", "reset"])
def test_s2_what_happens_at_quit_does_not_unsend_a_mail(quit_reply: str) -> None:
    with Server(script={"quit": quit_reply}) as server:
        assert send(server).ending is Ending.ACCEPTED
    assert len(server.mails) == 1


def test_nothing_is_sent_when_the_letter_is_called_off_before_data() -> None:
    async def nothing() -> None:
        pass

    async def attempt(account: Account) -> Result:
        async with session(account) as client:
            return await smtp.deliver(client, "sam@example.org", "ines@example.org", nothing)

    with Server() as server:
        account = Account(host="127.0.0.1", port=server.port, security=Security.NONE)
        result = asyncio.run(attempt(account))
    assert result.ending is Ending.CALLED_OFF
    assert "DATA" not in server.commands
    assert "RSET" in server.commands


def test_s1_a_refused_connection_is_put_off_with_the_reason() -> None:
    with Server() as server:
        port = server.port
    account = Account(host="127.0.0.1", port=port, security=Security.NONE)
    result = asyncio.run(smtp.send_one(account, "sam@example.org", "ines@example.org", MESSAGE))
    assert (result.ending, result.phase) == (Ending.PUT_OFF, Phase.CONNECT)
    assert "Connect call failed" in result.words


@pytest.mark.parametrize("implicit", [False, True])
def test_with_tls_and_the_right_password_the_mail_goes(trusted: trustme.CA, implicit: bool) -> None:
    security = Security.TLS if implicit else Security.STARTTLS
    with Server(tls=context(trusted), implicit_tls=implicit, password="right") as server:
        assert send(server, security, "right").ending is Ending.ACCEPTED
    assert len(server.mails) == 1


def test_s5_a_wrong_password_is_refused_at_login(trusted: trustme.CA) -> None:
    with Server(tls=context(trusted), password="right") as server:
        result = send(server, Security.STARTTLS, "wrong")
    assert (result.ending, result.phase) == (Ending.REFUSED, Phase.LOGIN)
    assert sum(command.startswith("AUTH") for command in server.commands) >= 1
    assert server.mails == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("token", "ending"), [("fresh", Ending.ACCEPTED), ("stale", Ending.REFUSED)])
def test_s5_a_token_logs_in_instead_of_a_password(trusted: trustme.CA, token: str, ending: Ending) -> None:
    with Server(tls=context(trusted), password="fresh") as server:
        result = send(server, Security.STARTTLS, token=token)
    assert result.ending is ending
    assert [command.split()[:2] for command in server.commands if command.startswith("AUTH")] == [["AUTH", "XOAUTH2"]]
    assert len(server.mails) == (ending is Ending.ACCEPTED)


def test_p19_s10_an_expired_certificate_means_no_login_and_no_mail(trusted: trustme.CA) -> None:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trusted.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(made)
    with Server(tls=made, password="right") as server:
        result = send(server, Security.STARTTLS, "right")
    assert (result.phase, server.mails) == (Phase.TLS, [])
    assert "expired" in result.words
    assert not any(command.startswith("AUTH") for command in server.commands)


def test_p19_s10_a_stripped_starttls_means_no_login_and_no_mail() -> None:
    with Server(password="right") as server:
        result = send(server, Security.STARTTLS, "right")
    assert result.phase is Phase.TLS
    assert [c for c in server.commands if c.startswith(("AUTH", "MAIL"))] == []


@pytest.mark.parametrize("implicit", [False, True])
def test_p19_s10_an_untrusted_certificate_means_no_login_and_no_mail(authority: trustme.CA, implicit: bool) -> None:
    security = Security.TLS if implicit else Security.STARTTLS
    with Server(tls=context(authority), implicit_tls=implicit, password="right") as server:
        result = send(server, security, "right")
    assert result.phase is Phase.TLS
    assert "certificate" in result.words.lower()
    assert [c for c in server.commands if c.startswith(("AUTH", "MAIL"))] == []


def test_p19_s10_a_certificate_for_another_host_means_no_login_and_no_mail(trusted: trustme.CA) -> None:
    with Server(tls=context(trusted, "elsewhere.example.org"), password="right") as server:
        result = send(server, Security.STARTTLS, "right")
    assert result.phase is Phase.TLS
    assert [c for c in server.commands if c.startswith(("AUTH", "MAIL"))] == []
