"""Settings that change under a process that runs on hold at once; broken ones hold everything until they are mended."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from followup import assembly
from followup.errors import UsageError
from followup.model.letter import LetterState
from followup.steps import review
from followup.steps.dispatch import SETTINGS_CHANGED, dispatch
from followup.steps.parts import Current
from followup.store import letters
from followup.web.application import application
from followup.web.door import Door
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, rejected, text_of, wait_until
from tests.smtp_server import Server

THIRD = replace(CEDAR, contact="jobs@cedar.example.org")


def at(current: Current) -> Current:
    return lambda: replace(current(), clock=lambda: MONDAY_MORNING)


def approve_all(desk: Desk) -> None:
    with desk.parts() as parts:
        for one in letters.in_state(parts.store, LetterState.DRAFT):
            fresh = review.current(parts, one)
            review.approve(parts, fresh, fresh.digest, MONDAY_MORNING, at_once=True)


def states(desk: Desk) -> list[str]:
    with desk.parts() as parts:
        return [str(one.state) for one in letters.everything(parts.store)]


def test_a_yes_given_under_a_new_address_is_kept_by_a_process_that_began_under_the_old_one(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        current = at(assembly.current(desk.config))
        before = current()
        desk.write_settings(EMAIL="sam@new.example.org")
        approve_all(desk)
        assert dispatch(before, MONDAY_MORNING).trouble == SETTINGS_CHANGED
        assert states(desk) == ["approved"]
        dispatch(current(), MONDAY_MORNING)
        assert states(desk) == ["sent"]
    assert b"From: Sam Rivera <sam@new.example.org>" in server.mails[0].data


def test_no_letter_is_begun_by_settings_that_changed_while_letters_go(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH, THIRD)
        approve_all(desk)
        with desk.parts() as parts:
            dispatch(replace(parts, unchanged=lambda: not server.mails), MONDAY_MORNING)
            assert states(desk) == ["sent", "approved", "approved"]
            dispatch(parts, MONDAY_MORNING)
    assert states(desk) == ["sent"] * 3


def _break(desk: Desk) -> None:
    desk.config.write_text("FOLLOWUP_NAME=Sam\nthis is nothing\n", encoding="utf-8")


def _show_to_all(desk: Desk) -> None:
    desk.write_settings(SMTP_HOST="127.0.0.1", SMTP_SECURITY="none", SMTP_PASSWORD="secret")
    desk.config.chmod(0o644)


@pytest.mark.parametrize("harm", [_break, lambda desk: desk.config.unlink(), _show_to_all])
def test_settings_that_cannot_be_used_stop_everything_until_they_are_mended(
    desk: Desk, harm: Callable[[Desk], None]
) -> None:
    current = assembly.current(desk.config)
    store = current().store
    harm(desk)
    for _ in range(2):
        with pytest.raises(UsageError):
            current()
    new = desk.config.with_suffix(".new")
    desk.write_settings(NAME="Kim Rivera", SMTP_PASSWORD="")
    desk.config.rename(new)
    new.rename(desk.config)
    assert (current().person.name, current().store) == ("Kim Rivera", store)
    assert current() is current()


def test_own_words_that_change_are_read_with_by_a_process_that_runs_on(desk: Desk) -> None:
    current = assembly.current(desk.config)
    before = current().words_digest()
    own = desk.config.parent / "templates" / "words"
    own.mkdir(parents=True)
    (own / "own.toml").write_text('[outcomes]\nrejected = ["wibbled"]\n', encoding="utf-8")
    assert current().words_digest() != before
    assert "wibbled" in current().words().outcomes


def test_the_page_goes_by_the_settings_as_they_are_and_says_what_is_wrong_with_them(desk: Desk) -> None:
    current = assembly.current(desk.config)
    door = Door(desk.folder / "link", "page.localhost", 1)
    page = application(current, door, 1, lambda: None).test_client()
    home = "http://page.localhost:1"
    assert page.post(door.link.partition(":1")[2], base_url=home).status_code == 200
    desk.write_settings(SMTP_HOST="mail.new.example.org")
    assert "mail.new.example.org" in page.get("/state", base_url=home).text
    _break(desk)
    held = page.get("/state", base_url=home)
    assert held.status_code == 503
    assert "line 2" in held.text


@pytest.mark.slow
def test_a_daemon_takes_up_another_tracker_server_and_address_and_waits_while_the_settings_are_broken(
    desk: Desk,
) -> None:
    desk.with_drafts(ACME)
    other = desk.folder / "sheet" / "other.csv"
    other.write_text(text_of([rejected(ACME), BIRCH]), encoding="utf-8", newline="")
    log = desk.folder / "daemon.log"
    with Server() as server, desk.daemon():
        _break(desk)
        wait_until(lambda: "Until that is mended" in log.read_text(), 60)
        assert "line 2" in log.read_text()
        desk.write_settings(EMAIL="sam@new.example.org", TRACKER=str(other))
        desk.use_server(server.port)
        wait_until(lambda: "hold from now on" in log.read_text(), 60)
        assert desk.approve_now("Acme Tools").returncode == 0
        other.write_text(text_of([rejected(ACME), rejected(BIRCH)]), encoding="utf-8", newline="")
        wait_until(lambda: len(states(desk)) == 2, 60)
        letter = desk.letter("Birch Paper")
        desk.ok("approve", letter["id"], "--digest", letter["digest"])
    assert b"From: Sam Rivera <sam@new.example.org>" in server.mails[0].data
    assert states(desk) == ["sent", "approved"]
