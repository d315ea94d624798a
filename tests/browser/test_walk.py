"""The whole way on an open page, and everything by keyboard."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from followup.steps import reply, review
from followup.store import letters
from tests.browser.conftest import Serve, enter, home, request
from tests.campaign.truth import Mail
from tests.desk import ACME, BIRCH, CEDAR, Desk, Row, rejected, wait_until
from tests.smtp_server import Server


def test_from_a_row_that_becomes_rejected_to_a_page_that_says_sent(desk: Desk, serve: Serve, live: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.save(ACME, BIRCH)
        with serve("run", "--web") as link:
            enter(live, link)
            wait_until(lambda: desk.json("status")["applications"] == {"open": 2})
            expect(live.get_by_text("Nothing needs you")).to_be_visible()
            desk.save(rejected(ACME), BIRCH)
            live.get_by_role("link", name="Read the letter to Acme Tools and decide").wait_for()
            live.get_by_role("link", name="Read the letter to Acme Tools and decide").click()
            live.get_by_text("Edit the words").click()
            text = live.get_by_label("Text").input_value()
            live.get_by_label("Text").fill(text.replace("A line is plenty", "One line is plenty"))
            expect(live.locator("#text-shown")).to_contain_text("One line is plenty")
            live.get_by_role("button", name="Save").click()
            digest = live.locator("input[name=digest]").get_attribute("value")
            live.get_by_role("button", name="Approve and send now").click()
            expect(live.locator(".title .state")).to_have_text("sent", timeout=20_000)
        (mail,) = server.mails
        assert b"One line is plenty" in mail.data
        assert Mail(mail.recipient, mail.data).digest == digest == desk.letter("Acme Tools")["digest"]


@pytest.mark.slow
def test_without_javascript_a_draft_appears_within_half_a_minute(desk: Desk, serve: Serve, chromium: Browser) -> None:
    desk.save(ACME)
    with serve("run", "--web") as link:
        page = chromium.new_context(java_script_enabled=False).new_page()
        enter(page, link)
        desk.save(rejected(ACME))
        draft = page.get_by_role("link", name="Read the letter to Acme Tools and decide")
        draft.wait_for(timeout=45_000)
        draft.click()
        expect(page.locator("#text-shown")).to_contain_text("Dear Ines Roe")
        page.context.close()


@pytest.mark.slow
def test_the_outbox_has_what_is_in_trouble_first_and_counts_who_has_answered(
    desk: Desk, serve: Serve, live: Page
) -> None:
    rows = [Row(f"Firm {name}", contact=f"jobs@{name}.example.org") for name in "abcdefgh"]
    with Server(script={"dot": ["accept-drop"], "rcpt jobs@b.example.org": "550 5.1.1 no"}) as server:
        desk.use_server(server.port)
        desk.save(*rows)
        desk.ok("scan")
        desk.save(*map(rejected, rows[:4]), *rows[4:])
        desk.ok("scan")
        desk.save(*map(rejected, rows))
        desk.ok("scan")
        now = datetime.now(UTC)
        with desk.parts(now) as parts:
            every = {one.company: one for one in letters.everything(parts.store)}
            for name in "abcdefg":
                one = every[f"Firm {name}"]
                review.approve(parts, one, one.digest, now, at_once=name != "g")
            desk.run("tick")
            sent = [one for one in letters.everything(parts.store) if one.state == "sent"]
            for one in sent[:2]:
                thanks = reply.answered(parts, one.application, None, now).thanks
                assert thanks is not None
                review.discard(parts, thanks, now)
    with serve() as link:
        enter(live, link)
        expect(live.locator(".sum")).to_have_text("8 applications, 0 interviews, 2 of 5 asked have answered.")
        told = live.locator(".row .state, .card h3").all_inner_texts()
        assert told == [
            "in doubt", "failed", "Firm h Engineer", "approved",
            "answered", "answered", "sent", "sent", "put away", "put away",
        ]  # fmt: skip
        live.goto(f"{home(link)}/state")
        expect(live.locator("dd", has_text="applications.csv").first).to_contain_text(
            re.compile(r"read \w{3} \d+ \w{3}")
        )
        expect(live.get_by_role("link", name="Firm g")).to_be_visible()
        expect(live.locator("dt:has-text('Next letter') + dd time")).to_have_attribute(
            "datetime", re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$")
        )
        expect(live.locator("dt:has-text('Next nudge') + dd time")).to_be_visible()


@pytest.mark.slow
def test_the_text_is_copied_by_a_button(desk: Desk, serve: Serve, chromium: Browser) -> None:
    desk.with_drafts(CEDAR)
    with serve() as link:
        context = chromium.new_context()
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=home(link))
        page = context.new_page()
        enter(page, link)
        page.goto(f"{home(link)}/letter/L1")
        page.get_by_role("button", name="Send it yourself").click()
        page.get_by_role("button", name="Copy the text").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == page.locator("#text-shown").text_content()
        context.close()


@pytest.mark.slow
def test_without_javascript_the_outbox_comes_anew_every_half_minute_and_no_form_is_ever_lost(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        refresh = '<noscript><meta http-equiv="refresh" content="30"></noscript>'
        assert refresh in request(page, home(link)).text()
        for path in ("/letter/L1", "/nudges"):
            assert "http-equiv" not in request(page, f"{home(link)}{path}").text()


@pytest.mark.slow
def test_what_is_being_typed_is_not_lost_when_this_letter_changes_and_no_other_is_spoken_of(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.with_drafts(ACME, BIRCH)
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        live.keyboard.press("e")
        live.keyboard.type("Hello")
        desk.ok("discard", "L2")
        live.wait_for_timeout(1500)  # A page asks every second.
        expect(live.locator("#changed")).to_be_hidden()
        desk.ok("discard", "L1")
        expect(live.locator("#changed")).to_be_visible()
        assert live.locator("#changed").evaluate("one => getComputedStyle(one).position") == "sticky"
        assert "Hello" in live.get_by_label("Text").input_value()
        live.get_by_role("link", name="Show it").click()
        expect(live.locator(".title .state")).to_have_text("put away")


def test_everything_is_done_by_keyboard_and_one_slip_sends_nothing(desk: Desk, serve: Serve, live: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME, BIRCH, CEDAR)
    with serve() as link:
        enter(live, link)
        for key, company in (("j", "Cedar"), ("j", "Birch"), ("j", "Acme"), ("k", "Birch")):
            live.keyboard.press(key)
            assert company in live.evaluate("document.activeElement.textContent")
            assert live.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        live.keyboard.press("Enter")
        live.wait_for_url("**/letter/L2")
        live.keyboard.press("?")
        expect(live.get_by_role("dialog")).to_be_visible()
        live.keyboard.press("Escape")
        live.keyboard.press("a")
        assert desk.letter("Birch Paper")["state"] == "draft"
        live.keyboard.press("a")
        expect(live.locator(".title .state")).to_have_text("approved")
        live.wait_for_load_state()  # The keys are known once the script has come.
        live.keyboard.press("j")
        live.keyboard.press("Enter")
        live.wait_for_url("**/letter/L1")
        live.keyboard.press("d")
        live.keyboard.press("d")
        expect(live.locator(".title .state")).to_have_text("put away")


@pytest.mark.slow
def test_every_action_on_a_letter_is_done_by_tab_and_enter_alone(desk: Desk, serve: Serve, page: Page) -> None:
    with Server(script={"dot": "accept-drop", "rcpt jobs@birch.example.org": "550 5.1.1 no"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        with serve() as link:
            enter(page, link)

            def shows(text: str) -> None:
                expect(page.locator(".title .state")).to_have_text(text)

            page.goto(f"{home(link)}/letter/L1")
            by_tab(page, "Edit the words")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.type("Hello. ")
            by_tab(page, "Preview")
            expect(page.get_by_text("Not saved yet")).to_be_visible()
            by_tab(page, "Save")
            expect(page.locator("#text-shown")).to_contain_text("Hello.")
            by_tab(page, "Address, interview, questions")
            page.keyboard.press("Tab")
            page.keyboard.press("Control+A")
            page.keyboard.type("ines@acme.example.org")
            by_tab(page, "Update the letter")
            expect(page.locator("#to")).to_have_text("ines@acme.example.org")
            for action, then in (
                ("Approve", "approved"),
                ("Take it back", "waits for your yes"),
                ("Put it away", "put away"),
                ("Bring it back", "waits for your yes"),
                ("Send it yourself", "yours to send"),
                ("Back to the drafts", "waits for your yes"),
                ("Send it yourself", "yours to send"),
                ("I have sent it", "sent"),
            ):
                by_tab(page, action)
                shows(then)
            by_tab(page, "They have answered")
            page.keyboard.press("Tab")
            page.keyboard.type("You were second.")
            by_tab(page, "They have answered")
            shows("answered")
            desk.approve_now("Birch Paper")
            page.goto(f"{home(link)}/letter/L2")
            by_tab(page, "Make it a draft again")
            by_tab(page, "Address, interview, questions")
            page.keyboard.press("Tab")
            page.keyboard.press("Control+A")
            page.keyboard.type("ann@birch.example.org")
            by_tab(page, "Update the letter")
            by_tab(page, "Approve and send now")
            wait_until(lambda: by_id(desk, "L2") == "in_doubt")
            page.goto(f"{home(link)}/letter/L2")
            by_tab(page, "It did not go")
            shows("waits for your yes")
            tick_by_tab(page, "It may have gone")
            by_tab(page, "Approve and send now")
            wait_until(lambda: by_id(desk, "L2") == "in_doubt")
            page.goto(f"{home(link)}/letter/L2")
            by_tab(page, "It went")
            shows("sent")
        assert len(server.mails) == 2, "each after a yes of its own"


def by_tab(page: Page, name: str) -> None:
    """Go to a control by Tab, and press Enter there."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator("main *:focus")
        if focused.count() and focused.inner_text().strip() == name:
            if focused.evaluate("one => one.localName") == "summary":
                page.keyboard.press("Enter")
            else:
                with page.expect_navigation():
                    page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach {name}")


def tick_by_tab(page: Page, label: str) -> None:
    """Go to a box by Tab, and tick it with the space bar."""
    box = page.get_by_label(label)
    for _ in range(60):
        page.keyboard.press("Tab")
        if box.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Space")
            expect(box).to_be_checked()
            return
    raise AssertionError(f"Tab does not reach {label}")


def by_id(desk: Desk, letter: str) -> str:
    (found,) = (one["state"] for one in desk.json("outbox") if one["id"] == letter)
    return str(found)
