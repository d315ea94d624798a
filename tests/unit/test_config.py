"""Settings and what is made of them: precedence, quoting, secrets, the password command."""

from datetime import date
from pathlib import Path

import pytest

from followup import assembly, config
from followup.errors import UsageError, WorkError
from followup.model.person import Security


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


@pytest.mark.parametrize("command", ["false", "/no/such/program", "'unclosed"])
def test_a_password_command_that_fails_is_one_sentence(tmp_path: Path, command: str) -> None:
    text = f'FOLLOWUP_SMTP_HOST=mail.example.org\nFOLLOWUP_SMTP_PASSWORD_COMMAND="{command}"\n'
    with pytest.raises(WorkError, match="FOLLOWUP_SMTP_PASSWORD_COMMAND failed"):
        assembly.account(config.load(write(tmp_path, text), {}))


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
