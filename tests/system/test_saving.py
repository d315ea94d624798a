"""However a program saves the tracker, the daemon sees the new state in time and nothing false on the way (P6, P7)."""

import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from followup.daemon import HEARTBEAT_SECONDS
from tests.conftest import Need
from tests.desk import ACME, BIRCH, CEDAR, COMMAND, Desk, rejected, text_of, wait_until
from tests.smtp_server import Server

pytestmark = pytest.mark.slow

ROWS = [ACME, *(replace(CEDAR, company=f"Company {number}") for number in range(12))]
BEFORE = text_of(ROWS)
AFTER = text_of([rejected(ACME), *ROWS[1:]])


def slowly_in_place(file: Path) -> None:
    with file.open("w", newline="") as stream:
        for place in range(0, len(AFTER), 25):
            stream.write(AFTER[place : place + 25])
            stream.flush()
            Event().wait(0.02)


def by_rename(file: Path) -> None:
    new = file.with_name(".applications.csv.tmp")
    new.write_text(AFTER, newline="")
    new.replace(file)


def by_delete_and_create(file: Path) -> None:
    file.unlink()
    Event().wait(0.3)
    file.write_text(AFTER, newline="")


def by_moving_away_and_back(file: Path) -> None:
    backup = file.with_name("applications.csv~")
    file.rename(backup)
    Event().wait(0.3)
    shutil.copyfile(backup, file)
    file.write_text(AFTER, newline="")
    backup.unlink()


def by_a_symbolic_link(file: Path) -> None:
    real = file.with_name("2026-11.csv")
    real.write_text(AFTER, newline="")
    link = file.with_name("link")
    link.symlink_to(real.name)
    link.replace(file)


def by_copying_over(file: Path) -> None:
    other = file.parent.parent / "other.csv"
    other.write_text(AFTER, newline="")
    shutil.copyfile(other, file)


def with_office_files_beside(file: Path) -> None:
    file.with_name(".~lock.applications.csv#").write_text(",sam,desk,23.11.2026 10:00;")
    file.with_name("~$applications.csv").write_bytes(b"\x03Sam" + b"\0" * 50)
    file.with_name("applications (conflicted copy).csv").write_text("Company,Status\nEvil,Rejected\n")
    Event().wait(0.5)
    by_rename(file)
    file.with_name(".~lock.applications.csv#").unlink()


@pytest.mark.parametrize(
    "save",
    [
        slowly_in_place,
        by_rename,
        by_delete_and_create,
        by_moving_away_and_back,
        by_a_symbolic_link,
        by_copying_over,
        with_office_files_beside,
    ],
)
def test_p7_every_way_to_save_is_seen_and_leads_to_one_draft(desk: Desk, save: Callable[[Path], None]) -> None:
    desk.tracker.write_text(BEFORE, newline="")
    desk.ok("scan")
    with desk.daemon():
        wait_until(lambda: desk.json("status")["applications"] == {"open": 13})
        save(desk.tracker)
        wait_until(lambda: len(desk.json("outbox")) == 1, HEARTBEAT_SECONDS / 2)
        Event().wait(0.5)
        assert len(desk.json("outbox")) == 1
    assert desk.json("status")["applications"] == {"open": 12, "rejected": 1}
    assert [entry["what"] for entry in desk.json("log") if entry["what"] in ("row gone", "row back")] == []
    assert desk.json("questions") == []


