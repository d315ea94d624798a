"""Settings and what is made of them: precedence, quoting, secrets, the password command."""

import os
import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup import assembly, config
from followup.errors import UsageError, WorkError
from followup.model.password import as_meant, hidden_in
from followup.model.person import Account, Security
from followup.model.server import Server, server_of


def write(folder: Path, text: str) -> Path:
    file = folder / "config.env"
    file.write_text("FOLLOWUP_NAME=Sam\nFOLLOWUP_EMAIL=sam@example.org\nFOLLOWUP_TRACKER=a.csv\n" + text)
    file.chmod(0o600)
    return file


def test_the_environment_wins_over_the_file_and_other_variables_stay_out(tmp_path: Path) -> None:
    file = write(tmp_path, "FOLLOWUP_LANGUAGE=de\nOTHER=1\n")
    settings = config.load(file, {"FOLLOWUP_LANGUAGE": "en", "FOLLOWUP_TEST_ALL": "1"})
    assert settings.person.language == "en"


def test_the_file_is_found_by_option_then_by_environment_and_never_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "")
    assert config.find("/a/b.env", {"FOLLOWUP_CONFIG": "/c/d.env"}) == Path("/a/b.env")
    assert config.find(None, {"FOLLOWUP_CONFIG": "/c/d.env"}) == Path("/c/d.env")
    assert config.find(None, {}).parent != tmp_path


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465)])
def test_the_port_follows_the_security(tmp_path: Path, security: str, port: int) -> None:
    settings = config.load(write(tmp_path, f"FOLLOWUP_SMTP_SECURITY={security}\n"), {})
    assert (settings.smtp_security, settings.smtp_port) == (Security(security), port)


def test_p18_a_secret_is_in_no_repr(tmp_path: Path) -> None:
    file = write(tmp_path, "FOLLOWUP_SMTP_HOST=mail.example.org\nFOLLOWUP_SMTP_PASSWORD='canary #1'\n")
    settings = config.load(file, {})
    account = assembly.account(settings)
    assert account is not None
    assert account.password == "canary #1"
    assert "canary" not in repr(settings) + repr(account)


def test_a_password_command_is_asked_when_needed_and_sees_none_of_our_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWUP_SMTP_USERNAME", "sam")
    seen = tmp_path / "seen"
    command = tmp_path / "secret"
    command.write_text(f"#!/bin/sh\nenv > {seen}\necho right\necho more\n")
    command.chmod(0o700)
    text = f"FOLLOWUP_SMTP_HOST=mail.example.org\nFOLLOWUP_SMTP_PASSWORD_COMMAND='{command}'\n"
    settings = config.load(write(tmp_path, text), {})
    assert not seen.exists()
    account = assembly.account(settings)
    assert account is not None
    assert account.password == "right"
    assert "FOLLOWUP" not in seen.read_text()


def account_by(folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> Account | None:
    monkeypatch.setenv("FOLLOWUP_SMTP_PASSWORD_COMMAND", command)
    return assembly.account(config.load(write(folder, "FOLLOWUP_SMTP_HOST=mail.example.org\n"), os.environ))


@pytest.mark.parametrize(
    "command",
    ["false", "/no/such/program", "'unclosed", "true", "echo; echo secret", "echo ' '", "printf '\\377\\n'", "kill $$"],
)
def test_a_password_command_that_gives_none_is_one_sentence(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkError, match=r"FOLLOWUP_SMTP_PASSWORD_COMMAND failed.*Try it by hand") as told:
        account_by(tmp_path, command, monkeypatch)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "command",
    [
        "echo 'top secret' | head -1",
        "false || echo top secret",
        "echo one >/dev/null; echo top secret",
        "printf 'top secret\\r\\nuser: sam\\n'",
        "printf 'top secret'",
        'echo "top $(echo secret)"',
        "echo mail >&2; echo top secret",
    ],
)
def test_a_password_command_is_run_by_the_shell_and_its_first_line_is_the_password(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_by(tmp_path, command, monkeypatch)
    assert account is not None
    assert account.password == "top secret"


def test_a_line_that_is_no_setting_is_named_by_its_number(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="line 4: this is not NAME=value"):
        config.load(write(tmp_path, "what is this = ?\n"), {})


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ines@acme.example.org", True),
        ("i.r+jobs@sub.acme.example.org", True),
        ("ines@acme", False),
        ("a@b.example.org, c@d.example.org", False),
        ("Ines <ines@acme.example.org>", False),
        ("ines@acme.example.org\nBcc: x@example.org", False),
        ("@example.org", False),
    ],
)
def test_p10_one_plain_address_and_nothing_else_is_an_address(text: str, is_one: bool) -> None:
    assert config.is_address(text) is is_one


