"""A second letter to an address needs its own yes: after a doubt, a hand-over, from other settings, after a restore."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from followup.errors import Refused
from followup.letters import mime
from followup.model.letter import Letter, LetterState, Text
from followup.steps import reply, review
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.store import applications, asked, letters
from tests.desk import ACME, BIRCH, MONDAY_MORNING, Desk, rejected
from tests.smtp_server import Server

LATER = MONDAY_MORNING + timedelta(days=2)
GONE = f"{MONDAY_MORNING.day} {MONDAY_MORNING:%b}"


def only(parts: Parts) -> Letter:
    (letter,) = (one for one in letters.everything(parts.store) if one.kind == "feedback-request")
    return letter


def approve(parts: Parts, *, again: bool = False) -> Letter:
    letter = only(parts)
    return review.approve(parts, letter, letter.digest, parts.clock(), at_once=True, again=again)


@contextmanager
def in_doubt(desk: Desk) -> Iterator[Parts]:
    """A letter that set out on Monday, and of which nobody knows the end; two days later."""
    desk.with_drafts(ACME)
    with desk.parts(MONDAY_MORNING) as parts:
        one = approve(parts)
        line = mime.date_line(MONDAY_MORNING)
        with parts.store.transaction():
            assert letters.begin(parts.store, one, line, MONDAY_MORNING)
    with desk.parts(LATER) as parts:
        dispatch(parts, LATER)
        assert only(parts).state == "in_doubt"
        yield parts


class SecondDesk(Desk):
    """Other settings of the same user of this machine."""

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return super().environment({"XDG_STATE_HOME": os.environ["XDG_STATE_HOME"], **(extra or {})})


def second_desk(desk: Desk) -> Desk:
    """The same person's other settings, for the same tracker."""
    folder = desk.folder / "second"
    folder.mkdir()
    other = SecondDesk(folder)
    other.settings = {**desk.settings}
    other.write_settings()
    other.tracker = desk.tracker
    return other


def test_p4_what_may_have_gone_says_so_and_needs_a_yes_of_its_own_until_the_person_settles_it(desk: Desk) -> None:
    with in_doubt(desk) as parts:
        review.not_sent(parts, only(parts), LATER)
        for change in ("none", "told", "edited"):
            if change == "told":
                review.tell(parts, only(parts), {"contact_name": "Ina Roe"}, LATER)
            if change == "edited":
                review.edit(parts, only(parts), longer(only(parts)), LATER)
            assert f"It may have gone on {GONE}." in " ".join(
                note.text for note in review.notes(parts, only(parts), LATER)
            )
            with pytest.raises(Refused, match=f"It may have gone on {GONE}. .* --again"):
                approve(parts)
        review.take_back(parts, approve(parts, again=True), LATER)
        with pytest.raises(Refused, match="may have gone"):
            approve(parts)
        sent = review.sent(parts, only(parts), LATER)
        assert (sent.state, sent.sent_at) == (LetterState.SENT, MONDAY_MORNING)


def longer(letter: Letter) -> Text:
    return Text(subject=letter.subject, text=letter.text + "One more line.\n")


def test_p4_the_commands_settle_a_draft_that_may_have_gone(desk: Desk) -> None:
    with in_doubt(desk) as parts:
        review.not_sent(parts, only(parts), LATER)
    assert "It may have gone" in desk.ok("show", "L1")
    refused = desk.run("approve", "L1", "--digest", desk.letter("Acme Tools")["digest"])
    assert "followup approve --again L1" in refused.stderr
    assert "L1 is draft" in desk.ok("settle", "L1", "--did-not-go")
    assert "L1 is sent" in desk.ok("settle", "L1", "--went")


def test_p4_an_answer_shows_that_what_may_have_gone_went(desk: Desk) -> None:
    with in_doubt(desk) as parts:
        review.not_sent(parts, only(parts), LATER)
        done = reply.answered(parts, 1, "You were close.", LATER)
        assert (only(parts).state, only(parts).sent_at, done.put_away) == (LetterState.ANSWERED, MONDAY_MORNING, ())
        assert done.thanks is not None
        assert done.thanks.subject == f"Re: {only(parts).subject}"


