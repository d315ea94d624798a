"""Mail to employers is held: by a word, for a copied or restored store, for a clock that went back."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from followup.steps.dispatch import dispatch
from tests.desk import ACME, BIRCH, Desk, wait_until
from tests.smtp_server import Server


def approve(desk: Desk, company: str) -> None:
    letter = desk.letter(company)
    desk.ok("approve", letter["id"], "--digest", letter["digest"])


def _pause_after_the_first(desk: Desk, server: Server) -> None:
    wait_until(lambda: any(command.startswith("DATA") for command in server.commands))
    desk.ok("pause")


def states(desk: Desk) -> dict[str, str]:
    return {one["id"]: one["state"] for one in desk.json("outbox")}


def test_a_pause_stops_mail_in_every_process_and_resume_says_what_goes(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        desk.ok("pause")
        refused = desk.approve_now("Acme Tools")
        assert (refused.returncode, "followup resume" in refused.stderr) == (1, True)
        assert desk.letter("Acme Tools")["state"] == "approved"
        assert "mail to employers is paused" in desk.ok("status")
        assert server.mails == []
        assert "Acme Tools goes" in desk.ok("resume")
        desk.ok("tick")
        assert len(server.mails) == 1


def test_a_pause_in_another_process_stops_what_has_not_begun(desk: Desk) -> None:
    with Server(delay_after_dot=2.0) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        for company in ("Acme Tools", "Birch Paper"):
            approve(desk, company)
        due = max(datetime.fromisoformat(one["not_before"]) for one in desk.json("outbox")) + timedelta(minutes=1)
        with desk.parts(due) as parts, ThreadPoolExecutor() as elsewhere:
            paused = elsewhere.submit(_pause_after_the_first, desk, server)
            dispatch(parts, due)
            paused.result()
    assert len(server.mails) == 1
    assert sorted(one["state"] for one in desk.json("outbox")) == ["approved", "sent"]


def test_p14_c11_a_copied_store_sends_nothing_before_a_word_and_the_first_one_goes_on(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        assert desk.approve_now("Acme Tools").returncode == 0
        copy = desk.config.parent.with_name("copy")
        shutil.copytree(desk.config.parent, copy)
        letter = desk.letter("Birch Paper")
        there = {"FOLLOWUP_CONFIG": str(copy / "config.env")}
        refused = desk.run("approve", letter["id"], "--now", "--digest", letter["digest"], env=there)
        assert (refused.returncode, "copied" in refused.stderr) == (1, True)
        assert len(server.mails) == 1
        assert desk.approve_now("Birch Paper").returncode == 0
        assert len(server.mails) == 2
        refused = desk.run("resume", env=there)
        assert (refused.returncode, "First answer" in refused.stderr) == (1, True)
        desk.run("answer", "Q1", "yes", env=there)
        desk.run("tick", env=there)
        assert desk.run("status", env=there).stdout.count("paused") == 0
        told = " ".join(desk.run("show", letter["id"], env=there).stdout.split())
        assert "where this was copied from" in told
    assert len(server.mails) == 2, "what was approved before the copy has gone from the first place"


def test_p14_c11_a_store_copied_before_anything_went_asks_too(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        letter = desk.letter("Birch Paper")
        copy = desk.config.parent.with_name("copy")
        shutil.copytree(desk.config.parent, copy)
        for config in (copy, desk.config.parent):
            here = {"FOLLOWUP_CONFIG": str(config / "config.env")}
            desk.run("approve", letter["id"], "--now", "--digest", letter["digest"], env=here)
    assert len(server.mails) == 1


def test_p14_a_pause_of_ones_own_outlasts_the_answer_about_a_copy(desk: Desk) -> None:
    there = _copied(desk)
    assert "copied" in desk.run("tick", env=there).stderr
    desk.run("pause", env=there)
    assert desk.run("answer", "Q1", "yes", env=there).returncode == 0
    assert json.loads(desk.run("status", "--json", env=there).stdout)["paused"] == "you paused it"
    assert desk.run("resume", env=there).returncode == 0
    assert json.loads(desk.run("status", "--json", env=there).stdout)["paused"] is None


def test_p14_k2_an_answer_about_the_clock_says_nothing_about_a_copy(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        assert desk.approve_now("Acme Tools").returncode == 0
        approve(desk, "Birch Paper")
        before = datetime.now(UTC) - timedelta(days=3)
        with desk.parts(before) as parts:
            dispatch(parts, before)
        there = _copied(desk)
        assert desk.run("answer", "Q1", "yes", env=there).returncode == 0
        assert "copied" in desk.run("tick", env=there).stderr


def _copied(desk: Desk) -> dict[str, str]:
    """A copy of the settings and the store that has an approved letter; the environment that leads to it."""
    if not (desk.config.parent / "followup.db").exists():
        with Server() as server:
            desk.use_server(server.port)
            desk.with_drafts(ACME, BIRCH)
            assert desk.approve_now("Acme Tools").returncode == 0
            approve(desk, "Birch Paper")
    copy = desk.config.parent.with_name("copy")
    shutil.copytree(desk.config.parent, copy)
    return {"FOLLOWUP_CONFIG": str(copy / "config.env")}


def test_a_moved_folder_is_the_same_place(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        assert desk.approve_now("Acme Tools").returncode == 0
        moved = desk.config.parent.rename(desk.folder / "moved")
        desk.config = moved / "config.env"
        assert desk.approve_now("Birch Paper").returncode == 0
    assert len(server.mails) == 2


def test_k2_a_clock_that_went_back_holds_mail_and_asks(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        assert desk.approve_now("Acme Tools").returncode == 0
        approve(desk, "Birch Paper")
        before = datetime.now(UTC) - timedelta(days=3)
        with desk.parts(before) as parts:
            report = dispatch(parts, before)
        assert report.trouble is not None
        assert "clock" in report.trouble
        assert len(server.mails) == 1
        (question,) = (one for one in desk.json("questions") if one["kind"] == "clock")
        desk.ok("answer", question["id"], "yes")
        assert desk.letter("Birch Paper")["state"] == "approved"
        assert "paused" not in desk.ok("status")


def test_p14_a_backup_made_while_the_daemon_runs_is_whole_and_a_restored_one_asks_first(desk: Desk) -> None:
    saved = desk.folder / "saved.db"
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        with desk.daemon():
            desk.ok("backup", str(saved))
            assert saved.stat().st_mode & 0o077 == 0
            assert desk.run("backup", str(saved)).returncode == 1
            running = desk.run("restore", str(saved))
            assert running.returncode == 1
        before = states(desk)
        desk.ok("discard", "acme")
        assert "followup-before-restore.db" in desk.ok("restore", str(saved))
        assert states(desk) == before
        refused = desk.approve_now("Acme Tools")
        assert (refused.returncode, "copied, restored" in refused.stderr) == (1, True)
        assert server.mails == []
        (question,) = (one for one in desk.json("questions") if one["kind"] == "copied")
        desk.ok("answer", question["id"], "yes")
        desk.ok("tick")
        desk.ok("pause")
        desk.ok("resume")
    assert desk.json("status")["paused"] is None


def test_what_is_no_backup_is_refused_and_changes_nothing(desk: Desk) -> None:
    desk.with_drafts(ACME)
    before = desk.json("outbox")
    junk = desk.folder / "junk.db"
    junk.write_bytes(b"no database at all" * 100)
    for file in (junk, desk.folder / "missing.db", desk.tracker):
        refused = desk.run("restore", str(file))
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
    assert desk.json("outbox") == before


def test_a_restore_keeps_what_holds_for_good_and_says_of_each_draft_that_it_may_have_gone(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        saved = desk.folder / "saved.db"
        desk.ok("backup", str(saved))
        assert desk.approve_now("Acme Tools").returncode == 0
        desk.ok("never", BIRCH.contact)
        desk.ok("restore", str(saved))
        assert "look among your sent mail" in str(desk.letter("Acme Tools")["notes"])
        assert "never to write" in desk.approve_now("Birch Paper").stderr
        assert "To send it all the same: followup approve --again L1" in desk.approve_now("Acme Tools").stderr
        again = ("approve", "L1", "--now", "--again", "--digest", desk.letter("Acme Tools")["digest"])
        assert "Shall letters go from here?" in desk.run(*again).stderr
        (question,) = (one for one in desk.json("questions") if one["kind"] == "copied")
        desk.ok("answer", question["id"], "yes")
        assert "look among your sent mail" in str(desk.letter("Acme Tools")["notes"])
    assert len(server.mails) == 1
