"""What cron and systemd make of the lines that are written for them is exactly what was meant."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from followup import config
from followup.cli import autostart, crontab
from followup.errors import UsageError, WorkError
from tests.conftest import Need

NAME = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
NASTY = "a %h %% \\% 50% $HOME ${HOME} $$ `id` $(id) \"b\" 'c' \\ \\\\ ; # & | ~ * ü"


def as_cron_reads(command: str) -> str:
    """crontab(5): the first % that has no backslash ends the command; one that has, loses it."""
    read, escaped = "", False
    for sign in command:
        if escaped:
            read = read[:-1] + sign if sign == "%" else read + sign
            escaped = False
        elif sign == "%":
            break
        else:
            read, escaped = read + sign, sign == "\\"
    return read


def as_systemd_reads(line: str) -> list[str]:
    """systemd.service(5), systemd.unit(5): quotes and C escapes, then specifiers, then variables but for `:`."""
    assert "$" not in line or line.startswith(":")
    words = re.findall(r'"(?:[^"\\]|\\.)*"|[^ "]+', line.removeprefix(":"))
    unquoted = [re.sub(r"\\(.)", r"\1", word[1:-1]) if word[0] == '"' else word for word in words]
    assert all("%" not in word.replace("%%", "") for word in unquoted)
    return [word.replace("%%", "%") for word in unquoted]


@settings(max_examples=40)
@example(NASTY)
@given(NAME)
def test_cron_and_its_shell_get_the_path_that_was_meant(name: str) -> None:
    file = Path("/home/sam") / name
    line = autostart.cron_line(("printf", "%s\\0"), file)
    command = as_cron_reads(line.split(" ", 5)[5])
    assert autostart.command_of_line(line) == command
    shown = subprocess.run(["/bin/sh", "-c", command.removesuffix(" >/dev/null 2>&1")], capture_output=True, check=True)
    assert shown.stdout.decode().split("\0")[:-1] == ["--config", str(file), "tick"]
    assert autostart.ticks(line, file)
    assert not autostart.ticks(line, file.with_name(f"{name}2"))


@example(NASTY)
@given(NAME)
def test_systemd_gets_the_path_that_was_meant(name: str) -> None:
    words = ("/usr/bin/followup", "--config", f"/home/sam/{name}", "run")
    text = autostart.unit(words[:1], Path(words[2]))
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert as_systemd_reads(line) == list(words)
    assert autostart.words_of_unit(text) == list(words)


def test_systemd_itself_finds_nothing_wrong_with_such_a_unit(tmp_path: Path, need: Need) -> None:
    verify = need("systemd-analyze")
    unit = tmp_path / "followup.service"
    unit.write_text(autostart.unit((sys.executable,), tmp_path / NASTY), encoding="utf-8")
    result = subprocess.run(
        [verify, "--user", "--man=no", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert unit.name not in result.stderr


@pytest.mark.parametrize("name", ["new\nline", "tab\t", "\udce9", "\x7f"])
def test_a_path_that_neither_can_hold_is_a_sentence(name: str) -> None:
    for write in (autostart.cron_line, autostart.unit):
        with pytest.raises(UsageError, match="Rename or move it"):
            write(("followup",), Path("/home") / name)


def test_a_path_too_long_for_a_crontab_is_a_sentence() -> None:
    with pytest.raises(WorkError, match="too long"):
        autostart.cron_line(("followup",), Path("/") / ("x" * 990))


def test_each_settings_file_has_a_unit_of_its_own_and_the_usual_one_keeps_its_name() -> None:
    assert autostart.unit_name(config.default_file()) == "followup.service"
    names = {autostart.unit_name(Path(f"/home/{name}/config.env")) for name in "ab"} | {"followup.service"}
    assert len(names) == 3
    assert autostart.unit_name(Path("/home/a/config.env")) in names


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("*/5 * * * * /venv/bin/python -m followup --config /a/config.env tick >/dev/null 2>&1", True),
        ('@hourly followup --config "/a/config.env" tick', True),
        ("# */5 * * * * followup --config /a/config.env tick", False),
        ("*/5 * * * * followup --config /a/config.env2 tick", False),
        ("*/5 * * * * followup --config /a/config.env status", False),
        ("*/5 * * * * echo 'open", False),
        ("PATH=/a/config.env", False),
        ("", False),
    ],
)
def test_a_line_is_known_again_by_its_settings_file(line: str, ours: bool) -> None:
    assert autostart.ticks(line, Path("/a/config.env")) is ours


def test_the_variables_of_a_crontab_are_those_its_lines_run_with() -> None:
    table = '# A=1\nSHELL=/bin/bash\nPATH = "/usr/local/bin:/usr/bin"\n0 4 * * * X=1 true\n'
    assert crontab.variables(table) == {"SHELL": "/bin/bash", "PATH": "/usr/local/bin:/usr/bin"}


@pytest.mark.parametrize(
    ("started", "environment", "refused"),
    [
        ("venv/bin/followup", {}, False),
        (".cache/uv/archive-v0/x/bin/followup", {}, True),
        (".local/share/pipx/.cache/x/bin/followup", {}, True),
        ("Library/Caches/x/bin/followup", {}, True),
        ("uv/archive-v0/x/bin/followup", {"UV_CACHE_DIR": "uv"}, True),
        (".mount_followX/usr/bin/followup", {}, True),
    ],
)
def test_a_program_that_will_be_cleaned_away_is_refused_and_any_other_starts_by_its_own_path(
    tmp_path: Path, started: str, environment: dict[str, str], refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / started
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\ntest -z "$FOLLOWUP_TEST"\n')
    program.chmod(0o700)
    monkeypatch.setenv("FOLLOWUP_TEST", "a variable that cron does not have")
    for name, value in environment.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr(sys, "argv", [str(program)])
    if not refused:
        assert autostart.program() == (str(program),)
        return
    with pytest.raises(WorkError, match="cleaned away"):
        autostart.program()


def test_a_packed_followup_is_started_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zipapp

    source, packed = tmp_path / "source", tmp_path / "followup.pyz"
    source.mkdir()
    (source / "__main__.py").write_text("")
    zipapp.create_archive(source, packed)
    monkeypatch.setattr(sys, "argv", [str(packed)])
    assert autostart.program() == (sys.executable, str(packed))


def test_a_followup_that_does_not_start_outside_this_shell_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "followup"
    program.write_text('#!/bin/sh\ntest -n "$ONLY_HERE"\n')
    program.chmod(0o700)
    monkeypatch.setenv("ONLY_HERE", "1")
    monkeypatch.setattr(sys, "argv", [str(program)])
    with pytest.raises(WorkError, match="does not start by itself"):
        autostart.program()