@pytest.mark.parametrize("state", ["none", "draft", "approved", "discarded", "handed_over", "open row"])
def test_an_answer_is_kept_whatever_became_of_the_letter(desk: Desk, state: str) -> None:
    if state == "open row":
        desk.save(ACME)
        desk.ok("scan")
    else:
        desk.with_drafts(*([ACME] if state != "none" else []), BIRCH)
    with desk.parts() as parts:
        every = {one.company: one for one in letters.everything(parts.store)}
        mine = every.get("Acme Tools")
        if mine and state == "approved":
            review.approve(parts, mine, mine.digest, parts.clock())
        if mine and state == "discarded":
            review.discard(parts, mine, parts.clock())
        if mine and state == "handed_over":
            review.hand_over(parts, mine, parts.clock())
    name = "birch" if state == "none" else "acme"
    said = desk.ok("answered", name, "--text", "Your test was fine.")
    assert "has answered. Kept in your journal" in said
    assert "Your test was fine." in desk.ok("feedback")
    found = {(one["kind"], one["state"]) for one in desk.json("outbox") if one["company"].lower().startswith(name)}
    first = {"handed_over": {("feedback-request", "answered")}, "open row": set()}
    assert found == {("thank-you", "draft")} | first.get(state, {("feedback-request", "discarded")})
    (thanks,) = (one for one in desk.json("outbox") if one["kind"] == "thank-you")
    assert thanks["subject"].startswith("Re: ") == (state == "handed_over")
    assert "mine did" not in desk.ok("show", thanks["id"]) or state == "handed_over"