def test_p6_d1_a_file_that_stays_half_written_for_a_while_changes_nothing(desk: Desk) -> None:
    desk.tracker.write_text(BEFORE, newline="")
    desk.ok("scan")
    with desk.daemon():
        wait_until(lambda: desk.json("status")["daemon"])
        for part in (AFTER[: len(AFTER) // 3], "", AFTER[: len(AFTER) // 2]):
            desk.tracker.write_text(part, newline="")
            Event().wait(1.0)
            assert desk.json("outbox") == []
            assert sum(desk.json("status")["applications"].values()) == 13
        desk.tracker.write_text(AFTER, newline="")
        wait_until(lambda: len(desk.json("outbox")) == 1)
    assert sum(desk.json("status")["applications"].values()) == 13
    assert [one for one in desk.json("questions") if one["answer"] is None] == []


def test_d2_a_replaced_folder_is_watched_again(desk: Desk) -> None:
    desk.tracker.write_text(BEFORE, newline="")
    desk.ok("scan")
    with desk.daemon():
        wait_until(lambda: desk.json("status")["daemon"])
        fresh = desk.folder / "fresh"
        fresh.mkdir()
        (fresh / "applications.csv").write_text(AFTER, newline="")
        desk.tracker.parent.rename(desk.folder / "old")
        fresh.rename(desk.tracker.parent)
        wait_until(lambda: len(desk.json("outbox")) == 1, 60)


def test_d12_without_any_word_of_the_file_system_a_save_is_seen_within_a_minute(desk: Desk, need: Need) -> None:
    strace = need("strace")
    desk.tracker.write_text(BEFORE, newline="")
    desk.ok("scan")
    log = desk.folder / "daemon.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [strace, "-f", "-o", os.devnull, "-e", "inject=inotify_init,inotify_init1:error=EMFILE", *COMMAND, "run"],
            stdout=output,
            stderr=output,
            env=desk.environment(),
            start_new_session=True,
        )
    try:
        wait_until(lambda: desk.json("status")["daemon"])
        by_rename(desk.tracker)
        wait_until(lambda: len(desk.json("outbox")) == 1, 60)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    assert "Traceback" not in log.read_text()


@pytest.mark.timeout(180)
def test_p7_a_save_by_libreoffice_is_seen(desk: Desk, need: Need) -> None:
    office = need("soffice")
    desk.tracker.write_text(BEFORE, newline="")
    desk.ok("scan")
    edited = desk.folder / "edited" / "applications.csv"
    edited.parent.mkdir()
    edited.write_text(AFTER, newline="")
    profile = f"-env:UserInstallation=file://{desk.folder}/profile"
    csv_format = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    with desk.daemon():
        wait_until(lambda: desk.json("status")["applications"] == {"open": 13})
        subprocess.run(
            [
                office,
                profile,
                "--headless",
                "--convert-to",
                csv_format,
                "--outdir",
                str(desk.tracker.parent),
                str(edited),
            ],
            check=True,
            capture_output=True,
            timeout=150,
        )
        wait_until(lambda: len(desk.json("outbox")) == 1)
    assert desk.json("status")["applications"] == {"open": 12, "rejected": 1}


def test_p7_a_save_while_the_daemon_still_works_on_the_one_before_is_noticed_as_soon_as_it_is_done(desk: Desk) -> None:
    with Server(delay_after_dot=1.5) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.ok("pause")
        desk.approve_now("Acme Tools")
        with desk.daemon():
            wait_until(lambda: "paused" in (desk.folder / "daemon.log").read_text())
            desk.ok("resume")
            desk.save(rejected(ACME), BIRCH)
            wait_until(lambda: "DATA" in server.commands)
            desk.save(rejected(ACME), BIRCH, CEDAR)
            wait_until(lambda: "Read 3 applications" in (desk.folder / "daemon.log").read_text())
    assert len(server.mails) == 1


def test_d3_a_tracker_open_and_locked_in_an_office_program_is_read_and_its_lock_files_are_no_trackers(
    desk: Desk,
) -> None:
    desk.save(ACME)
    with desk.daemon():
        wait_until(lambda: desk.json("status")["applications"] == {"open": 1})
        for name in (".~lock.applications.csv#", "~$applications.csv", "applications.csv.tmp"):
            (desk.tracker.parent / name).write_text("Company,Status\nNobody,Rejected\n")
        with desk.tracker.open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            fcntl.lockf(held, fcntl.LOCK_EX)
            desk.tracker.write_text(text_of([rejected(ACME)]))
            wait_until(lambda: [one["company"] for one in desk.json("outbox")] == ["Acme Tools"])
    assert desk.json("status")["applications"] == {"rejected": 1}
