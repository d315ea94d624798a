"""What the page says is so, what is decided upon is what was shown, and what was typed is not lost."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from followup.steps import overview
from followup.store import pause, tracker
from tests.browser.conftest import Serve, enter, home
from tests.browser.test_letter import state
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, Row, rejected
from tests.smtp_server import Server

pytestmark = pytest.mark.slow


def test_p1_while_other_words_stand_in_the_fields_nothing_can_be_decided(desk: Desk, serve: Serve, live: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        decisions = ("Approve", "Approve and send now", "Send it yourself", "Put it away")

        def can(wanted: bool) -> None:
            for name in decisions:
                button = live.get_by_role("button", name=name, exact=True)
                expect(button).to_be_enabled() if wanted else expect(button).to_be_disabled()
            expect(live.get_by_text("Not saved yet: save it first, then decide.")).to_be_visible(visible=not wanted)

        can(True)
        live.get_by_text("Edit the words").click()
        text = live.get_by_label("Text").input_value()
        live.get_by_label("Text").press_sequentially("!")
        can(False)
        live.get_by_label("Text").fill(text)
        can(True)
        live.get_by_text("Address, interview, questions").click()
        live.get_by_label("What were the deciding factors?").check()
        can(False)
        live.get_by_role("link", name="Back to the letter as it was").click()
        can(True)
        live.get_by_text("Edit the words").click()
        live.get_by_label("Text").fill("Dear you,\n\nother words.")
        live.get_by_role("button", name="Preview").click()
        can(False)
        live.get_by_role("link", name="Back to the letter as it was").click()
        can(True)
        expect(live.locator("#text-shown")).to_contain_text("Dear Ines Roe")


def test_p1_words_that_the_browser_puts_back_are_not_taken_for_the_letter(desk: Desk, serve: Serve, live: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        live.get_by_label("Subject").evaluate("one => { one.value = 'Put back' }")
        live.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        expect(live.get_by_role("button", name="Approve", exact=True)).to_be_disabled()


def test_an_approved_letter_says_what_it_waits_for(desk: Desk, serve: Serve, page: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD_COMMAND="false")
        desk.with_drafts(ACME, BIRCH)
        with serve() as link:
            enter(page, link)
            page.goto(f"{home(link)}/letter/L1")
            page.get_by_role("button", name="Approve", exact=True).click()
            expect(page.get_by_text("Nothing is running, so it does not go by itself.")).to_be_visible()
            desk.ok("tick")
            page.reload()
            expect(page.get_by_text("Goes ", exact=False).first).to_be_visible()
            desk.ok("pause")
            page.reload()
            expect(page.get_by_text("Mail to employers is paused, so it waits: you paused it.")).to_be_visible()
            page.get_by_role("link", name="Let it go again").click()
            page.get_by_role("button", name="Let it go again").click()
            page.goto(f"{home(link)}/letter/L2")
            page.get_by_role("button", name="Approve and send now").click()
            said = page.get_by_text("FOLLOWUP_SMTP_PASSWORD_COMMAND failed")
            while not said.count():  # It is being sent, until the command has failed.
                page.reload()
            expect(page.get_by_text("It is due, and has not gone yet.")).to_be_visible()
            page.get_by_role("link", name="Outbox", exact=True).click()
            expect(page.locator(".notice.trouble")).to_contain_text("FOLLOWUP_SMTP_PASSWORD_COMMAND failed")


def test_trouble_shows_itself_on_an_open_outbox_once_and_goes_when_it_is_over(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.save(ACME)
    desk.ok("scan")
    with serve() as link:
        enter(live, link)
        expect(live.get_by_text("Nothing needs you")).to_be_visible()
        desk.tracker.rename(desk.folder / "away.csv")
        assert desk.run("tick").returncode == 1
        expect(live.locator(".notice.trouble")).to_have_count(1)
        expect(live.locator(".notice.trouble")).to_contain_text("applications.csv")
        (desk.folder / "away.csv").rename(desk.tracker)
        desk.ok("tick")
        expect(live.locator(".notice.trouble")).to_have_count(0)


def test_of_several_troubles_each_is_told_once_as_it_came_and_none_that_is_over(desk: Desk) -> None:
    desk.save(ACME)
    desk.ok("scan")
    now = MONDAY_MORNING

    def told(*runs: tuple[str, int, str | None], held: str | None = None) -> tuple[str, ...]:
        with desk.parts() as parts, parts.store.transaction():
            for step, minute, trouble in runs:
                tracker.ran(parts.store, step, now + timedelta(minutes=minute), trouble)
            pause.lift(parts.store, now, who="you")
            if held:
                pause.hold(parts.store, held, now, who="you")
            return overview.troubles(parts)

    with desk.parts() as parts, parts.store.transaction():
        seen = tracker.seen(parts.store)
        assert seen is not None
        tracker.put(parts.store, replace(seen, trouble="No file."))
    several = "550 5.7.60 SMTP; no permission; N1 waits."
    assert told(("scan", 0, "No playbook.")) == ("No file.", "No playbook.")
    assert told(("dispatch", 1, "No password.")) == ("No file.", "No password.", "No playbook.")
    assert told(("remind", 2, several)) == ("No file.", "No password.", several, "No playbook.")
    assert told(("dispatch", 3, "No file.")) == ("No file.", several, "No playbook.")
    assert told(("remind", 4, None), ("scan", 5, None)) == ("No file.",)
    assert told(("dispatch", 6, "Mail is paused (tea)."), held="tea") == ("No file.",)


def test_a_restart_loses_no_typed_words(desk: Desk, serve: Serve, page: Page) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/letter/L1")
        page.get_by_text("Edit the words").click()
        page.get_by_label("Text").fill("An hour of work.\n<b>&")
        other = page.context.new_page()
        other.goto(f"{home(link)}/letter/L1")
        other.get_by_text("Edit the words").click()
        other.get_by_label("Text").fill("Half an hour.")
        port = urlsplit(link).port or 0
    with serve(port=port) as link:
        if page.evaluate("document.querySelector('#unsaved').hidden") is False:  # With JavaScript it is told before.
            expect(page.locator("#changed")).to_contain_text("no longer open to you")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("What you had typed, to copy")).to_have_value(
            "Thank you for the Engineer interview\n\nAn hour of work.\n<b>&"
        )
        assert page.get_by_role("link", name="To the outbox").count() == 0
        enter(page, link)
        other.get_by_role("button", name="Save").click()
        expect(other.get_by_text("This form is from before followup was started again")).to_be_visible()
        assert "Half an hour." in other.get_by_label("What you had typed, to copy").input_value()
        other.get_by_role("link", name="To the outbox").click()
        expect(other.get_by_text("Acme Tools").first).to_be_visible()
    assert "hour" not in desk.ok("show", "L1")


def test_w2_another_site_cannot_speak_through_the_page_that_gives_typed_words_back(desk: Desk, serve: Serve) -> None:
    desk.save(ACME)
    with serve() as link:
        address = urlsplit(link)
        for origin, spoken in ((home(link), True), ("http://evil.example.org", False), ("null", False), (None, False)):
            headers = {"Content-Type": "application/x-www-form-urlencoded", **({"Origin": origin} if origin else {})}
            with closing(HTTPConnection(address.hostname or "", address.port)) as connection:
                connection.request("POST", "/letter/L1/edit", urlencode({"text": "Call this number"}), headers)
                answer = connection.getresponse()
                assert (answer.status, b"Call this number" in answer.read()) == (403, spoken)


def test_w5_words_typed_on_a_letter_that_has_changed_stand_in_the_field_still(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/letter/L1")
        page.get_by_text("Edit the words").click()
        page.get_by_label("Text").fill("Dear you,\n\nmy own words.")
        desk.save(rejected(replace(ACME, role="Designer")))
        desk.ok("scan")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("so nothing was done")
        expect(page.locator("#text-shown")).to_contain_text("Designer")
        assert page.get_by_label("Text").is_visible()
        assert page.get_by_label("Text").input_value() == "Dear you,\n\nmy own words.\n"
        expect(page.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#text-shown")).to_contain_text("my own words")
        expect(page.get_by_role("status").first).to_contain_text("Saved. Nothing goes before your yes.")
        page.get_by_text("Edit the words").click()
        page.get_by_label("Text").fill("Too late.")
        desk.ok("discard", "L1")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("What you had typed, to copy")).to_have_value("Too late.\n")


def test_no_address_of_a_refused_form_or_a_preview_is_a_dead_end(desk: Desk, serve: Serve, page: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(BIRCH)
    with serve() as link:
        enter(page, link)
        for act in ("edit", "approve", "discard"):
            page.goto(f"{home(link)}/letter/L1/{act}")
            assert page.url == f"{home(link)}/letter/L1"
        answer = page.goto(f"{home(link)}/letter/L1/nonsense")
        assert answer is not None
        assert answer.status == 404
        page.goto(f"{home(link)}/letter/L1")
        desk.ok("discard", "L1")
        page.get_by_role("button", name="Put it away").click()
        expect(page.get_by_role("alert")).to_contain_text("so nothing was done")
        page.get_by_role("button", name="Bring it back").click()
        assert state(page) == "waits for your yes"


def test_what_is_told_of_an_application_is_answered_by_what_became_of_it(desk: Desk, serve: Serve, page: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/letter/L1")

        def told(label: str, value: str, said: str) -> None:
            page.get_by_text("Address, interview, questions").click()
            page.get_by_label(label).fill(value)
            page.get_by_role("button", name="Update the letter").click()
            expect(page.get_by_role("status").first).to_contain_text(said)

        told("Name, if you know it", "", "Kept, and the letter goes by it.")
        expect(page.locator("#text-shown")).to_contain_text("Dear hiring team,")
        told("Name, if you know it", "", "There was nothing new in it.")
        told("Day of the interview", "2026-11-12", "Kept, and")
        expect(page.locator("#text-shown")).to_contain_text("12 November")
        told("Day of the interview", "", "Kept, and")
        expect(page.locator("#text-shown")).to_contain_text("10 November")
        page.get_by_text("Address, interview, questions").click()
        page.get_by_label("Address").fill("")
        page.get_by_role("button", name="Update the letter").click()
        assert page.get_by_label("Address").evaluate("one => one.validity.valueMissing")
        page.goto(f"{home(link)}/letter/L1")
        page.get_by_text("Edit the words").click()
        page.get_by_label("Subject").fill("Mine")
        page.get_by_role("button", name="Save").click()
        told("Name, if you know it", "Ada Lund", "Kept. Your own words stand as they are.")
        expect(page.locator("#subject-shown")).to_have_text("Mine")


def test_w5_a_yes_for_now_is_no_second_click_on_a_yes_for_its_hour(desk: Desk, serve: Serve, page: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with serve() as link:
            enter(page, link)
            page.goto(f"{home(link)}/letter/L1")
            other, third = page.context.new_page(), page.context.new_page()
            for tab in (other, third):
                tab.goto(f"{home(link)}/letter/L1")
            page.get_by_role("button", name="Approve", exact=True).click()
            other.get_by_role("button", name="Approve and send now").click()
            expect(other.get_by_role("alert")).to_contain_text("You said yes to L1.")
            third.get_by_role("button", name="Approve", exact=True).click()
            assert state(third) == "approved"
            assert third.get_by_role("alert").count() == 0
            page.goto(f"{home(link)}/applications")
            page.go_back()
            assert page.get_by_role("button", name="Approve", exact=True).count() == 0, "Back shows it as it is"
        assert server.mails == []


def test_after_each_decision_there_is_a_way_on(desk: Desk, serve: Serve, page: Page) -> None:
    desk.with_drafts(ACME, BIRCH, CEDAR)
    with serve() as link:
        enter(page, link)
        expect(page).to_have_title("(3) Outbox · followup")
        page.goto(f"{home(link)}/letter/L2")
        page.get_by_role("button", name="Put it away").click()
        onward = page.locator("a.onward")
        expect(onward).to_have_text("Next draft: Acme Tools (2 left)")
        assert onward.get_attribute("rel") == "next"
        onward.click()
        expect(onward).to_have_text("Next draft: Cedar Works (1 left)")
        page.get_by_role("button", name="Put it away").click()
        onward.click()
        page.get_by_role("button", name="Put it away").click()
        expect(onward).to_have_text("To the outbox")


def test_the_story_of_a_letter_is_short_and_the_terminal_tells_it_too(desk: Desk, serve: Serve, live: Page) -> None:
    rows = [Row(f"Firm {place}") for place in range(7)]
    desk.save(*rows)
    desk.ok("scan")
    desk.save(*map(rejected, rows))
    desk.ok("scan")
    (question,) = desk.json("questions")
    desk.ok("answer", question["id"], "1")
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        expect(live.locator(".story")).to_contain_text("because you chose it.")
        expect(live.locator(".story")).to_contain_text("5 nudges were planned.")
        assert "(N" not in live.locator(".story").inner_text()
    told = desk.ok("log", question["about"][0])
    assert "5 nudges were planned." in told
    assert "burst" not in told + desk.ok("log")
    assert json.loads(desk.ok("log", question["about"][0], "--json"))[-1]["what"] == "planned"


def test_what_is_shown_of_a_letter_that_was_approved_is_read_from_its_bytes(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.use_server(2525)
    desk.with_drafts(BIRCH)
    desk.ok("approve", "L1", "--digest", desk.letter("Birch Paper")["digest"])
    desk.write_settings(NAME="Somebody Else", EMAIL="else@example.org")
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        expect(live.get_by_text("Sam Rivera <sam@example.org>")).to_be_visible()
        live.get_by_role("button", name="Take it back").click()
        expect(live.get_by_text("Somebody Else <else@example.org>")).to_be_visible()