def test_a_second_answer_leaves_the_thanks_for_the_first_alone(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.send("feedback-request", MONDAY_MORNING)
        desk.ok("answered", "acme")
        desk.send("thank-you", MONDAY_MORNING + timedelta(hours=1))
    desk.ok("answered", "acme", "--text", "And good luck!")
    assert [(one["kind"], one["state"]) for one in desk.json("outbox")] == [
        ("feedback-request", "answered"), ("thank-you", "sent"),
    ]  # fmt: skip


def test_a_letter_handed_over_is_an_ask_of_its_address_from_then_on(desk: Desk) -> None:
    desk.with_drafts(ACME, replace(ACME, role="Driver", applied="2026-10-02"))
    later = MONDAY_MORNING + timedelta(days=100)
    with desk.parts(later) as parts:
        first, second = letters.everything(parts.store)
        review.hand_over(parts, first, later)
    with desk.parts(later + timedelta(days=60)) as parts, pytest.raises(Refused, match="Another letter to"):
        review.approve(parts, second, second.digest, parts.clock())
    with desk.parts(later + timedelta(days=91)) as parts:
        review.approve(parts, second, second.digest, parts.clock())


@pytest.mark.parametrize("way", ["sent", "handed over"])
def test_an_address_asked_from_other_settings_needs_a_yes_of_its_own(desk: Desk, way: str) -> None:
    with Server() as server:
        desk.use_server(server.port)
        other = second_desk(desk)
        desk.with_drafts(ACME)
        other.ok("scan")
        other.ok("draft", "acme")
        if way == "sent":
            desk.send("feedback-request", MONDAY_MORNING)
        else:
            desk.ok("export", "acme")
        with other.parts(LATER) as parts:
            with pytest.raises(Refused, match="Another letter to"):
                approve(parts)
            approve(parts, again=True)
            dispatch(parts, LATER)
            assert only(parts).state == "sent"
        with other.parts(LATER + timedelta(days=91)) as parts:
            assert not review.own_yes(parts, only(parts), parts.clock())
    assert len(server.mails) == 1 + (way == "sent")


def test_two_stores_that_said_yes_at_one_moment_send_one_letter(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        other = second_desk(desk)
        desk.with_drafts(ACME)
        other.ok("scan")
        other.ok("draft", "acme")
        for one in (desk, other):
            with one.parts() as parts:
                approve(parts)
        together = Barrier(2)

        def send(one: Desk) -> None:
            with one.parts() as parts:
                together.wait()
                dispatch(parts, parts.clock())

        threads = [Thread(target=send, args=[one]) for one in (desk, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.mails) == 1
    states = []
    for one in (desk, other):
        with one.parts() as parts:
            states.append(only(parts).state)
            if only(parts).state is LetterState.DRAFT:
                assert "another followup of yours has asked this address" in (only(parts).reason or "")
    assert sorted(states) == ["draft", "sent"]


def test_what_may_have_gone_stays_an_ask_also_where_it_was_handed_over_and_taken_back(desk: Desk) -> None:
    other = second_desk(desk)
    with in_doubt(desk) as parts:
        review.not_sent(parts, only(parts), LATER)
        review.hand_over(parts, only(parts), LATER)
        review.take_back(parts, only(parts), LATER)
    other.ok("scan")
    other.ok("draft", "acme")
    with other.parts(LATER) as parts, pytest.raises(Refused, match="Another letter to"):
        approve(parts)


def test_an_ask_is_known_also_where_the_memory_was_lost_since_the_yes(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        other = second_desk(desk)
        desk.with_drafts(BIRCH, ACME)
        desk.approve_all_now()
        with desk.parts(datetime.now(UTC)) as parts:
            dispatch(parts, parts.clock())
        first = len(server.mails)
        again = replace(ACME, role="Driver", applied="2026-10-02")
        desk.save(rejected(BIRCH), rejected(ACME), rejected(again))
        desk.ok("scan")
        with desk.parts() as parts:
            letter = letters.everything(parts.store)[-1]
            review.approve(parts, letter, letter.digest, MONDAY_MORNING, at_once=True, again=True)
        asked.file().unlink()
        other.ok("scan")
        with other.parts(LATER) as parts:
            number = next(one.id for one in applications.everything(parts.store) if one.said.role == "Driver")
            (letter,) = review.draft(parts, [number], LATER, "asked for")
            review.approve(parts, letter, letter.digest, LATER, at_once=True)
            dispatch(parts, LATER)
        with desk.parts(LATER + timedelta(minutes=1)) as parts:
            dispatch(parts, parts.clock())
            assert letters.everything(parts.store)[-1].state is LetterState.DRAFT
    assert len(server.mails) == first + 1


def test_a_restored_store_knows_of_what_was_asked_since(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.ok("backup", "before.db")
        desk.send("feedback-request", MONDAY_MORNING)
        assert "when an address was asked" in desk.ok("restore", "before.db")
        with desk.parts(LATER) as parts, pytest.raises(Refused, match="Another letter to"):
            approve(parts)
    assert len(server.mails) == 1


def test_other_settings_for_the_same_tracker_are_told_of(desk: Desk) -> None:
    desk.with_drafts(ACME)
    other = second_desk(desk)
    said = other.ok("scan") + other.run("doctor").stdout
    assert f"followed from {desk.config.parent} too" in said
    other.ok("draft", "acme")
    letter = other.letter("Acme Tools")
    assert "followed from" in other.ok("approve", letter["id"], "--digest", letter["digest"])
    shutil.rmtree(desk.config.parent)
    assert "followed from" not in other.run("doctor").stdout


def test_p17_where_it_cannot_be_told_who_was_asked_nothing_is_approved_or_sent(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        desk.approve_now("Birch Paper")
        place = Path(desk.folder / "state" / "followup" / "asked.db")
        place.write_bytes(b"This is no memory of anything, but a text of more than a page's header: " * 99)
        shown = desk.ok("show", "acme")
        assert "asked.db is damaged" in shown
        refused = desk.approve_now("Acme Tools")
        assert (refused.returncode, "asked.db is damaged" in refused.stderr) == (1, True)
    assert len(server.mails) == 1


def test_the_memory_holds_no_address_and_is_for_its_owner_alone(desk: Desk) -> None:
    desk.with_drafts(ACME)
    with desk.parts() as parts:
        review.hand_over(parts, only(parts), MONDAY_MORNING)
        with suppress(Refused):
            approve(parts)
        place = asked.file()
    assert place.stat().st_mode & 0o777 == 0o600
    data = place.read_bytes()
    assert not any(word in data for word in (b"acme", b"Acme", b"ines", desk.tracker.name.encode()))
