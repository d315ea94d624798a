"""The whole way on an open page, and everything by keyboard."""

from time import monotonic

from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve, home
from tests.desk import ACME, BIRCH, CEDAR, Desk, rejected, wait_until
from tests.smtp_server import Server


def test_from_a_row_that_becomes_rejected_to_a_page_that_says_sent(desk: Desk, serve: Serve, live: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.save(ACME, BIRCH)
        with serve("run", "--web") as link:
            live.goto(link)
            wait_until(lambda: desk.json("status")["applications"] == {"open": 2})
            expect(live.get_by_text("Nothing needs you")).to_be_visible()
            since = monotonic()
            desk.save(rejected(ACME), BIRCH)
            live.get_by_role("link", name="Read the letter to Acme Tools and decide").wait_for()
            assert monotonic() - since < 2
            live.get_by_role("link", name="Read the letter to Acme Tools and decide").click()
            live.get_by_text("Edit the words").click()
            text = live.get_by_label("Text").input_value()
            live.get_by_label("Text").fill(text.replace("A line is plenty", "One line is plenty"))
            expect(live.locator("#text-shown")).to_contain_text("One line is plenty")
            live.get_by_role("button", name="Save").click()
            live.get_by_role("button", name="Approve and send now").click()
            expect(live.locator(".title .state")).to_have_text("sent", timeout=20_000)
        (mail,) = server.mails
        assert b"One line is plenty" in mail.data


def test_without_javascript_the_outbox_comes_anew_every_half_minute_and_no_form_is_ever_lost(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        page.goto(link)
        refresh = '<noscript><meta http-equiv="refresh" content="30"></noscript>'
        assert refresh in page.request.get(home(link)).text()
        for path in ("/letter/L1", "/nudges"):
            assert "http-equiv" not in page.request.get(f"{home(link)}{path}").text()


def test_what_is_being_typed_is_not_lost_when_this_letter_changes_and_no_other_is_spoken_of(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.with_drafts(ACME, BIRCH)
    with serve() as link:
        live.goto(link)
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
        live.goto(link)
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
        live.goto(f"{home(link)}/letter/L1")
        live.keyboard.press("d")
        live.keyboard.press("d")
        expect(live.locator(".title .state")).to_have_text("put away")


def test_tab_alone_reaches_every_control_of_a_letter(desk: Desk, serve: Serve, page: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        page.goto(link)
        page.goto(f"{home(link)}/letter/L1")
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(page.locator("*:focus").first.inner_text().strip() if page.locator("*:focus").count() else "")
        wanted = {"Approve", "Approve and send now", "Edit the words", "Address, interview, questions", "Put it away"}
        assert wanted <= reached