def test_a_public_holiday_of_the_country_is_no_working_day(tmp_path: Path) -> None:
    german = config.load(write(tmp_path, "FOLLOWUP_COUNTRY=de\n"), {})
    nowhere = config.load(write(tmp_path, ""), {})
    day = date(2026, 12, 25)
    assert not assembly.calendar(german.person).is_working_day(day)
    assert assembly.calendar(nowhere.person).is_working_day(day)


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("abcd\u00a0efgh\u00a0ijkl\u00a0mnop", "abcdefghijklmnop"),
        ("abcd efgh\u202fijkl mnop\u200b", "abcdefghijklmnop"),
        ("\ufeffabcd efgh ijkl mnop", "abcdefghijklmnop"),
        ("abcd efgh ijkl mnop", "abcd efgh ijkl mnop"),
        ("top\u00a0secret", "top\u00a0secret"),
        ("abcd-efgh-ijkl-mnop", "abcd-efgh-ijkl-mnop"),
        ("abcde\u00a0fgh\u00a0ijkl\u00a0mnop", "abcde\u00a0fgh\u00a0ijkl\u00a0mnop"),
        ("\u00a0top secret\u200b", "top secret"),
        (" secret\t", "secret"),
        ("\ufeffsecret\r", "secret"),
        ("abcd-efgh-ijkl-mnop\u00a0", "abcd-efgh-ijkl-mnop"),
        ("abcd-efgh-\u200bijkl-mnop", "abcd-efgh-ijkl-mnop"),
        ("abcd\u2011efgh\u2011ijkl\u2011mnop", "abcd-efgh-ijkl-mnop"),
        ("ABCD\u00a0EFGH\u00a0IJKL\u00a0MNOP", "ABCDEFGHIJKLMNOP"),
        ("abcd\u200befgh\u200bijkl\u200bmnop", "abcdefghijklmnop"),
        ("3f9k\u00a0x2pq\u00a0ab12\u00a0zz9y", "3f9kx2pqab12zz9y"),
    ],
)
def test_the_groups_of_a_pasted_app_password_are_joined_and_nothing_else_is(pasted: str, meant: str) -> None:
    assert as_meant(pasted) == meant


HIDDEN = st.text("\u00a0\u2009\u202f\u200b\u200d\u2060\ufeff\u00ad\t ", max_size=4)


@given(st.text(max_size=30).filter(lambda text: " " not in text), HIDDEN, HIDDEN)
def test_hidden_signs_around_a_password_are_none_of_it(password: str, before: str, after: str) -> None:
    meant = as_meant(password)
    assert as_meant(f"{before}{password}{after}") == meant
    assert as_meant(meant) == meant


@given(st.text(string.ascii_letters + string.digits + string.punctuation + "äß€ ", max_size=30).map(str.strip))
def test_a_password_without_hidden_signs_stays_as_it_is(password: str) -> None:
    assert as_meant(password) == password


