"""After a letter went: silence, one follow-up at most, the answer, the thank-you, the journal."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from followup.errors import Refused
from followup.playbook.timing import Calendar
from followup.steps import review
from followup.steps.dispatch import dispatch
from followup.steps.tick import tick
from followup.store import letters
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, rejected
from tests.smtp_server import Server

MONDAY = MONDAY_MORNING
WEDNESDAY_AFTER_NEXT = MONDAY + timedelta(days=9)
"""Seven working days after the Monday."""


def sent(desk: Desk) -> None:
    """Rejected, approved and sent on Monday the 23rd, in this process, so that the day is that one."""
    desk.write_settings(NUDGES="terminal")
    with desk.parts(MONDAY) as parts:
        for one in letters.everything(parts.store):
            with parts.store.transaction():
                letters.approve(parts.store, one, MONDAY, MONDAY, at_once=True)
        report = dispatch(parts, MONDAY)
    assert len(report.attempts) > 0, report


def later(desk: Desk, moment: datetime) -> None:
    with desk.parts(moment) as parts:
        tick(parts)


def by_kind(desk: Desk, company: str = "Acme Tools") -> dict[str, str]:
    return {one["kind"]: one["state"] for one in desk.json("outbox") if one["company"] == company}


def test_after_seven_working_days_of_silence_one_follow_up_waits_for_a_word(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        sent(desk)
        later(desk, WEDNESDAY_AFTER_NEXT - timedelta(days=1))
        assert by_kind(desk) == {"feedback-request": "sent"}
        later(desk, WEDNESDAY_AFTER_NEXT)
        assert by_kind(desk) == {"feedback-request": "sent", "follow-up": "draft"}
        (follow_up,) = (one for one in desk.json("outbox") if one["kind"] == "follow-up")
        assert follow_up["notes"][0]["level"] == "error"
        assert "Has Acme Tools answered?" in follow_up["notes"][0]["text"]
        refused = desk.run("approve", follow_up["id"], "--now", "--digest", follow_up["digest"])
        assert (refused.returncode, len(server.mails)) == (1, 1)
        (question,) = (one for one in desk.json("questions") if one["kind"] == "reply")
        desk.ok("answer", question["id"], "no")
        desk.send("follow-up", WEDNESDAY_AFTER_NEXT)
        first, second = (message_from_bytes(mail.data, policy=policy.default) for mail in server.mails)
        later(desk, WEDNESDAY_AFTER_NEXT + timedelta(days=30))
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert (second["Subject"], second["To"]) == (f"Re: {first['Subject']}", first["To"])
    assert by_kind(desk) == {"feedback-request": "sent", "follow-up": "sent"}


@pytest.mark.parametrize(
    ("silence", "kinds"),
    [
        (timedelta(days=45), {"feedback-request": "sent", "follow-up": "draft"}),
        (timedelta(days=45, seconds=1), {"feedback-request": "sent"}),
    ],
)
def test_a_silence_of_more_than_forty_five_days_is_followed_up_no_more(
    desk: Desk, silence: timedelta, kinds: dict[str, str]
) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        sent(desk)
    later(desk, MONDAY + silence)
    assert by_kind(desk) == kinds


def test_an_answer_ends_nudges_and_follow_up_drafts_thanks_and_stands_in_the_journal(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        sent(desk)
        later(desk, WEDNESDAY_AFTER_NEXT)
        said = desk.ok("answered", "acme", "--text", "Your test was fine.\nThe other person knew our tools.")
        assert "a word of thanks" in said
        assert by_kind(desk) == {"feedback-request": "answered", "follow-up": "withdrawn", "thank-you": "draft"}
        assert [one["about"] for one in desk.json("questions") if one["answer"] is None] == [["A2"]]
        waiting = [one for one in desk.json("nudges") if one["state"] in ("planned", "snoozed")]
        assert "Acme Tools" not in {one["company"] for one in waiting}
        desk.send("thank-you", WEDNESDAY_AFTER_NEXT)
    assert b"Re: " in server.mails[-1].data
    assert "1 of 2 asked has answered. These are too few" in desk.ok("feedback")
    assert "knew our tools" in desk.ok("feedback", "TOOLS", "acme")
    assert "knew our tools" not in desk.ok("feedback", "salary")
    assert desk.json("feedback")["answers"][0]["company"] == "Acme Tools"
    assert "knew our tools" not in desk.ok("log")


def test_a_yes_to_the_question_is_an_answer_too(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        sent(desk)
        later(desk, WEDNESDAY_AFTER_NEXT)
        (question,) = (one for one in desk.json("questions") if one["kind"] == "reply")
        assert "waits for you" in desk.ok("answer", question["id"], "yes")
    assert by_kind(desk) == {"feedback-request": "answered", "follow-up": "withdrawn", "thank-you": "draft"}
    assert desk.ok("feedback").startswith("1 of 1 asked has answered.")


def test_a_handed_over_letter_that_was_answered_is_answered(desk: Desk) -> None:
    desk.with_drafts(CEDAR)
    desk.ok("export", "cedar")
    desk.ok("answered", "cedar", "--text", "-", given="Too far away.\n")
    assert by_kind(desk, "Cedar Works") == {"feedback-request": "answered", "thank-you": "draft"}
    assert "Too far away." in desk.ok("feedback")


def test_nobody_asked_is_said_so(desk: Desk) -> None:
    desk.save(ACME)
    desk.ok("scan")
    assert desk.ok("feedback") == "Nobody has been asked yet.\n"


def test_p10_an_address_never_to_be_written_to_holds_what_was_approved_and_blocks_the_next_yes(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        letter = desk.letter("Birch Paper")
        desk.ok("approve", letter["id"], "--digest", letter["digest"])
        assert "is a draft again" in desk.ok("never", "Jobs@Birch.example.org")
        assert desk.letter("Birch Paper")["state"] == "draft"
        refused = desk.run("approve", letter["id"], "--now", "--digest", letter["digest"])
        assert (refused.returncode, "never" in refused.stderr) == (1, True)
        assert desk.run("never", "no address").returncode == 1
    assert desk.ok("never") == "jobs@birch.example.org\n"
    assert server.mails == []


def test_a_second_ask_to_the_same_address_within_ninety_days_needs_its_own_yes(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        assert desk.approve_now("Birch Paper").returncode == 0
        again = replace(BIRCH, company="Birch Boards", contact="JOBS@birch.example.org")
        desk.save(rejected(BIRCH), again)
        desk.ok("scan")
        desk.save(rejected(BIRCH), rejected(again))
        desk.ok("scan")
        letter = desk.letter("Birch Boards")
        assert any("needs a" in note["text"] or "needs its" in note["text"] for note in letter["notes"])
        refused = desk.approve_now("Birch Boards")
        assert (refused.returncode, "--again" in refused.stderr) == (1, True)
        assert len(server.mails) == 1
        desk.ok("approve", letter["id"], "--now", "--again", "--digest", letter["digest"])
    assert len(server.mails) == 2


def test_a_second_letter_to_an_address_that_waits_for_its_hour_needs_its_own_yes_too(desk: Desk) -> None:
    desk.with_drafts(BIRCH, replace(BIRCH, company="Birch Boards"))
    first, second = desk.letter("Birch Paper"), desk.letter("Birch Boards")
    desk.ok("approve", first["id"], "--digest", first["digest"])
    refused = desk.run("approve", second["id"], "--digest", second["digest"])
    assert (refused.returncode, "--again" in refused.stderr) == (1, True)
    assert desk.letter("Birch Boards")["state"] == "draft"
    desk.ok("unapprove", first["id"])
    desk.ok("approve", second["id"], "--digest", second["digest"])


def test_a_letter_that_the_person_took_over_is_an_ask_of_its_address_too(desk: Desk) -> None:
    desk.with_drafts(BIRCH, replace(BIRCH, company="Birch Boards"))
    desk.ok("export", "Birch Paper")
    second = desk.letter("Birch Boards")
    refused = desk.run("approve", second["id"], "--digest", second["digest"])
    assert (refused.returncode, "--again" in refused.stderr) == (1, True)
    assert desk.letter("Birch Boards")["state"] == "draft"


def test_p10_never_that_is_said_while_a_yes_is_being_given_wins(desk: Desk) -> None:
    """Another process says it after the letter was looked at, before the yes is put down."""
    desk.with_drafts(BIRCH)
    with desk.parts() as parts:
        letter = review.get(parts, 1)

        said: list[str] = []

        def calendar() -> Calendar:
            if not said:
                said.append(desk.ok("never", "jobs@birch.example.org"))
            return parts.calendar()

        with pytest.raises(Refused, match="never"):
            review.approve(replace(parts, calendar=calendar), letter, letter.digest, parts.clock())
    assert desk.letter("Birch Paper")["state"] == "draft"


@pytest.mark.parametrize("names", ["deciding", "different,successful", "deciding,not-right,different"])
def test_the_questions_of_a_letter_can_be_chosen_and_stay_when_the_sheet_changes(desk: Desk, names: str) -> None:
    desk.with_drafts(ACME)
    desk.ok("edit", "acme", "--questions", names)
    number = names.count(",") + 1
    assert desk.ok("show", "acme").count("\n- ") == (number if number > 1 else 0)
    desk.save(replace(rejected(ACME), role="Chief Engineer"))
    desk.ok("scan")
    shown = desk.ok("show", "acme")
    assert ("Chief Engineer" in shown, shown.count("\n- ")) == (True, number if number > 1 else 0)
    assert desk.run("edit", "acme", "--questions", "salary").returncode == 2


@pytest.mark.parametrize("names", [("successful", "deciding", "different"), ("different", "successful", "deciding")])
def test_chosen_questions_stand_in_the_order_in_which_they_were_chosen(desk: Desk, names: tuple[str, ...]) -> None:
    def asked(*names: str) -> list[str]:
        desk.ok("edit", "acme", "--questions", ",".join(names))
        return [line for line in desk.ok("show", "acme").splitlines() if line.startswith("- ")]

    desk.with_drafts(ACME)
    by_name = dict(zip(sorted(names), asked(*sorted(names)), strict=True))
    assert asked(*names) == [by_name[name] for name in names]


def test_what_the_person_said_wins_until_that_cell_changes_which_is_then_noted(desk: Desk) -> None:
    desk.with_drafts(replace(BIRCH, contact="jobs@birch.example.org"))
    desk.ok("edit", "birch", "--interviewed-on", "2026-11-10", "--name", "Dr. Roe", "--to", "roe@birch.example.org")
    desk.save(replace(rejected(BIRCH), role="Chief Engineer"))
    desk.ok("scan")
    shown = desk.ok("show", "birch")
    assert all(word in shown for word in ("10 November", "Dear Dr. Roe", "roe@birch.example.org", "Chief Engineer"))
    desk.save(replace(rejected(BIRCH), role="Chief Engineer", contact="Ann Ray <ann@birch.example.org>"))
    desk.ok("scan")
    letter = desk.letter("Birch Paper")
    assert letter["to"] == "ann@birch.example.org"
    assert any("instead of what you had said" in note["text"] for note in letter["notes"])
    shown = desk.ok("show", "birch")
    assert "Dear Ann Ray" in shown
    assert "10 November" in shown


def test_the_setting_chooses_the_questions_of_all_letters(desk: Desk) -> None:
    desk.write_settings(QUESTIONS="deciding")
    desk.with_drafts(ACME)
    assert "may I ask one question? What were the deciding factors?" in desk.ok("show", "acme").replace("\n", " ")


def follow_up_approved(desk: Desk) -> datetime:
    """A follow-up to Acme waits with a yes; the moment when it is due."""
    desk.with_drafts(ACME, BIRCH)
    sent(desk)
    later(desk, WEDNESDAY_AFTER_NEXT)
    for question in desk.json("questions"):
        desk.ok("answer", question["id"], "no")
    return approved(desk, "follow-up")


def approved(desk: Desk, kind: str) -> datetime:
    """The letter of this kind to Acme gets its yes on that Wednesday; the moment when it is due."""
    number = int(of_kind(desk, kind)["id"][1:])
    with desk.parts(WEDNESDAY_AFTER_NEXT) as parts:
        letter = review.get(parts, number)
        return review.approve(parts, letter, letter.digest, WEDNESDAY_AFTER_NEXT).not_before


def of_kind(desk: Desk, kind: str) -> dict[str, Any]:
    """The one letter of this kind to Acme."""
    (letter,) = (one for one in desk.json("outbox") if (one["company"], one["kind"]) == ("Acme Tools", kind))
    return dict(letter)


OLD, NEW = "ines.roe@acme.example.org", "max@acme.example.org"
EDITS = {
    "row gone": (),
    "outcome": (replace(ACME, status="Offer"),),
    "contact": (replace(rejected(ACME), contact=f"Max Lee <{NEW}>"),),
    "other cell": (replace(rejected(ACME), applied="2026-10-02"),),
}


@pytest.mark.parametrize(
    ("edit", "state", "to", "note"),
    [
        ("row gone", "draft", OLD, "row is gone"),
        ("outcome", "withdrawn", OLD, None),
        ("contact", "draft", NEW, "contact"),
        ("other cell", "sent", OLD, None),
    ],
)
def test_p11_the_sheet_is_the_undo_of_a_follow_up_too(
    desk: Desk, edit: str, state: str, to: str, note: str | None
) -> None:
    with Server() as server:
        desk.use_server(server.port)
        due = follow_up_approved(desk)
        before = len(server.mails)
        desk.save(*EDITS[edit], rejected(BIRCH))
        later(desk, due)
        letter = of_kind(desk, "follow-up")
    assert len(server.mails) - before == (state == "sent")
    assert (letter["state"], letter["to"]) == (state, to)
    assert note is None or any(note in one["text"] for one in letter["notes"])


@pytest.mark.parametrize(
    ("edit", "state", "to"),
    [
        ("row gone", "draft", OLD),
        ("outcome", "sent", OLD),
        ("contact", "draft", NEW),
        ("other cell", "sent", OLD),
    ],
)
def test_p11_a_thank_you_is_held_by_its_row_and_address_and_goes_whatever_the_outcome_became(
    desk: Desk, edit: str, state: str, to: str
) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        sent(desk)
        desk.ok("answered", "acme")
        due = approved(desk, "thank-you")
        before = len(server.mails)
        desk.save(*EDITS[edit], rejected(BIRCH))
        later(desk, due)
        letter = of_kind(desk, "thank-you")
    assert len(server.mails) - before == (state == "sent")
    assert (letter["state"], letter["to"]) == (state, to)


def test_p11_a_follow_up_comes_back_with_its_rejection_and_its_row_but_not_after_an_answer(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        follow_up_approved(desk)
        for edit in ("outcome", "row gone"):
            desk.save(*EDITS[edit], rejected(BIRCH))
            desk.ok("scan")
            desk.save(rejected(ACME), rejected(BIRCH))
            desk.ok("scan")
            letter = of_kind(desk, "follow-up")
            assert letter["state"] == "draft"
            assert not any("row is gone" in note["text"] for note in letter["notes"])
        desk.ok("answered", "acme")
        for rows in (EDITS["outcome"], (rejected(ACME),), EDITS["contact"]):
            desk.save(*rows, rejected(BIRCH))
            desk.ok("scan")
            assert by_kind(desk) == {"feedback-request": "answered", "follow-up": "withdrawn", "thank-you": "draft"}
