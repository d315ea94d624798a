"""Applications, questions and nudges on the page: asked, answered, taken back, put off."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from followup.model.nudge import NudgeState, Tip
from followup.playbook.actions import Plan
from followup.steps import nudging
from followup.steps.remind import remind
from followup.steps.scan import scan
from followup.steps.tick import tick
from followup.store import letters, nudges
from tests.browser.conftest import Serve, enter, home, request
from tests.browser.test_letter import state
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, Row, rejected, text_of
from tests.smtp_server import Server

pytestmark = pytest.mark.slow


def test_none_ticked_is_no_answer_and_an_answer_can_be_taken_back(desk: Desk, serve: Serve, page: Page) -> None:
    desk.save(rejected(ACME), rejected(BIRCH), CEDAR)
    desk.ok("scan")
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/applications")
        page.get_by_role("button", name="Draft those ticked").click()
        expect(page.get_by_role("alert")).to_have_text("Tick at least one, or choose none of them.")
        page.get_by_role("button", name="None of them").click()
        expect(page.get_by_role("status").last).to_have_text("Thank you, noted.")
        assert page.get_by_role("button", name="Draft those ticked").count() == 0
        page.get_by_text("Answered", exact=True).click()
        expect(page.locator("#answered .item")).to_contain_text("none")
        page.get_by_role("button", name="Take back your answer").click()
        page.get_by_label("Birch Paper, Engineer").check()
        page.get_by_role("button", name="Draft those ticked").click()
        page.get_by_text("Answered", exact=True).click()
        expect(page.locator("#answered .item strong")).to_have_text("Birch Paper")
        assert desk.letter("Birch Paper")["state"] == "draft"
        assert "http-equiv" not in request(page, f"{home(link)}/applications").text(), "a form is never reloaded"


def test_an_open_page_shows_what_is_new_also_where_a_question_was_followed_to(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.save(rejected(ACME), BIRCH)
    with serve() as link:
        enter(live, link)
        live.get_by_role("link", name="question").click()
        live.wait_for_url("**/applications#Q1")
        desk.save(rejected(ACME), BIRCH, CEDAR)
        desk.ok("scan")
        expect(live.locator(".application")).to_have_count(3)


def test_every_kind_of_question_is_answered_on_the_page(desk: Desk, serve: Serve, page: Page) -> None:
    two = "ann@acme.example.org, bo@acme.example.org"
    rows = [Row("Acme Tools", "Declined", applied="", interview="03/04/2026", contact=two), BIRCH]
    desk.tracker.write_text(text_of(rows).replace("Status", "Stauts"), encoding="utf-8", newline="")
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/applications")
        page.get_by_label("It is the column").select_option("Stauts")
        page.get_by_role("button", name="Answer", exact=True).first.click()
        expect(page.get_by_text("Thank you, noted.")).to_be_visible()
        while (asked := page.locator("#questions ~ .card")).count():
            card = asked.first
            if card.get_by_role("button", name="Day first").count():
                card.get_by_role("button", name="Day first").click()
            elif card.get_by_label("Address").count():
                card.get_by_label("Address").fill("bo@acme.example.org")
                card.get_by_role("button", name="Answer").click()
            elif card.get_by_role("button", name="None of them").count():
                card.get_by_role("button", name="None of them").click()
            else:
                card.get_by_role("button", name="Yes").click()
        page.get_by_text("Answered", exact=True).click()
        expect(page.locator("#answered")).to_contain_text("day first")
    answers = {one["kind"]: one["answer"] for one in desk.json("questions")}
    assert answers["column"] == "Stauts"
    assert answers["date_order"] == "dmy"
    assert answers["outcome"] == "yes"
    with desk.parts() as parts:
        query = "SELECT company, outcome, interview_on FROM application ORDER BY company"
        (acme, _) = parts.store.connection.execute(query)
        assert tuple(acme) == ("Acme Tools", "rejected", "2026-04-03")


def test_what_was_not_understood_is_named_by_its_line(desk: Desk, serve: Serve, live: Page) -> None:
    desk.save(ACME)
    with desk.tracker.open("a") as file:
        file.write("Birch Paper,Engineer,2026-10-01,Applied,,,a comma,too many\n")
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/applications")
        problems = desk.json("status")["tracker"]["problems"]
        assert problems
        shown = live.locator("section").filter(has=live.get_by_role("heading", name="Not understood"))
        for problem in problems:
            expect(shown).to_contain_text(f"Line {problem['line']}: {problem['text']}")


def test_find_knows_letters_of_other_alphabets_in_capitals_and_small_and_comes_back_to_what_was_found(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.save(Row("Österreich GmbH"), Row("Ørsted"), Row("100%_Sure"), ACME)
    with serve() as link:
        enter(page, link)
        for wanted, found in (
            ("österreich", ["Österreich GmbH"]),
            ("ÖSTERREICH", ["Österreich GmbH"]),
            ("ØRSTED", ["Ørsted"]),
            ("%_", ["100%_Sure"]),
            ("engineer", ["Acme Tools", "100%_Sure", "Ørsted", "Österreich GmbH"]),
        ):
            page.goto(f"{home(link)}/applications")
            page.get_by_label("Find").fill(wanted)
            page.get_by_role("button", name="Show").click()
            assert page.locator(".who bdi:first-child").all_inner_texts() == found
        page.get_by_label("Find").fill("ØRSTED")
        page.get_by_role("button", name="Show").click()
        where = page.url
        page.get_by_role("button", name="Read it again").click()
        assert page.url == where


def test_an_application_that_is_not_rejected_is_asked_for_feedback_only_on_purpose(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.save(ACME, rejected(BIRCH))
    desk.ok("scan")
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/applications")
        assert live.locator(".application button").all_inner_texts() == ["Draft a letter", "Ask for feedback anyway"]
        pill = live.locator(".application .state").first
        box, row = pill.bounding_box(), live.locator(".application").first.bounding_box()
        assert box is not None
        assert row is not None
        assert box["width"] < row["width"] / 4, "a pill is as wide as its word"
        live.get_by_role("button", name="Ask for feedback anyway: Acme Tools").click()
        expect(live.locator("h1")).to_contain_text("Acme Tools")
        assert state(live) == "waits for your yes"


def test_a_follow_up_asks_on_its_own_page_whether_an_answer_came(desk: Desk, serve: Serve, page: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.write_settings(NUDGES="terminal")
        desk.with_drafts(ACME, BIRCH)
        for company in ("Acme Tools", "Birch Paper"):
            desk.approve_now(company)
    with desk.parts(MONDAY_MORNING + timedelta(days=21)) as parts:
        tick(parts)
        follow_ups = [one.id for one in letters.everything(parts.store) if one.kind == "follow-up"]
    with serve() as link:
        enter(page, link)
        for number, reply, then in zip(follow_ups, ("No", "Yes"), ("waits for your yes", "withdrawn"), strict=True):
            page.goto(f"{home(link)}/letter/L{number}")
            expect(page.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
            assert "followup answer" not in page.content()
            page.get_by_role("button", name=reply, exact=True).click()
            assert page.url == f"{home(link)}/letter/L{number}"
            assert state(page) == then
            assert page.get_by_role("button", name="No", exact=True).count() == 0
        page.goto(f"{home(link)}/letter/L{follow_ups[0]}")
        expect(page.get_by_role("button", name="Approve", exact=True)).to_be_enabled()
        page.goto(f"{home(link)}/application/A1")
        expect(page.locator("h1")).to_contain_text("Acme Tools")


def test_a_nudge_comes_again_on_the_day_that_was_meant(desk: Desk, serve: Serve, page: Page) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/nudges")
        assert page.locator("body").get_attribute("data-still") is not None

        def later(number: int) -> tuple[Page, str]:
            page.locator(f"#N{number}").get_by_text("Later, or not at all").click()
            return page, f"#N{number}"

        _, first = later(1)
        page.locator(first).get_by_label("Day to come again").fill("2030-01-05")
        page.locator(first).get_by_label("Day to come again").press("Enter")
        expect(page.locator(first)).to_contain_text("5 Jan 2030, 9:00")
        _, second = later(2)
        page.locator(second).get_by_label("Day to come again").fill("2030-01-05")
        page.locator(second).get_by_role("button", name="Tomorrow").click()
        expect(page.locator(second)).to_contain_text("snoozed")
        _, third = later(3)
        page.locator(third).get_by_role("button", name="Remind me that day").click()
        assert page.locator(third).get_by_label("Day to come again").evaluate("one => one.validity.valueMissing")
        page.locator(third).get_by_label("Day to come again").fill("2020-01-05")
        page.locator(third).get_by_role("button", name="Remind me that day").click()
        expect(page.get_by_role("alert")).to_contain_text("That moment has passed")
        assert page.url == f"{home(link)}/nudges"
        token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
        for day in ("0001-01-01", "9999-12-31", "tomorrow", ""):
            form: dict[str, str | float | bool] = {"csrf_token": token, "back": "/nudges", "until": day}
            answer = request(page, f"{home(link)}/nudge/N4/snooze", method="POST", form=form)
            assert answer.status == 200
            assert 'role="alert"' in answer.text() or day == "9999-12-31"
    due = {one["id"]: datetime.fromisoformat(one["due_at"]) for one in desk.json("nudges")}
    assert due["N2"] - datetime.now(due["N2"].tzinfo) < timedelta(days=1), "a filled day does not beat the button"


def test_why_a_nudge_comes_is_one_sentence_and_a_long_list_leads_to_all(desk: Desk, serve: Serve, live: Page) -> None:
    desk.write_settings(NUDGES="terminal")
    desk.save(ACME)
    desk.ok("scan")
    desk.save(rejected(ACME))
    with desk.parts(MONDAY_MORNING) as parts:
        scan(parts, MONDAY_MORNING)
        assert remind(parts, MONDAY_MORNING + timedelta(hours=10)).delivered
        for event in ("interview_planned", "interview_held", "no_reply"):
            plan = Plan(
                application=1,
                event=event,
                tip=Tip.KEEP_MOVING,
                template="keep-moving-1",
                when=(),
                due_at=MONDAY_MORNING,
            )
            with parts.store.transaction():
                nudging.carry_out(parts, [plan] * 6, MONDAY_MORNING)
        assert nudges.counts(parts.store)[NudgeState.PLANNED] > 20
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/nudges")
        expect(live.locator(".card .more")).to_contain_text("turned you down: the first of five tips is that it may")
        shown = set(live.locator(".item .more").all_inner_texts())
        assert {
            "It comes because Acme Tools is going to talk to you.",
            "It comes because Acme Tools has talked to you.",
            "It comes because Acme Tools has been silent since your letter.",
        } <= shown
        assert not any("-" in one or "_" in one for one in shown)
        live.get_by_role("link", name="planned").click()
        assert live.locator(".item").count() > 20


def test_w2_no_form_leads_to_another_site(desk: Desk, serve: Serve, live: Page) -> None:
    desk.save(ACME)
    with serve() as link:
        enter(live, link)
        token = live.locator("input[name=csrf_token]").first.get_attribute("value") or ""
        for back in ("//evil.example.org/", "https://evil.example.org/", "/\\evil.example.org", "x"):
            form: dict[str, str | float | bool] = {"csrf_token": token, "back": back}
            answer = request(live, f"{home(link)}/scan", method="POST", form=form, max_redirects=0)
            assert answer.headers["location"] == "/applications", back
