"""What is wrong with a mail account is told apart, with what would work, by servers of each kind."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from followup.mail.diagnosis import Diagnosis, Fault, diagnose
from followup.model.person import Account, Security
from followup.steps import mail_check
from tests.smtp_server import Server

RIGHT = "top secret"


def account(port: int, security: Security, host: str = "localhost", password: str = RIGHT) -> Account:
    return Account(host=host, port=port, security=security, username="sam@example.org", password=password)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def open_ports() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def silent(stack: ExitStack) -> int:
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return int(listener.getsockname()[1])


def closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_an_account_that_logs_in_has_nothing_wrong_with_it(tls: ssl.SSLContext) -> None:
    with Server(password=RIGHT, tls=tls) as server:
        assert diagnose(account(server.port, Security.STARTTLS)) is None
    with Server(password=RIGHT, tls=tls, implicit_tls=True) as server:
        assert diagnose(account(server.port, Security.TLS)) is None


@pytest.mark.slow
def test_security_of_the_other_kind_is_told_with_the_one_that_the_port_speaks(tls: ssl.SSLContext) -> None:
    with Server(password=RIGHT, tls=tls, implicit_tls=True) as server:
        found = diagnose(account(server.port, Security.STARTTLS))
        assert found is not None
        assert (found.fault, found.instead) == (Fault.SECURITY, ((server.port, Security.TLS),))
        said = mail_check.sentence(found, account(server.port, Security.STARTTLS))
    assert f"FOLLOWUP_SMTP_PORT={server.port} and FOLLOWUP_SMTP_SECURITY=tls" in said
    with Server(password=RIGHT, tls=tls) as server:
        found = diagnose(account(server.port, Security.TLS))
        assert found is not None
        assert (found.fault, found.instead) == (Fault.SECURITY, ((server.port, Security.STARTTLS),))
        assert not any(command.startswith("AUTH") for command in server.commands)


def test_a_server_without_tls_is_told_and_given_no_password() -> None:
    with Server(password=RIGHT) as server:
        found = diagnose(account(server.port, Security.STARTTLS))
        assert found is not None
        assert (found.fault, found.instead) == (Fault.SECURITY, ((server.port, Security.NONE),))
        assert not any(command.startswith("AUTH") for command in server.commands)


def test_p19_a_certificate_that_cannot_be_trusted_is_told_as_that(tls: ssl.SSLContext) -> None:
    with Server(password=RIGHT, tls=tls) as server:
        found = diagnose(account(server.port, Security.STARTTLS, host="127.0.0.1"))
        assert found is not None
        assert found.fault is Fault.CERTIFICATE
        assert not any(command.startswith("AUTH") for command in server.commands)


@pytest.mark.parametrize(
    ("password", "overlooked"), [("wrong", None), ("wrong\u00a0one", "its sign 6 is NO-BREAK SPACE")]
)
def test_p18_a_refused_password_is_told_with_what_is_overlooked_in_it_and_without_it(
    tls: ssl.SSLContext, password: str, overlooked: str | None
) -> None:
    with Server(password=RIGHT, tls=tls) as server:
        mine = account(server.port, Security.STARTTLS, password=password)
        found = diagnose(mine)
    assert found is not None
    assert (found.fault, found.overlooked) == (Fault.LOGIN, overlooked)
    said = mail_check.sentence(found, mine)
    assert "sam@example.org was refused" in said
    assert "app password" in said
    assert password not in said


def test_a_server_that_takes_no_log_in_is_told(tls: ssl.SSLContext) -> None:
    with Server(tls=tls) as server:
        found = diagnose(account(server.port, Security.STARTTLS))
    assert found is not None
    assert found.fault is Fault.NO_LOGIN


def test_a_name_that_is_not_there_is_told_as_that() -> None:
    found = diagnose(account(587, Security.STARTTLS, host="no-such-host.invalid"))
    assert found is not None
    assert found.fault is Fault.HOST


@pytest.mark.slow
def test_a_port_that_is_closed_silent_or_no_mail_server_is_told_apart(open_ports: ExitStack) -> None:
    with Server({"greeting": b"SSH-2.0-OpenSSH_9.2\r\n"}) as other:
        for port, fault in (
            (closed(), Fault.PORT),
            (silent(open_ports), Fault.SILENCE),
            (other.port, Fault.NO_MAIL_SERVER),
        ):
            found = diagnose(account(port, Security.STARTTLS))
            assert found is not None
            assert found.fault is fault, found
            assert str(port) in mail_check.sentence(found, account(port, Security.STARTTLS))


def test_a_server_that_is_busy_is_told_as_that(tls: ssl.SSLContext) -> None:
    with Server({"auth": "454 4.7.0 try later"}, password=RIGHT, tls=tls) as server:
        found = diagnose(account(server.port, Security.STARTTLS))
    assert found is not None
    assert found.fault is Fault.SERVER


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize("greeting", ["421 4.3.2 too many connections, try later", "554 5.7.1 go away", "450 not now"])
def test_a_greeting_that_refuses_is_a_mail_servers_whose_port_is_right(
    tls: ssl.SSLContext, security: Security, greeting: str
) -> None:
    with Server({"greeting": greeting}, tls=tls, implicit_tls=security is Security.TLS) as server:
        found = diagnose(account(server.port, security))
        assert server.connections == 1, "a server that has too many connections is not given more"
    assert found == Diagnosis(Fault.SERVER, greeting)
    told = mail_check.sentence(found, account(server.port, security))
    assert f"it does not take mail just now ({greeting})" in told
    assert "port" not in told


def test_a_mail_server_that_refuses_is_one_to_a_client_that_speaks_the_wrong_security_too() -> None:
    with Server({"greeting": "421 4.3.2 too many connections"}) as server:
        found = diagnose(account(server.port, Security.TLS))
    assert found is not None
    assert found.fault is Fault.SECURITY


def test_a_greeting_that_refuses_the_account_is_told_with_what_to_do_about_that() -> None:
    with Server({"greeting": "554 No SMTP service IP address is block listed."}) as server:
        found = diagnose(account(server.port, Security.STARTTLS))
    assert found is not None
    assert "Your provider can tell why" in mail_check.sentence(found, account(server.port, Security.STARTTLS))


@pytest.mark.parametrize("end", ["hang", "drop"])
def test_a_server_that_falls_silent_at_the_log_in_is_told_as_that(tls: ssl.SSLContext, end: str) -> None:
    with Server({"auth": end}, password=RIGHT, tls=tls) as server:
        mine = account(server.port, Security.STARTTLS)
        found = diagnose(mine)
    assert found is not None
    assert found.fault is Fault.LOGIN_SILENCE
    assert "the log-in as sam@example.org got no answer" in mail_check.sentence(found, mine)


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", "FOLLOWUP_SMTP_TOKEN_COMMAND"),
        ("530 5.7.0 Must issue a STARTTLS command first", "FOLLOWUP_SMTP_SECURITY"),
        ("550 5.7.708 Access denied, traffic not accepted from this IP", "Your provider can tell why"),
    ],
)
def test_what_is_refused_at_the_log_in_and_is_no_password_sends_nobody_to_the_password(
    tls: ssl.SSLContext, reply: str, advice: str
) -> None:
    with Server({"auth": reply}, password=RIGHT, tls=tls) as server:
        mine = account(server.port, Security.STARTTLS)
        found = diagnose(mine)
    assert found is not None
    said = mail_check.sentence(found, mine)
    assert advice in said
    assert "app password" not in said


def test_on_this_machine_an_unprotected_server_is_offered_to_a_client_that_asks_it_for_tls() -> None:
    with Server(password=RIGHT) as server:
        mine = account(server.port, Security.TLS, host="127.0.0.1")
        found = diagnose(mine)
    assert found is not None
    assert (found.fault, found.instead) == (Fault.SECURITY, ((server.port, Security.NONE),))
    said = mail_check.sentence(found, mine)
    assert f"FOLLOWUP_SMTP_PORT={server.port} and FOLLOWUP_SMTP_SECURITY=none" in said
    assert "None" not in said


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize("greeting", ["drop", "reset", b"HTTP/1.1 302 Found\r\n", b"\x16\x03\x01\x02"])
def test_no_words_of_a_library_are_told_where_the_connection_breaks(security: Security, greeting: str | bytes) -> None:
    with Server({"greeting": greeting}) as server:
        mine = account(server.port, security)
        found = diagnose(mine)
    assert found is not None
    said = mail_check.sentence(found, mine)
    assert not any(word in said for word in ("None", "Error connecting", "_ssl.c", "Exception")), said


@pytest.mark.parametrize(
    ("username", "token", "told"),
    [
        ("sam@gmail.com", None, "app password instead of your own: myaccount.google.com"),
        ("sam@outlook.com", None, "only an OAuth2 token"),
        ("sam@outlook.com", "token", "a token that is still good"),
        ("sam@example.org", None, "app password instead of your own."),
    ],
)
def test_what_to_log_in_with_is_told_by_provider(username: str, token: str | None, told: str) -> None:
    mine = Account(host="mail", port=587, security=Security.STARTTLS, username=username, token=token)
    said = mail_check.sentence(Diagnosis(Fault.LOGIN, "535 no"), mine)
    assert told in said
    assert "app password" not in said or "app password" in told
