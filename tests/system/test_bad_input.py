"""Whatever is wrong: one clear sentence of what, where and what to do; the exit code of the design; nothing lost."""

import os
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk import ACME, BIRCH, CEDAR, Desk, rejected, text_of
from tests.smtp_server import Server


def sentence(text: str) -> str:
    assert "Traceback" not in text
    assert text.strip()
    return text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("blank.csv", b"\n\n \n", "the file is empty"),
        ("book.csv", b"PK\x03\x04rest", "a zip archive"),
        ("paper.csv", b"%PDF-1.7\n", "a PDF"),
        ("page.csv", b"<!DOCTYPE html><html><body>no</body></html>", "a web page"),
        ("program.csv", b"import csv\n\nprint('hello')\n", "a Python program"),
        ("conflict.csv", b"<<<<<<< HEAD\nCompany,Status\n=======\n>>>>>>> main\n", "git conflict"),
        ("columns.csv", b"Alpha,Beta\n1,2\n", "no header was recognised"),
        ("noise.csv", os.urandom(3000).replace(b"PK", b"ab"), ""),
    ],
)
def test_a_file_that_is_no_tracker_is_refused_by_what_it_is(desk: Desk, name: str, content: bytes, told: str) -> None:
    file = desk.folder / name
    file.write_bytes(content)
    result = desk.run("preview", str(file))
    assert result.returncode == 1
    assert told in sentence(result.stderr)
    assert desk.run("preview", str(file), "--json").returncode == 1


def test_a_missing_unreadable_or_odd_file_is_told_with_what_to_do(desk: Desk) -> None:
    missing = desk.run("preview", "nothing.csv")
    assert (missing.returncode, "There is no file" in missing.stderr) == (1, True)
    folder = desk.run("preview", str(desk.folder))
    assert (folder.returncode, "Is a directory" in sentence(folder.stderr)) == (1, True)
    fifo = desk.folder / "pipe.csv"
    os.mkfifo(fifo)
    assert desk.run("preview", str(fifo)).returncode == 1
    huge = desk.folder / "huge.csv"
    with huge.open("wb") as stream:
        stream.truncate(70 * 1024 * 1024)
    result = desk.run("preview", str(huge))
    assert (result.returncode, "more than any tracker has" in result.stderr) == (1, True)


def test_preview_needs_no_settings_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.save(rejected(ACME), BIRCH)
    home = tmp_path / "home"
    home.mkdir()
    before = sorted(path for path in tmp_path.rglob("*"))
    result = desk.run(
        "preview", str(desk.tracker), env={"HOME": str(home), "XDG_CONFIG_HOME": str(home), "FOLLOWUP_CONFIG": ""}
    )
    assert result.returncode == 0, result.stderr
    assert "2 applications." in result.stdout
    assert "Dear Ines Roe," in result.stdout
    assert "followup init" in result.stdout.splitlines()[-1]
    assert sorted(path for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"EMAIL": "no address"}, "FOLLOWUP_EMAIL: 'no address' is no mail address"),
        ({"TIMEZONE": "Mars/Base"}, "FOLLOWUP_TIMEZONE: 'Mars/Base' is no time zone"),
        ({"SMTP_PORT": "many"}, "FOLLOWUP_SMTP_PORT: 'many' is no port"),
        ({"SMTP_SECURITY": "hope"}, "must be starttls, tls or none"),
        ({"SMTP_HOST": "mail.example.org", "SMTP_SECURITY": "none"}, "unprotected mail goes to this machine only"),
        ({"SMTP_PASSWORD": "a", "SMTP_PASSWORD_COMMAND": "b"}, "only one of"),
        ({"SMTP_PASSWORD": "a", "SMTP_TOKEN_COMMAND": "b"}, "only one of"),
        ({"LETTERS_A_DAY": "0"}, "number from 1"),
        ({"GAP": "soon"}, "number from 0"),
        ({"QUESTIONS": "salary"}, "is no question"),
        ({"NUDGES": "loud"}, "must be mail, terminal or off"),
        ({"TRAKER": "x.csv"}, "Did you mean FOLLOWUP_TRACKER?"),
        ({"NAME": ""}, "FOLLOWUP_NAME is missing"),
    ],
)
def test_wrong_settings_are_named_with_file_and_line(desk: Desk, changes: dict[str, str], told: str) -> None:
    desk.write_settings(**changes)
    result = desk.run("outbox")
    assert result.returncode == 2
    assert told in sentence(result.stderr)
    assert str(desk.config) in result.stderr


def test_every_problem_of_the_settings_is_told_at_once(desk: Desk) -> None:
    desk.write_settings(EMAIL="no", TIMEZONE="no", SMTP_PORT="no")
    assert len(desk.run("outbox").stderr.splitlines()) == 3


def test_settings_that_others_can_read_are_refused_where_they_hold_a_secret(desk: Desk) -> None:
    desk.config.chmod(0o644)
    desk.ok("outbox")
    desk.write_settings(SMTP_PASSWORD="secret")
    desk.config.chmod(0o644)
    result = desk.run("outbox")
    assert result.returncode == 2
    assert f"chmod 600 {desk.config}" in result.stderr


def test_no_settings_at_all_says_how_to_make_them(desk: Desk) -> None:
    desk.config.unlink()
    result = desk.run("outbox")
    assert result.returncode == 2
    assert "followup init" in result.stderr
    assert "followup preview" in desk.ok()


def test_a_wrong_command_line_is_code_two(desk: Desk) -> None:
    for words in (("fly",), ("show",), ("outbox", "--fast"), ("snooze", "N1", "soon")):
        assert desk.run(*words).returncode in (1, 2)
    assert desk.run("fly").returncode == 2
    assert desk.run("--help").returncode == 0