@given(
    st.lists(st.text(string.ascii_letters + string.digits, min_size=4, max_size=4), min_size=4, max_size=4), st.data()
)
def test_an_app_password_is_known_whatever_hidden_signs_a_page_left_in_it(
    groups: list[str], data: st.DataObject
) -> None:
    unseen = st.text("\u00a0\u2009\u202f\u200b\u2060\ufeff", min_size=1, max_size=2)
    joined = "".join(data.draw(unseen) + group for group in groups)
    assert as_meant(joined) == "".join(groups)
    hyphened = "-".join(f"{group[:2]}\u200b{group[2:]}" for group in groups)
    assert as_meant(hyphened) == "-".join(groups)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("top\u00a0secret", "its sign 4 is NO-BREAK SPACE"),
        ("secret\u200b", "its sign 7 is ZERO WIDTH SPACE"),
        (" secret", "begins or ends with a blank"),
        ("top secret", "blanks in it"),
        ("secret", None),
    ],
)
def test_what_is_overlooked_in_a_password_is_told_without_it(password: str, told: str | None) -> None:
    found = hidden_in(password)
    assert found is told if told is None else told in str(found)
    assert "secret" not in str(found)


def test_p18_a_password_of_two_lines_is_refused_without_being_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="FOLLOWUP_SMTP_PASSWORD: must be one line") as told:
        config.load(write(tmp_path, ""), {"FOLLOWUP_SMTP_PASSWORD": "canary\nmore"})
    assert "canary" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("mail.example.org", Server("mail.example.org")),
        (" mail.example.org:587 ", Server("mail.example.org", 587)),
        ("smtp://mail.example.org", Server("mail.example.org")),
        ("smtp://mail.example.org:2525/", Server("mail.example.org", 2525)),
        ("smtps://mail.example.org", Server("mail.example.org", None, Security.TLS)),
        ("SSL://mail.example.org:465", Server("mail.example.org", 465, Security.TLS)),
        ("127.0.0.1:25", Server("127.0.0.1", 25)),
        ("::1", Server("::1")),
        ("[::1]:25", Server("::1", 25)),
        ("bücher.example.org", Server("bücher.example.org")),
    ],
)
def test_a_server_is_understood_however_it_is_written(text: str, server: Server) -> None:
    assert server_of(text) == server


@pytest.mark.parametrize(
    "text",
    ["https://mail.example.org", "sam@example.org", "smtp://sam:secret@mail.example.org", "mail example", "host:0",
     "host:99999", "host:smtp", "smtp://", ":25", "a/b"],
)  # fmt: skip
def test_what_is_no_server_is_a_sentence_that_repeats_no_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"server|port") as told:
        server_of(text)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "port", "security"),
    [
        ("SMTP_HOST=mail.example.org:465", 465, Security.TLS),
        ("SMTP_HOST=mail.example.org\nFOLLOWUP_SMTP_PORT=465", 465, Security.TLS),
        ("SMTP_HOST=smtps://mail.example.org", 465, Security.TLS),
        ("SMTP_HOST=smtps://mail.example.org:2465", 2465, Security.TLS),
        ("SMTP_HOST=mail.example.org:2525", 2525, Security.STARTTLS),
        ("SMTP_HOST=mail.example.org:465\nFOLLOWUP_SMTP_SECURITY=starttls", 465, Security.STARTTLS),
    ],
)
def test_port_and_security_may_stand_with_the_host(tmp_path: Path, text: str, port: int, security: Security) -> None:
    settings = config.load(write(tmp_path, f"FOLLOWUP_{text}\n"), {})
    assert (settings.smtp_host, settings.smtp_port, settings.smtp_security) == ("mail.example.org", port, security)


@pytest.mark.parametrize(
    "text", ["SMTP_HOST=h:587\nFOLLOWUP_SMTP_PORT=465", "SMTP_HOST=smtps://h\nFOLLOWUP_SMTP_SECURITY=starttls"]
)
def test_port_or_security_given_twice_and_differently_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="give it once"):
        config.load(write(tmp_path, f"FOLLOWUP_{text}\n"), {})
