"""What a person's own command or template does without an end ends in a sentence."""

import os
import signal
from pathlib import Path

import pytest

from followup import assembly
from followup.errors import TemplateError, WorkError
from tests.desk import ACME, Desk, wait_until


@pytest.mark.parametrize("command", ["yes", "cat /dev/zero", "echo secret; yes", "yes | cat"])
def test_p18_a_password_command_that_prints_without_an_end_is_stopped(desk: Desk, command: str) -> None:
    desk.write_settings(SMTP_HOST="127.0.0.1", SMTP_USERNAME="sam", SMTP_PASSWORD_COMMAND=command)
    with pytest.raises(WorkError, match="more than a secret"):
        assembly.account(assembly.settings(desk.config))


@pytest.mark.parametrize(
    "command", ["sleep 100", "echo secret; sleep 100", "exec >&-; sleep 100", "while printf x; do sleep 0.05; done"]
)
def test_p18_a_password_command_that_hangs_is_stopped(
    desk: Desk, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each of these ends the same whatever the limit; the true half minute is waited for below, in the slow ring.
    monkeypatch.setattr(assembly, "PASSWORD_COMMAND_SECONDS", 0.5)
    desk.write_settings(SMTP_HOST="127.0.0.1", SMTP_USERNAME="sam", SMTP_PASSWORD_COMMAND=command)
    with pytest.raises(WorkError, match="timed out"):
        assembly.account(assembly.settings(desk.config))


@pytest.mark.parametrize(
    "command",
    [
        "{child} >/dev/null & until test -s {pid}; do :; done; yes",
        "({child} & wait) >/dev/null & until test -s {pid}; do :; done; yes",
        pytest.param("{child}; true", marks=pytest.mark.slow),
    ],
)
def test_p18_what_a_stopped_password_command_has_started_is_stopped_too(desk: Desk, command: str) -> None:
    pid, script = desk.folder / "pid", desk.folder / "child.sh"
    script.write_text(f"echo $$ >{pid}\nexec sleep 1000\n")
    command = command.format(child=f"sh {script}", pid=pid)
    desk.write_settings(SMTP_HOST="127.0.0.1", SMTP_USERNAME="sam", SMTP_PASSWORD_COMMAND=command)
    with pytest.raises(WorkError, match=r"timed out|more than a secret"):
        assembly.account(assembly.settings(desk.config))
    wait_until(lambda: not Path("/proc", pid.read_text().strip()).exists())


def test_a_password_command_may_leave_an_agent_running_that_keeps_its_output_open(desk: Desk) -> None:
    pid = desk.folder / "pid"
    command = f"sleep 1000 & echo $! >{pid}; echo secret"
    desk.write_settings(SMTP_HOST="127.0.0.1", SMTP_USERNAME="sam", SMTP_PASSWORD_COMMAND=command)
    account = assembly.account(assembly.settings(desk.config))
    os.kill(int(pid.read_text()), signal.SIGTERM)
    assert account is not None
    assert account.password == "secret"


@pytest.mark.parametrize(
    "text",
    [
        "{% include 'letters/en/follow-up.txt.j2' %}",
        "{% extends 'letters/en/follow-up.txt.j2' %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% for one in range(9) %}{% endfor %}",
    ],
)
def test_p25_a_template_without_an_end_is_named_and_stops_nothing_else(desk: Desk, text: str) -> None:
    own = desk.config.parent / "templates" / "letters" / "en"
    own.mkdir(parents=True)
    (own / "feedback-request-interview.txt.j2").write_text(
        "Subject: Hello\n\n" + text.replace("follow-up", "feedback-request-interview")
    )
    desk.save(ACME)
    with desk.parts() as parts:
        templates = parts.templates()
        with pytest.raises(TemplateError, match="feedback-request-interview"):
            templates._render("letters/en/feedback-request-interview.txt.j2", {})
