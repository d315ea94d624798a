"""The main job through the real command: a row turns rejected, a letter waits, is approved, is sent."""

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from followup.steps.dispatch import dispatch
from followup.steps.tick import tick
from tests.conftest import Need
from tests.desk import ACME, BIRCH, CEDAR, COMMAND, Desk, rejected, text_of, wait_until
from tests.smtp_server import Server


def without_date(mail: bytes) -> bytes:
    first, _, rest = mail.partition(b"\r\n")
    assert first.startswith(b"Date: ")
    return rest


def test_p1_what_the_server_gets_is_byte_for_byte_what_was_approved(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        digest = desk.letter("Acme Tools")["digest"]
        shown = desk.ok("show", "acme")
        result = desk.approve_now("Acme Tools")
    assert result.returncode == 0, result.stderr
    assert [(mail.sender, mail.recipient) for mail in server.mails] == [
        ("sam@example.org", "ines.roe@acme.example.org")
    ]
    assert hashlib.sha256(without_date(server.mails[0].data)).hexdigest() == digest
    assert digest in shown
    assert "Dear Ines Roe," in shown
    assert desk.letter("Acme Tools")["state"] == "sent"


def test_p1_nothing_is_sent_that_was_not_approved(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(NUDGES="off")
        desk.with_drafts(ACME, BIRCH)
        for _ in range(2):
            desk.ok("tick")
        assert server.mails == []
        letter = desk.letter("Birch Paper")
        desk.ok("approve", letter["id"], "--digest", letter["digest"])
        due = datetime.fromisoformat(desk.letter("Birch Paper")["not_before"])
        with desk.parts(due + timedelta(hours=2)) as parts:
            dispatch(parts, parts.clock())
    assert [mail.recipient for mail in server.mails] == ["jobs@birch.example.org"]
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_p1_an_edit_takes_the_yes_back_and_the_old_digest_is_refused(desk: Desk) -> None:
    desk.with_drafts(ACME)
    before = desk.letter("Acme Tools")
    desk.ok("approve", before["id"], "--digest", before["digest"])
    desk.ok("edit", before["id"], "--to", "someone.else@acme.example.org")
    after = desk.letter("Acme Tools")
    assert (after["state"], after["to"]) == ("draft", "someone.else@acme.example.org")
    stale = desk.run("approve", before["id"], "--digest", before["digest"])
    assert stale.returncode == 1
    assert "has changed since you saw it" in stale.stderr


def test_p2_d8_an_application_never_gets_a_second_letter(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.approve_now("Acme Tools")
        for row in (ACME, rejected(ACME), replace(rejected(ACME), role="Senior Engineer"), ACME, rejected(ACME)):
            desk.save(row)
            desk.ok("tick")
        again = desk.run("draft", "acme")
    assert len(server.mails) == 1
    assert [letter["state"] for letter in desk.json("outbox")] == ["sent"]
    assert again.returncode == 1
    assert "one ask per application" in again.stderr


def test_p5_the_tracker_is_opened_for_reading_only(desk: Desk, need: Need) -> None:
    strace = need("strace")
    desk.save(ACME)
    desk.ok("scan")
    desk.save(rejected(ACME))
    before = desk.tracker.stat()
    trace = desk.folder / "trace"
    desk_command = [strace, "-f", "-o", str(trace), "-e", "trace=file,flock,ftruncate,fchmod,fchown", *COMMAND, "tick"]
    subprocess.run(desk_command, env=desk.environment(), check=True, timeout=60, capture_output=True)
    lines = [line for line in trace.read_text().splitlines() if "applications.csv" in line]
    opened = [line for line in lines if re.search(r"\bopen(at)?\(", line)]
    assert opened, "the tracker was not opened at all"
    assert all("O_RDONLY" in line for line in opened)
    assert all(re.search(r"\b(open|openat|stat|newfstatat|lstat|readlink|access)\(", line) for line in lines), lines
    after = desk.tracker.stat()
    assert (before.st_ino, before.st_mtime_ns, before.st_size) == (after.st_ino, after.st_mtime_ns, after.st_size)
    assert desk.tracker.read_text() == text_of([rejected(ACME)]).replace("\r\n", "\n")


def test_p6_d7_a_missing_or_emptied_or_halved_tracker_changes_nothing(desk: Desk) -> None:
    rows = [replace(CEDAR, company=f"Company {number}") for number in range(10)]
    desk.with_drafts(*rows[:2])
    desk.save(*map(rejected, rows[:2]), *rows[2:])
    desk.ok("scan")
    outbox = desk.json("outbox")
    whole = desk.tracker.read_bytes()
    for broken in (b"", b"\n", whole[: len(whole) // 2], whole[:5], b"PK\x03\x04 not a sheet", b"\xff\xfe"):
        desk.tracker.write_bytes(broken)
        result = desk.run("scan")
        assert result.returncode == 1, broken
        assert "Traceback" not in result.stderr
        assert desk.json("outbox") == outbox, broken
        assert desk.json("status")["applications"]["open"] == 8, broken
    desk.tracker.unlink()
    gone = desk.run("scan")
    assert "There is no file" in gone.stderr
    assert desk.json("outbox") == outbox
    desk.tracker.write_bytes(whole)
    desk.ok("scan")
    assert desk.json("outbox") == outbox


def test_p8_first_sight_is_a_baseline_and_drafts_nothing_unasked(desk: Desk) -> None:
    desk.save(rejected(ACME), rejected(BIRCH), CEDAR)
    said = desk.ok("scan")
    assert "2 rejections were there before" in said
    assert desk.json("outbox") == []
    questions = desk.json("questions")
    assert [(one["kind"], one["about"]) for one in questions] == [("first_sight", ["A2", "A1"])], "the latest first"
    desk.ok("answer", questions[0]["id"], "2")
    assert len(desk.json("outbox")) == 1
    desk.ok("scan")
    assert len(desk.json("outbox")) == 1


def test_a_row_that_appears_already_rejected_is_a_new_rejection(desk: Desk) -> None:
    desk.save(CEDAR)
    desk.ok("scan")
    desk.save(CEDAR, rejected(ACME))
    desk.ok("scan")
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_p8_d8_more_than_five_new_rejections_at_once_ask_first(desk: Desk) -> None:
    rows = [replace(CEDAR, company=f"Company {number}") for number in range(7)]
    desk.save(*rows)
    desk.ok("scan")
    desk.save(*map(rejected, rows))
    desk.ok("scan")
    assert desk.json("outbox") == []
    burst = next(one for one in desk.json("questions") if one["kind"] == "burst")
    desk.ok("answer", burst["id"], "1,3")
    assert len(desk.json("outbox")) == 2


def test_p6_a_tracker_that_shrank_waits_for_a_word(desk: Desk) -> None:
    rows = [replace(CEDAR, company=f"Company {number}") for number in range(9)]
    desk.save(*rows)
    desk.ok("scan")
    desk.save(*rows[:4], rejected(rows[4]))
    assert desk.run("scan").returncode == 1
    assert desk.json("outbox") == []
    shrunk = next(one for one in desk.json("questions") if one["kind"] == "shrunk")
    desk.ok("answer", shrunk["id"], "yes")
    desk.ok("scan")
    assert desk.letter("Company 4")["state"] == "draft"


def test_p11_a_rejection_taken_back_in_the_sheet_withdraws_the_approved_letter(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        letter = desk.letter("Acme Tools")
        desk.ok("approve", letter["id"], "--digest", letter["digest"])
        desk.save(ACME)
        desk.ok("tick")
        assert desk.letter("Acme Tools")["state"] == "withdrawn"
        desk.save(rejected(ACME))
        desk.ok("tick")
        again = desk.letter("Acme Tools")
    assert (again["state"], again["id"]) == ("draft", letter["id"])
    assert server.mails == []


def edit_by_hand(desk: Desk) -> None:
    """Give the letter to Acme other words, in an editor."""
    editor = desk.folder / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/Thank you/Many thanks/' \"$1\"\n")
    editor.chmod(0o700)
    result = desk.run("edit", "acme", env={"EDITOR": str(editor)})
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("state", ["draft", "edited", "approved", "handed_over", "sent"])
@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("taken back", {"draft": "withdrawn", "edited": "withdrawn", "approved": "withdrawn"}),
        ("row gone", {"approved": "draft"}),
        ("stage", {"approved": "draft"}),
        ("other cell", {}),
    ],
)
def test_p11_the_sheet_is_the_undo_before_and_after_approval_and_after_sending(
    desk: Desk, state: str, edit: str, expected: dict[str, str]
) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        letter = desk.letter("Acme Tools")
        if state == "edited":
            edit_by_hand(desk)
        elif state == "approved":
            desk.ok("approve", letter["id"], "--digest", letter["digest"])
        elif state == "handed_over":
            desk.ok("export", letter["id"])
        elif state == "sent":
            assert desk.approve_now("Acme Tools").returncode == 0
        before = desk.letter("Acme Tools")
        rows = {
            "taken back": [ACME],
            "row gone": [],
            "stage": [replace(ACME, status="Rejected after phone screen", interview="")],
            "other cell": [replace(rejected(ACME), applied="2026-10-02")],
        }
        desk.save(*rows[edit], rejected(BIRCH))
        desk.ok("scan")
        after = desk.letter("Acme Tools")
        assert after["state"] == expected.get(state, before["state"])
        assert (after["digest"] == before["digest"]) == (edit != "stage" or state not in ("draft", "approved"))
        desk.save(rejected(ACME), rejected(BIRCH))
        desk.ok("tick")
        assert desk.letter("Acme Tools")["id"] == before["id"]
    assert len(server.mails) == (state == "sent")


def test_p11_a_row_that_is_gone_holds_the_approved_letter(desk: Desk) -> None:
    desk.with_drafts(ACME, BIRCH)
    letter = desk.letter("Acme Tools")
    desk.ok("approve", letter["id"], "--digest", letter["digest"])
    desk.save(rejected(BIRCH))
    desk.ok("scan")
    held = desk.letter("Acme Tools")
    assert held["state"] == "draft"
    assert any("row is gone" in note["text"] for note in held["notes"])
    desk.save(rejected(BIRCH), rejected(ACME))
    desk.ok("scan")
    back = desk.letter("Acme Tools")
    assert back["state"] == "draft"
    assert not any("row is gone" in note["text"] for note in back["notes"])


def test_d9_an_address_corrected_in_the_sheet_rewrites_a_draft_and_voids_a_yes(desk: Desk) -> None:
    desk.with_drafts(ACME)
    letter = desk.letter("Acme Tools")
    desk.ok("approve", letter["id"], "--digest", letter["digest"])
    desk.save(replace(rejected(ACME), contact="ines@acme.example.org"))
    desk.ok("scan")
    after = desk.letter("Acme Tools")
    assert (after["state"], after["to"]) == ("draft", "ines@acme.example.org")
    assert any("contact" in note["text"] for note in after["notes"])


def test_p11_d9_a_yes_to_the_old_address_is_void_though_a_template_fails_until_it_is_mended(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(NUDGES="off")
        desk.with_drafts(ACME)
        desk.ok("templates", "copy", "feedback-request-interview")
        own = desk.config.parent / "templates" / "letters" / "en" / "feedback-request-interview.txt.j2"
        text = own.read_text()
        due = approved(desk, "Acme Tools")
        own.write_text(text.replace("{{ company }}", "{{ compny }}"))
        desk.save(replace(rejected(ACME), contact="Ines Roe <max@acme.example.org>"))
        for _ in range(2):
            with desk.parts(due) as parts:
                tick(parts)
            held = desk.letter("Acme Tools")
            assert (held["state"], server.mails) == ("draft", [])
            assert any("template could not be filled" in note["text"] for note in held["notes"])
            approved(desk, "Acme Tools")
        assert "'compny' is undefined" in desk.ok("scan")
        own.write_text(text)
        desk.ok("scan")
        mended = desk.letter("Acme Tools")
        assert (mended["state"], mended["to"]) == ("draft", "max@acme.example.org")
        assert [note["text"] for note in mended["notes"]] == ["Changed in your tracker: contact."]
        desk.send("feedback-request", due)
    assert [mail.recipient for mail in server.mails] == ["max@acme.example.org"]


def approved(desk: Desk, company: str) -> datetime:
    """The letter to this company gets its yes; a moment when it is due."""
    letter = desk.letter(company)
    desk.ok("approve", letter["id"], "--digest", letter["digest"])
    return datetime.fromisoformat(desk.letter(company)["not_before"]) + timedelta(minutes=1)


def test_an_edited_draft_keeps_its_words_when_the_sheet_changes(desk: Desk) -> None:
    desk.with_drafts(ACME)
    edit_by_hand(desk)
    desk.save(replace(rejected(ACME), role="Chief Engineer"))
    desk.ok("scan")
    assert "Many thanks" in desk.ok("show", "acme")
    assert any("role" in note["text"] for note in desk.letter("Acme Tools")["notes"])


def test_the_editor_sees_no_secret(desk: Desk) -> None:
    desk.with_drafts(ACME)
    editor = desk.folder / "editor"
    editor.write_text(f"#!/bin/sh\nenv > {desk.folder / 'seen'}\n")
    editor.chmod(0o700)
    desk.run("edit", "acme", env={"EDITOR": str(editor), "FOLLOWUP_SMTP_PASSWORD": "canary-3141"})
    assert "canary-3141" not in (desk.folder / "seen").read_text()
    assert "FOLLOWUP" not in (desk.folder / "seen").read_text()


def test_a_letter_without_an_address_is_handed_over(desk: Desk) -> None:
    desk.with_drafts(CEDAR)
    letter = desk.letter("Cedar Works")
    assert letter["to"] is None
    refused = desk.run("approve", letter["id"], "--digest", letter["digest"])
    assert refused.returncode == 1
    assert "no recipient" in refused.stderr
    said = desk.ok("export", "cedar")
    eml = desk.folder / "L1-cedar-works.eml"
    assert str(eml) in said
    assert "mailto:?subject=" in said
    assert eml.read_bytes().startswith(b"X-Unsent: 1\r\nDate: ")
    assert eml.stat().st_mode & 0o077 == 0
    assert desk.letter("Cedar Works")["state"] == "handed_over"
    assert desk.ok("export", "--text", "cedar").startswith("Dear hiring team,\n")
    desk.ok("sent", "cedar")
    assert desk.letter("Cedar Works")["state"] == "sent"


def test_a_letter_can_be_put_away_and_brought_back(desk: Desk) -> None:
    desk.with_drafts(ACME)
    desk.ok("discard", "acme")
    assert desk.letter("Acme Tools")["state"] == "discarded"
    desk.ok("discard", "--undo", "acme")
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_approving_says_when_it_goes_how_to_take_it_back_and_that_nothing_runs(desk: Desk) -> None:
    desk.use_server(9)
    desk.with_drafts(ACME)
    letter = desk.letter("Acme Tools")
    said = desk.ok("approve", letter["id"], "--digest", letter["digest"])
    assert re.match(r"Goes \w+ \d+ \w{3} about \d+:\d\d\. To take it back: followup unapprove L1\n", said)
    assert "Nothing is running: it goes at the next `followup tick`." in said
    desk.ok("unapprove", "acme")
    assert desk.letter("Acme Tools")["state"] == "draft"
    desk.ok("tick")
    letter = desk.letter("Acme Tools")
    assert "Nothing is running" not in desk.ok("approve", letter["id"], "--digest", letter["digest"])


def test_without_a_terminal_a_yes_needs_the_digest(desk: Desk) -> None:
    desk.with_drafts(ACME)
    result = desk.run("approve", "acme")
    assert result.returncode == 2
    assert "--digest" in result.stderr
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_the_log_tells_the_story_of_an_application_in_sentences(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.approve_now("Acme Tools")
    story = desk.ok("log", "acme")
    told = [
        "saw it in your tracker for the first time",
        "Your tracker said: rejected (it was open).",
        "A letter was drafted (L1), because the tracker says: rejected.",
        "5 nudges were planned.",
        "You said yes to L1.",
        "L1 was sent; the server said: 250 2.0.0 kept.",
    ]
    places = [story.index(sentence) for sentence in told]
    assert places == sorted(places)


def test_the_log_holds_no_names_addresses_or_text(desk: Desk) -> None:
    desk.with_drafts(ACME)
    log = json.dumps(desk.json("log"))
    for private in ("Acme", "Ines", "acme.example.org", "Dear"):
        assert private not in log


def test_the_bare_command_says_in_five_lines_what_needs_you(desk: Desk) -> None:
    desk.with_drafts(ACME, BIRCH)
    lines = desk.ok().splitlines()
    assert len(lines) <= 5
    assert lines[0] == "Needs you: 2 drafts to read."
    assert lines[-1] == "Next: followup review"


@pytest.mark.slow
def test_the_demo_shows_the_whole_main_job(tmp_path: Path) -> None:
    result = subprocess.run(
        [*COMMAND, "demo", "--folder", str(tmp_path / "shown")], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    for told in (
        "nothing is drafted unasked",
        "two drafts wait",
        "approve L",
        "This is what the mail server received",
        "Dear Ines Roe,",
        "takes that letter over",
        "Auto-Submitted: auto-generated",
        "keep-moving" if "keep-moving" in result.stdout else "planned",
    ):
        assert told in result.stdout, told
    assert sorted(file.name for file in (tmp_path / "shown" / "caught").iterdir()) == ["1.eml", "2.eml"]


def test_a_company_that_fits_several_is_asked_back(desk: Desk) -> None:
    desk.with_drafts(replace(ACME, company="North One", contact=""), replace(ACME, company="North Two", contact=""))
    result = desk.run("show", "north")
    assert result.returncode == 1
    assert "fits several: L1 North One (Engineer); L2 North Two (Engineer)" in result.stderr


def test_the_daemon_notices_a_save_by_itself(desk: Desk) -> None:
    desk.save(ACME)
    with desk.daemon():
        wait_until(lambda: desk.json("status")["applications"] == {"open": 1})
        assert desk.json("status")["daemon"] is True
        desk.save(rejected(ACME))
        wait_until(lambda: len(desk.json("outbox")) == 1)
    assert desk.json("status")["daemon"] is False


def test_p7_a_save_in_place_and_a_delete_and_create_are_noticed_too(desk: Desk) -> None:
    desk.save(ACME, BIRCH)
    with desk.daemon():
        wait_until(lambda: desk.json("status")["applications"] == {"open": 2})
        desk.tracker.write_text(text_of([rejected(ACME), BIRCH]))
        wait_until(lambda: len(desk.json("outbox")) == 1)
        desk.tracker.unlink()
        desk.tracker.write_text(text_of([rejected(ACME), rejected(BIRCH)]))
        wait_until(lambda: len(desk.json("outbox")) == 2)


def test_the_folder_can_be_moved(desk: Desk) -> None:
    desk.with_drafts(ACME)
    moved = desk.folder / "elsewhere"
    shutil.move(desk.config.parent, moved)
    desk.config = moved / "config.env"
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_another_tracker_in_the_settings_is_a_new_baseline_and_the_old_letters_go_on(desk: Desk) -> None:
    rows = [replace(CEDAR, company=f"Company {number}") for number in range(5)]
    desk.save(ACME, *rows)
    desk.ok("scan")
    desk.save(rejected(ACME), *rows)
    desk.ok("scan")
    other = desk.folder / "other.csv"
    fresh = [replace(BIRCH, company=f"Other {number}", status="Rejected") for number in range(4)]
    other.write_text(text_of([rejected(ACME), *fresh]))
    desk.write_settings(TRACKER=str(other))
    said = desk.ok("scan")
    assert "5 applications, 5 rejected." in said
    assert [letter["company"] for letter in desk.json("outbox")] == ["Acme Tools"]
    assert desk.letter("Acme Tools")["state"] == "draft"
    asked = [one for one in desk.json("questions") if one["kind"] == "first_sight"]
    assert [len(one["about"]) for one in asked] == [4]
    desk.ok("answer", asked[0]["id"], "all")
    assert len(desk.json("outbox")) == 5


def test_other_cells_of_a_row_change_nothing(desk: Desk) -> None:
    desk.with_drafts(ACME)
    letter = desk.letter("Acme Tools")
    desk.ok("approve", letter["id"], "--digest", letter["digest"])
    desk.save(replace(rejected(ACME), applied="2026-10-02"))
    desk.ok("scan")
    after = desk.letter("Acme Tools")
    assert (after["state"], after["digest"]) == ("approved", letter["digest"])


def test_p9_a_copied_rejected_row_is_asked_about_and_drafted_only_after_a_yes(desk: Desk) -> None:
    desk.with_drafts(ACME)
    desk.save(rejected(ACME), rejected(replace(ACME, contact="ines@acme.example.org")))
    desk.ok("scan")
    assert len(desk.json("outbox")) == 1
    asked = next(one for one in desk.json("questions") if one["kind"] == "identity")
    assert "another one" in asked["text"]
    desk.ok("scan")
    assert len([one for one in desk.json("questions") if one["kind"] == "identity"]) == 1
    assert "L2 for Acme Tools waits for you" in desk.ok("answer", asked["id"], "yes")
    assert len(desk.json("outbox")) == 2


def test_an_answer_applies_at_the_next_look_is_shown_by_the_doctor_and_can_be_taken_back(desk: Desk) -> None:
    desk.save(ACME)
    desk.ok("scan")
    desk.save(replace(ACME, status="Closed"))
    desk.ok("scan")
    assert desk.json("outbox") == []
    asked = desk.json("questions")[0]
    assert (asked["kind"], asked["about"]) == ("outcome", ["Acme Tools"])
    desk.ok("answer", asked["id"], "yes")
    assert desk.json("outbox") == [], "a reading that only got better is a baseline: what stands in it is offered"
    (offer,) = (one for one in desk.json("questions") if "Which shall I write to?" in one["text"])
    desk.ok("answer", offer["id"], "all")
    assert desk.letter("Acme Tools")["state"] == "draft"
    assert f"{asked['id']} is answered 'yes'" in desk.run("doctor").stdout
    desk.ok("answer", asked["id"], "--undo")
    desk.ok("scan")
    assert desk.letter("Acme Tools")["state"] == "withdrawn"
    assert desk.run("answer", asked["id"]).returncode == 2


def test_of_several_addresses_the_chosen_one_gets_the_letter(desk: Desk) -> None:
    desk.with_drafts(replace(ACME, contact="jobs@acme.example.org; hr@acme.example.org"))
    assert desk.letter("Acme Tools")["to"] is None
    asked = next(one for one in desk.json("questions") if one["kind"] == "contact")
    assert desk.run("answer", asked["id"], "the first").returncode == 1
    desk.ok("answer", asked["id"], "hr@acme.example.org")
    desk.ok("scan")
    assert desk.letter("Acme Tools")["to"] == "hr@acme.example.org"


def test_i12_none_of_several_addresses_is_an_answer_that_is_kept(desk: Desk) -> None:
    two = replace(ACME, contact="jobs@acme.example.org; hr@acme.example.org")
    desk.with_drafts(two)
    asked = next(one for one in desk.json("questions") if one["kind"] == "contact")
    assert f"followup answer {asked['id']} jobs@acme.example.org" in desk.ok("questions")
    other = desk.run("answer", asked["id"], "max@acme.example.org")
    assert (other.returncode, "hr@acme.example.org, none" in other.stderr) == (1, True)
    desk.ok("answer", asked["id"], "none")
    desk.save(rejected(two), CEDAR)
    desk.ok("scan")
    assert desk.letter("Acme Tools")["to"] is None
    assert "Nothing waits" in desk.ok("questions")
    desk.ok("export", desk.letter("Acme Tools")["id"])