def test_a_store_from_a_newer_version_is_left_alone(desk: Desk) -> None:
    desk.with_drafts(ACME)
    file = desk.config.parent / "followup.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    result = desk.run("outbox")
    assert result.returncode == 1
    assert "written by a newer followup" in sentence(result.stderr)
    assert "upgrade" in result.stderr


def test_a_damaged_store_is_named_and_nothing_is_sent(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        (desk.config.parent / "followup.db").write_bytes(b"this is no database at all" * 100)
        for name in ("followup.db-wal", "followup.db-shm"):
            (desk.config.parent / name).unlink(missing_ok=True)
        result = desk.run("tick")
    assert result.returncode == 1
    assert "is damaged" in sentence(result.stderr)
    assert server.mails == []


def test_store_and_letters_are_readable_by_the_person_alone(desk: Desk) -> None:
    os.umask(0)
    try:
        desk.with_drafts(ACME)
    finally:
        os.umask(0o022)
    for file in desk.config.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_a_template_with_a_mistake_is_named_by_file_and_line_and_loses_no_rejection(desk: Desk) -> None:
    own = desk.config.parent / "templates" / "letters" / "en"
    own.mkdir(parents=True)
    template = own / "feedback-request.txt.j2"
    for text, line in (("Subject: x\n\n{% if %}\n", "line 3"), ("Subject: x\n\nDear {{ nobody }}\n", "line 3")):
        template.write_text(text)
        desk.save(CEDAR)
        desk.ok("scan")
        desk.save(rejected(CEDAR))
        said = desk.ok("scan")
        assert f"{template}, {line}" in said, said
        assert desk.json("outbox") == []
        assert "!!" in desk.run("doctor").stdout
    template.unlink()
    desk.ok("scan")
    assert desk.letter("Cedar Works")["state"] == "draft"


def test_p25_a_template_that_fails_for_one_letter_stops_none_of_the_others(desk: Desk) -> None:
    own = desk.config.parent / "templates" / "letters" / "en"
    own.mkdir(parents=True)
    (own / "feedback-request.txt.j2").write_text(
        "Subject: x\n\n{{ greeting }} {{ 1 // 0 if company == 'Cedar Works' else company }}\n"
    )
    desk.with_drafts(CEDAR, BIRCH)
    assert [letter["company"] for letter in desk.json("outbox")] == ["Birch Paper"]
    (own / "feedback-request.txt.j2").unlink()
    desk.ok("scan")
    assert len(desk.json("outbox")) == 2


def test_a_playbook_with_a_mistake_is_named_by_file_line_and_key(desk: Desk) -> None:
    desk.save(CEDAR)
    desk.ok("scan")
    own = desk.config.parent / "templates"
    own.mkdir()
    (own / "playbook.toml").write_text('[[rule]]\non = "rejected"\nnudge = "practise"\n')
    desk.save(rejected(CEDAR))
    result = desk.run("scan")
    assert result.returncode == 1
    assert "playbook.toml, rule at line 1: nudge: 'practise' is none of" in sentence(result.stderr)


def test_p25_one_bad_row_never_hides_the_others(desk: Desk) -> None:
    desk.save(ACME, BIRCH)
    desk.ok("scan")
    text = text_of([rejected(ACME), rejected(BIRCH)]).replace("\r\nBirch", "\r\na,b,c,d,e,f,g,h,i,j\r\nBirch")
    desk.tracker.write_text(text)
    said = desk.ok("scan")
    assert "Line 3: it has 10 cells" in said
    assert len(desk.json("outbox")) == 2


def test_x1_what_stands_in_a_cell_is_data_and_never_a_header_or_a_template(desk: Desk) -> None:
    hostile = replace(CEDAR, company="Evil {{ name }} <b>", role="Dev\nBcc: all@example.org\r\nX: \u2028\x1b[31m")
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(hostile)
        desk.ok("edit", "L1", "--to", "lee@cedar.example.org")
        shown = desk.ok("show", "L1")
        result = desk.approve_now(hostile.company)
    assert "\x1b" not in shown
    assert "Evil {{ name }} <b>" in shown
    if result.returncode == 0:
        head = server.mails[0].data.partition(b"\r\n\r\n")[0].decode()
        names = [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in (" ", "\t")]
        assert "Bcc" not in names
        assert [mail.recipient for mail in server.mails] == ["lee@cedar.example.org"]
    else:
        assert "placeholder" in result.stderr


def test_s5_a_wrong_password_is_one_sentence_from_the_doctor(desk: Desk) -> None:
    with Server(password="right") as server:
        desk.write_settings(
            SMTP_HOST="127.0.0.1",
            SMTP_PORT=str(server.port),
            SMTP_SECURITY="none",
            SMTP_USERNAME="sam",
            SMTP_PASSWORD="x",
        )
        desk.save(CEDAR)
        result = desk.run("doctor")
    assert result.returncode == 1
    assert "the log-in as sam was refused" in result.stdout


def test_p18_a_password_is_in_no_output_and_no_file_but_the_settings(desk: Desk) -> None:
    canary = "canary-2718281828"
    with Server() as server:
        desk.write_settings(
            SMTP_HOST="127.0.0.1",
            SMTP_PORT=str(server.port),
            SMTP_SECURITY="none",
            SMTP_USERNAME="sam",
            SMTP_PASSWORD=canary,
        )
        desk.with_drafts(ACME)
        outputs = [desk.run(*words) for words in (("doctor",), ("status",), ("tick",), ("--debug", "outbox"))]
        outputs.append(desk.approve_now("Acme Tools"))
    assert all(canary not in result.stdout + result.stderr for result in outputs)
    for file in desk.folder.rglob("*"):
        if file.is_file() and file != desk.config:
            assert canary.encode() not in file.read_bytes(), file
