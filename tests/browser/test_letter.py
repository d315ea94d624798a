"""What a person does with a letter on the page, with JavaScript and without."""

import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve, enter, home
from tests.desk import ACME, BIRCH, CEDAR, Desk, rejected, wait_until
from tests.smtp_server import Server

pytestmark = pytest.mark.slow


def state(page: Page) -> str:
    return page.locator(".title .state").inner_text()


def test_the_outbox_shows_what_needs_the_person_and_the_letter_as_the_employer_will_see_it(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME, BIRCH)
    with serve() as link:
        enter(page, link)
        expect(page.locator(".sum")).to_have_text("2 applications, 1 interview.")
        page.get_by_role("link", name="Read the letter to Acme Tools and decide").click()
        paper = page.locator(".paper")
        shown = desk.letter("Acme Tools")
        assert "Sam Rivera <sam@example.org>" in paper.inner_text()
        assert page.locator("#to").inner_text() == shown["to"] == "ines.roe@acme.example.org"
        assert page.locator("#subject-shown").inner_text() == shown["subject"]
        expect(page.locator(".facts").first).to_contain_text("rejected, after an interview")
        expect(page.locator(".story")).to_contain_text("A letter was drafted (L1)")


def test_p1_a_yes_on_the_page_sends_exactly_what_was_shown_after_an_edit(desk: Desk, serve: Serve, page: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with serve() as link:
            enter(page, link)
            page.goto(f"{home(link)}/letter/L1")
            page.get_by_text("Edit the words").click()
            page.get_by_label("Subject").fill("A question about the Engineer position")
            page.get_by_label("Text").fill("Dear Ines Roe,\n\nwhat could I do better?\n\nSam Rivera")
            page.get_by_role("button", name="Preview").click()
            expect(page.get_by_text("Not saved yet")).to_be_visible()
            assert desk.letter("Acme Tools")["subject"] == "Thank you for the Engineer interview"
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#subject-shown")).to_have_text("A question about the Engineer position")
            shown = page.locator("#text-shown").text_content()
            page.get_by_role("button", name="Approve and send now").click()
            wait_until(lambda: server.mails)
            wait_until(lambda: desk.letter("Acme Tools")["state"] == "sent")
            page.reload()
            assert state(page) == "sent"
        (mail,) = server.mails
        message = message_from_bytes(mail.data, policy=policy.default)
        assert message["Subject"] == "A question about the Engineer position"
        assert message.get_content().replace("\r\n", "\n").strip() == (shown or "").strip()
        assert mail.recipient == "ines.roe@acme.example.org"


def test_an_approved_letter_says_when_it_goes_and_can_be_taken_back(desk: Desk, serve: Serve, page: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(BIRCH)
    with serve() as link:
        enter(page, link)
        page.get_by_role("link", name="Read the letter").click()
        page.get_by_role("button", name="Approve", exact=True).click()
        assert state(page) == "approved"
        expect(page.get_by_text(re.compile(r"Approved for \w{3} \d+ \w{3}, \d+:\d\d \(in "))).to_be_visible()
        page.get_by_role("button", name="Take it back").click()
        assert state(page) == "waits for your yes"
        page.get_by_role("button", name="Put it away").click()
        assert state(page) == "put away"
        page.get_by_role("button", name="Bring it back").click()
        assert desk.letter("Birch Paper")["state"] == "draft"


def test_an_address_an_interview_and_other_questions_are_told_on_the_page(desk: Desk, serve: Serve, page: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(CEDAR)
    with serve() as link:
        enter(page, link)
        page.get_by_role("link", name="Read the letter").click()
        assert page.get_by_role("button", name="Approve", exact=True).count() == 0
        page.get_by_label("Address").fill("jobs@cedar.example.org")
        page.get_by_label("Name, if you know it").fill("Noa Lind")
        page.get_by_label("How far you got").select_option("interview")
        page.get_by_label("Day of the interview").fill("2026-11-12")
        page.get_by_label("What were the deciding factors?").check()
        page.get_by_role("button", name="Update the letter").click()
        expect(page.locator("#to")).to_have_text("jobs@cedar.example.org")
        text = page.locator("#text-shown").inner_text()
        assert "Noa Lind" in text
        assert "12 November" in text
        assert "deciding factors" in text
        assert "different" not in text
        expect(page.get_by_role("button", name="Approve", exact=True)).to_be_enabled()
        page.get_by_text("Address, interview, questions").click()
        page.get_by_label("What were the deciding factors?").uncheck()
        page.get_by_role("button", name="Update the letter").click()
        expect(page.locator("#text-shown")).to_contain_text("set the successful candidate apart")


def test_a_letter_is_handed_over_and_said_to_be_sent_and_answered(desk: Desk, serve: Serve, page: Page) -> None:
    desk.with_drafts(CEDAR)
    with serve() as link:
        enter(page, link)
        page.get_by_role("link", name="Read the letter").click()
        page.get_by_role("button", name="Send it yourself").click()
        mailto = page.get_by_role("link", name="Open in your mail program").get_attribute("href") or ""
        assert mailto.startswith("mailto:?subject=")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download .eml").click()
        assert download.value.suggested_filename == "L1-cedar-works.eml"
        message = message_from_bytes(download.value.path().read_bytes(), policy=policy.default)
        assert message["X-Unsent"] == "1"
        assert (
            message.get_content().replace("\r\n", "\n").strip()
            == (page.locator("#text-shown").text_content() or "").strip()
        )
        page.get_by_role("button", name="I have sent it").click()
        assert state(page) == "sent"
        page.get_by_text("They have answered").first.click()
        page.get_by_label("What they wrote").fill("You were second.\nKeep going.")
        page.get_by_role("button", name="They have answered").click()
        assert state(page) == "answered"
        expect(page.get_by_role("status").last).to_contain_text("A thank-you is drafted (L2)")
        expect(page.get_by_role("blockquote")).to_contain_text("You were second.")
    assert "You were second." in desk.ok("feedback")


def test_p4_a_letter_in_doubt_is_settled_by_a_word_on_the_page(desk: Desk, serve: Serve, page: Page) -> None:
    with Server(script={"dot": "accept-drop"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.approve_now("Acme Tools")
        with serve() as link:
            enter(page, link)
            page.get_by_role("link", name="Acme Tools").click()
            expect(page.get_by_text("search your mail for")).to_be_visible()
            page.get_by_role("button", name="It went", exact=True).click()
            assert state(page) == "sent"
        assert len(server.mails) == 1


def test_a_failed_letter_says_why_and_becomes_a_draft_again(desk: Desk, serve: Serve, page: Page) -> None:
    with Server(script={"rcpt": "550 5.1.1 no such person"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        desk.approve_now("Acme Tools")
        with serve() as link:
            enter(page, link)
            page.get_by_role("link", name="Acme Tools").click()
            expect(page.locator(".notice").filter(has_text="no such person")).to_be_visible()
            page.get_by_role("button", name="Make it a draft again").click()
            assert state(page) == "waits for your yes"
            assert page.locator("main").inner_text().count("Taken back.") == 1, "a reason is told once"


def test_what_blocks_a_letter_is_told_and_the_button_waits(desk: Desk, serve: Serve, page: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(BIRCH)
    with serve() as link:
        enter(page, link)
        page.get_by_role("link", name="Read the letter").click()
        page.get_by_text("Edit the words").click()
        page.get_by_label("Text").fill("Dear [NAME],\n\nwhy not me?")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".notes .error")).to_contain_text("A placeholder is left in it")
        expect(page.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
        page.get_by_text("Edit the words").click()
        page.get_by_label("Text").fill("  ")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert").first).to_contain_text("would be empty")
        assert "[NAME]" in desk.ok("show", "L1")


def test_applications_are_shown_as_understood_and_questions_are_answered_there(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.save(rejected(ACME), rejected(BIRCH), CEDAR)
    desk.ok("scan")
    with serve() as link:
        enter(page, link)
        page.get_by_role("link", name="question").click()
        page.get_by_label("Acme Tools, Engineer").check()
        page.get_by_role("button", name="Draft those ticked").click()
        expect(page.get_by_role("status").last).to_contain_text("L1 waits for you")
        page.get_by_text("Which column is what").click()
        expect(page.get_by_role("cell", name="Company", exact=True).first).to_be_visible()
        rows = page.locator(".application")
        assert rows.count() == 3
        page.get_by_label("Outcome").select_option("rejected")
        page.get_by_role("button", name="Show").click()
        assert page.locator(".application").count() == 2
        page.get_by_label("Find").fill("birch")
        page.get_by_role("button", name="Show").click()
        assert page.locator(".application").count() == 1
        page.get_by_role("button", name="Draft a letter: Birch Paper").click()
        expect(page.locator("h1")).to_contain_text("Birch Paper")
    assert [one["company"] for one in desk.json("outbox")] == ["Acme Tools", "Birch Paper"]


def test_nudges_are_shown_snoozed_and_done(desk: Desk, serve: Serve, page: Page) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.get_by_role("link", name="Nudges").click()
        first = page.locator(".item").first
        expect(first).to_contain_text("It comes because Acme Tools turned you down")
        first.get_by_text("Later, or not at all").click()
        first.get_by_role("button", name="Next week").click()
        expect(page.get_by_text("snoozed")).to_be_visible()
        page.locator("#N2").get_by_text("Later, or not at all").click()
        page.locator("#N2").get_by_role("button", name="Not needed").click()
        assert page.locator("#N2").count() == 0
        page.locator("#N3").get_by_text("Later, or not at all").click()
        page.locator("#N3").get_by_label("Day to come again").fill("2030-01-05")
        page.locator("#N3").get_by_role("button", name="Remind me that day").click()
        expect(page.locator("#N3")).to_contain_text("5 Jan 2030, 9:00")
    states = {one["id"]: one["state"] for one in desk.json("nudges")}
    assert (states["N1"], states["N2"], states["N3"]) == ("snoozed", "cancelled", "snoozed")


@pytest.mark.parametrize(
    ("greeting", "said"), [("220 welcome", "127.0.0.1 takes your mail."), ("hello there", "is no mail server")]
)
def test_i12_the_page_tries_the_mail_account_and_says_what_is_wrong(
    desk: Desk, serve: Serve, page: Page, greeting: str, said: str
) -> None:
    with Server(script={"greeting": greeting}) as server, serve() as link:
        desk.use_server(server.port)
        enter(page, link)
        page.goto(f"{home(link)}/state")
        page.get_by_role("button", name="Check it now").click()
        expect(page.get_by_text(said)).to_be_visible()


def test_i12_the_page_says_that_nothing_answers_there_and_shows_a_failing_password_command(
    desk: Desk, serve: Serve, page: Page
) -> None:
    for settings, said in (
        ({}, "nothing answers on port 9"),
        ({"SMTP_USERNAME": "sam", "SMTP_PASSWORD_COMMAND": "false"}, "FOLLOWUP_SMTP_PASSWORD_COMMAND failed"),
    ):
        desk.use_server(9)
        desk.write_settings(**settings)
        with serve() as link:
            enter(page, link)
            page.goto(f"{home(link)}/state")
            page.get_by_role("button", name="Check it now").click()
            expect(page.get_by_text(said)).to_be_visible()


def test_mail_is_paused_and_resumed_on_the_page_and_settings_show_no_secret(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.use_server(2525)
    desk.write_settings(SMTP_USERNAME="sam", SMTP_PASSWORD="canary-4711")
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.get_by_role("link", name="State").click()
        expect(page.locator("main")).to_contain_text("nothing is running")
        expect(page.locator("main")).to_contain_text("In a second terminal: followup run, or once for all")
        assert "--web" not in page.locator("main").inner_text()
        expect(page.locator("main")).to_contain_text("127.0.0.1, as sam")
        assert "canary" not in page.content()
        page.get_by_role("button", name="Pause it at once").click()
        assert desk.json("status")["paused"] == "you paused it"
        page.get_by_role("link", name="Outbox").click()
        expect(page.get_by_text("Mail to employers is paused: you paused it")).to_be_visible()
        page.get_by_role("link", name="Let it go again").click()
        page.get_by_role("button", name="Let it go again").click()
        assert desk.json("status")["paused"] is None


def test_empty_pages_say_what_will_appear_and_what_to_do(desk: Desk, serve: Serve, page: Page) -> None:
    with serve() as link:
        enter(page, link)
        expect(page.locator(".notice.trouble")).to_contain_text("applications.csv")
        expect(page.get_by_text("Your tracker has not been read yet.")).to_be_visible()
        desk.save(ACME)
        page.get_by_role("button", name="Read your tracker").click()
        expect(page.locator(".notice.trouble")).to_have_count(0)
        expect(page.locator(".sum")).to_have_text("1 application, 0 interviews.")
        expect(page.get_by_text("Nothing is watching your tracker.")).to_be_visible()
        desk.save(rejected(ACME))
        page.get_by_role("button", name="Read it again").click()
        expect(page.get_by_role("link", name="Read the letter to Acme Tools and decide")).to_be_visible()
        desk.ok("discard", "L1")
        page.goto(home(link))
        desk.ok("tick")
        page.reload()
        expect(page.get_by_text("A letter appears here within seconds")).to_be_visible()


def test_what_the_page_shows_first_is_what_the_tracker_says_now(desk: Desk, serve: Serve, page: Page) -> None:
    desk.save(ACME)
    desk.ok("scan")
    desk.save(rejected(ACME))
    with serve() as link:
        enter(page, link)
        expect(page.get_by_role("link", name="Read the letter to Acme Tools and decide")).to_be_visible()
        expect(page).to_have_title("(1) Outbox · followup")
        page.get_by_role("link", name="Nudges").click()
        expect(page.get_by_role("heading", name="To come")).to_be_visible()
