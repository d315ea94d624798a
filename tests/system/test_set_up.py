"""Set-up and distribution: doctor, service, unattended init, and the wheel outside the checkout."""

import os
import subprocess
import sys
import venv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from followup import config
from tests.conftest import Need
from tests.desk import ACME, BIRCH, CEDAR, COMMAND, Desk, rejected
from tests.smtp_server import Server

ROOT = Path(__file__).parents[2]


def test_doctor_says_ok_line_by_line_and_sends_nothing(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.save(rejected(ACME), BIRCH)
        desk.ok("tick")
        said = desk.ok("doctor")
    assert "All is well." in said
    for told in (
        "Settings: ",
        "Clock: it is ",
        "2 applications (1 rejected, 1 open)",
        "company is read from 'Company', such as 'Acme Tools'",
        "Templates: ",
        "Store: ",
        "Mail account: 127.0.0.1",
        "Running: the last tick was",
    ):
        assert f"ok  {told}" in said.replace("ok    ", "ok  ") or told in said, told
    assert server.mails == []
    assert not any(command.startswith(("MAIL", "DATA")) for command in server.commands)


def test_doctor_names_each_problem_and_what_to_do_and_ends_with_one(desk: Desk) -> None:
    desk.write_settings(COUNTRY="XX", SMTP_HOST="127.0.0.1", SMTP_PORT="1", SMTP_SECURITY="none")
    result = desk.run("doctor")
    assert result.returncode == 1
    for told in ("There is no file", "holidays of XX", "nothing answers on port 1", "followup service --install"):
        assert told in result.stdout, told
    assert "need you" in result.stderr


def test_init_runs_unattended_with_options_and_again_to_change_some(desk: Desk) -> None:
    desk.save(rejected(ACME), CEDAR)
    desk.config.unlink()
    password = "it's $ecret #1\\"
    with Server(password=password) as server:
        said = desk.ok(
            "init", "--name", "Sam O'Neill", "--email", "sam@example.org", "--tracker", str(desk.tracker),
            "--timezone", "America/New_York", "--smtp-host", f"smtp://127.0.0.1:{server.port}",
            "--smtp-security", "none", "--smtp-username", "sam", "--smtp-password-stdin", given=f"{password}\n",
        )  # fmt: skip
    assert "1 rejection was there before" in said
    assert desk.config.stat().st_mode & 0o777 == 0o600
    settings = config.load(desk.config, {})
    assert settings.person.name == "Sam O'Neill"
    assert settings.person.zone.key == "America/New_York"
    assert (settings.smtp_host, settings.smtp_port) == ("127.0.0.1", server.port)
    assert settings.smtp_password == password
    assert "ecret" not in repr(settings)
    desk.config.write_text(desk.config.read_text() + "# mine\nFOLLOWUP_GAP=7\n")
    before = desk.config.read_text()
    desk.ok("init", "--country", "DE")
    assert desk.config.read_text() == before.replace("FOLLOWUP_COUNTRY=US", "FOLLOWUP_COUNTRY=DE")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"", "Nothing came on the standard input, so the password stays as it was."),
        (b"\n", "Nothing came on the standard input"),
        (b" \xc2\xa0\r\n", "Nothing came on the standard input"),
        ("pa\u00dfwort\n".encode("latin-1"), "The password on the standard input is not in UTF-8"),
    ],
)
def test_a_stored_password_stays_where_none_comes_on_the_standard_input(desk: Desk, given: bytes, told: str) -> None:
    desk.write_settings(SMTP_HOST="127.0.0.1", SMTP_PORT="1", SMTP_SECURITY="none", SMTP_PASSWORD="stored")
    before = desk.config.read_bytes()
    result = subprocess.run(
        [*COMMAND, "init", "--country", "DE", "--smtp-password-stdin"],
        input=given, capture_output=True, env=desk.environment(), cwd=desk.folder, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert told in result.stderr.decode()
    assert "file" not in result.stderr.decode()
    assert desk.config.read_bytes() == before


def test_init_refuses_wrong_answers_all_at_once_and_leaves_no_half_settings(desk: Desk) -> None:
    desk.config.unlink()
    result = desk.run(
        "init", "--name", "Sam", "--email", "nowhere", "--tracker", str(desk.tracker), "--timezone", "London",
        "--country", "Europe/London", "--smtp-port", "x",
    )  # fmt: skip
    assert result.returncode == 2
    for told in ("'nowhere' is no mail address", "Did you mean Europe/London?", "is no country", "'x' is no port"):
        assert told in result.stderr, told
    assert list(desk.config.parent.iterdir()) == []
    missing = desk.run("init", "--name", "Sam")
    assert missing.returncode == 2
    assert "--email" in missing.stderr


def test_init_that_cannot_reach_the_sheet_or_the_server_keeps_the_settings_and_is_no_success(desk: Desk) -> None:
    desk.config.unlink()
    needed = ("init", "--name", "Sam", "--email", "sam@example.org", "--tracker", str(desk.tracker))
    result = desk.run(*needed, "--smtp-host", "127.0.0.1:1", "--smtp-security", "none", "--smtp-password", "canary")
    assert result.returncode == 1
    for told in ("Your settings are kept", "nothing answers on port 1", "There is no file", "--smtp-password-stdin"):
        assert told in result.stderr, told
    assert "canary" not in result.stderr
    assert config.load(desk.config, {}).smtp_port == 1


def test_service_shows_a_unit_and_a_crontab_line_for_these_settings(desk: Desk) -> None:
    unit = desk.ok("service", "--with", "systemd")
    assert f"ExecStart={sys.executable} -m followup --config {desk.config} run" in unit
    line = desk.ok("service", "--with", "cron")
    assert f"*/5 * * * * {sys.executable} -m followup --config {desk.config} tick" in line


def test_service_installs_a_crontab_line_beside_others_and_checks_that_it_ticks(desk: Desk, need: Need) -> None:
    need("crontab")
    if not os.environ.get("FOLLOWUP_TEST_ALL"):
        pytest.skip("it would touch your own crontab")
    desk.save(CEDAR)
    before = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)
    try:
        subprocess.run(["crontab", "-"], input="# mine\n0 4 * * * true\n", text=True, check=True)
        since = datetime.now(UTC)
        for _ in range(2):
            said = desk.ok("service", "--install", "--with", "cron")
            assert "it ticks" in said
        table = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=True).stdout
        assert table.count("-m followup") == 1
        assert "0 4 * * * true" in table
        assert datetime.fromisoformat(desk.json("status")["last_tick"]) >= since
    finally:
        if before.returncode == 0:
            subprocess.run(["crontab", "-"], input=before.stdout, text=True, check=True)
        else:
            subprocess.run(["crontab", "-r"], check=True)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_wheel_runs_the_demo_in_a_fresh_environment_outside_the_checkout(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(wheels), str(ROOT)], check=True, capture_output=True
    )
    (wheel,) = wheels.glob("*.whl")
    place = tmp_path / "fresh"
    venv.create(place, with_pip=True)
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"{wheel}[demo]"], check=True, capture_output=True)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("FOLLOWUP", "PYTHON"))}
    command = str(place / "bin" / "followup")
    result = subprocess.run(
        [command, "demo", "--folder", str(tmp_path / "shown")],
        capture_output=True,
        text=True,
        env=plain,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "This is what the mail server received" in result.stdout
    where = subprocess.run(
        [str(place / "bin" / "python"), "-c", "from followup import assembly; print(assembly.shipped_templates())"],
        capture_output=True,
        text=True,
        env=plain,
        cwd=tmp_path,
        check=True,
    ).stdout
    assert str(place) in where


def test_the_demo_says_what_it_needs_where_that_is_not_installed(tmp_path: Path) -> None:
    without = (
        "import sys; sys.modules['aiosmtpd'] = None; sys.argv[1:] = ['demo', '--folder', 'shown']\n"
        "from followup.cli import main; sys.exit(main())"
    )
    result = subprocess.run(
        [sys.executable, "-c", without], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "pipx inject followup aiosmtpd" in result.stderr
    assert not (tmp_path / "shown").exists()


def test_an_untouched_tracker_costs_one_stat_and_no_read(desk: Desk, need: Need) -> None:
    strace = need("strace")
    desk.save(CEDAR)
    desk.ok("scan")
    trace = desk.folder / "trace"
    subprocess.run(
        [strace, "-f", "-o", str(trace), "-e", "trace=file", *COMMAND, "scan"],
        env=desk.environment(),
        check=True,
        capture_output=True,
        timeout=60,
    )
    calls = [line for line in trace.read_text().splitlines() if "applications.csv" in line]
    assert len(calls) == 1, calls
    assert "stat" in calls[0]
