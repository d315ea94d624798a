"""How the page looks and what it weighs: for everybody, on every screen, with nothing from elsewhere."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from followup.steps.remind import remind
from tests.browser.conftest import Serve, enter, home
from tests.desk import ACME, BIRCH, CEDAR, MONDAY_MORNING, Desk, Row, rejected
from tests.smtp_server import Server

pytestmark = pytest.mark.slow

IMAGES = Path(__file__).parents[2] / "docs" / "images" if "FOLLOWUP_TEST_IMAGES" in os.environ else None
LOADED = """new Promise(done => setTimeout(() => done(
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .map(one => [one.name, one.decodedBodySize])), 1200))"""
"""Every address that the page has asked for, and how many bytes came."""
AS_AT_HOME = "folder => { document.body.innerHTML = document.body.innerHTML.replaceAll(folder, '~') }"
"""No picture shows where the tests ran."""
PAGES = {
    "outbox": "/",
    "letter": "/letter/L1",
    "nudges": "/nudges",
    "applications": "/applications",
    "state": "/state",
}


@pytest.fixture
def full(desk: Desk, serve: Serve) -> Iterator[str]:
    """The link to a page with something of everything on it."""
    with Server(script={"rcpt no@fir.example.org": "550 5.1.1 no such person", "dot": "250 2.0.0 kept"}) as server:
        desk.use_server(server.port)
        elm = Row("Elm Studio", "weiß noch nicht so recht", role="Designer", contact="hello@elm.example.org")
        fir = Row("Fir & Sons", contact="no@fir.example.org")
        oak = Row("Oak Foundry", contact="people@oak.example.org")
        old = Row("Old Mill", "Rejected")
        desk.save(ACME, BIRCH, CEDAR, elm, fir, oak, old)
        desk.ok("scan")
        desk.save(rejected(ACME), rejected(BIRCH), rejected(CEDAR), elm, rejected(fir), rejected(oak), old)
        desk.ok("scan")
        desk.run("approve", "L4", "--now", "--digest", desk.letter("Fir & Sons")["digest"])
        desk.ok("approve", "L5", "--now", "--digest", desk.letter("Oak Foundry")["digest"])
        desk.ok("approve", "L2", "--digest", desk.letter("Birch Paper")["digest"])
        with serve() as link:
            yield link


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(full: str, chromium: Browser, scheme: str) -> None:
    context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True)
    page = context.new_page()
    enter(page, full)
    for path in (*PAGES.values(), "/letter/L2", "/letter/L3", "/letter/L4", "/letter/L5", "/letters/sent", "/nowhere"):
        page.goto(f"{home(full)}{path}")
        assert serious(page) == [], path
    page.goto(f"{home(full)}/letter/L3")
    other = context.new_page()
    other.goto(f"{home(full)}/letter/L3")
    other.get_by_role("button", name="Send it yourself").first.click()
    assert serious(other) == [], "handed over"
    page.get_by_role("button", name="Put it away").click()
    expect(page.get_by_role("alert")).to_contain_text("so nothing was done")
    assert serious(page) == [], "409"
    context.clear_cookies()
    other.get_by_label("What they wrote").fill("Thank you.")
    other.get_by_role("button", name="They have answered").click()
    expect(other.get_by_label("What you had typed, to copy")).to_have_value("Thank you.")
    assert serious(other) == [], "403"
    context.close()


def serious(page: Page) -> list[object]:
    """What axe finds on a page with all that is folded open, but for what is minor."""
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] != "minor"]


def test_axe_finds_nothing_serious_on_a_doubt_and_on_a_nudge_that_has_come(
    desk: Desk, serve: Serve, chromium: Browser
) -> None:
    with Server(script={"dot": "accept-drop"}) as server:
        desk.use_server(server.port)
        desk.write_settings(NUDGES="terminal")
        desk.with_drafts(ACME)
        desk.approve_now("Acme Tools")
    with desk.parts() as parts:
        assert remind(parts, MONDAY_MORNING + timedelta(hours=10)).delivered
    with serve() as link:
        context = chromium.new_context(bypass_csp=True)
        page = context.new_page()
        enter(page, link)
        for path, shows in (("/letter/L1", "Did it go?"), ("/nudges", "turned you down")):
            page.goto(f"{home(link)}{path}")
            expect(page.get_by_text(shows).first).to_be_visible()
            assert serious(page) == [], path
        context.close()


def test_no_page_is_wider_than_a_small_phone(full: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    enter(page, full)
    for path in (*PAGES.values(), "/letter/L4", "/letter/L5"):
        page.goto(f"{home(full)}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    context.close()


def test_on_a_small_phone_one_draft_shows_company_two_lines_and_one_button_unscrolled(
    desk: Desk, serve: Serve, chromium: Browser
) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        context = chromium.new_context(viewport={"width": 360, "height": 640})
        page = context.new_page()
        enter(page, link)
        assert inside(page, page.get_by_role("link", name="Acme Tools", exact=True).bounding_box())
        assert inside(page, page.locator(".snippet").bounding_box())
        assert "Dear Ines Roe,\nThank you for letting me know" in page.locator(".snippet").inner_text()
        (button,) = page.locator(".primary").all()
        assert inside(page, button.bounding_box())
        button.click()
        text = page.locator("#text-shown").bounding_box()
        assert text is not None
        assert text["y"] + 3 * 24 < 580, "greeting and first line stand above the button"
        assert inside(page, page.locator("h1").bounding_box())
        visible = [one for one in page.locator(".primary").all() if one.is_visible()]
        assert [one.inner_text() for one in visible] == ["Approve"]
        assert inside(page, visible[0].bounding_box())
        context.close()


def test_on_a_small_phone_a_letter_without_an_address_has_its_button_in_reach(
    desk: Desk, serve: Serve, chromium: Browser
) -> None:
    desk.use_server(2525)
    desk.with_drafts(CEDAR)
    with serve() as link:
        context = chromium.new_context(viewport={"width": 360, "height": 640})
        page = context.new_page()
        enter(page, link)
        page.goto(f"{home(link)}/letter/L1")
        assert inside(page, page.get_by_role("button", name="Send it yourself").bounding_box())
        page.get_by_text("Address, interview, questions").scroll_into_view_if_needed()
        assert inside(page, page.get_by_role("button", name="Send it yourself").bounding_box())
        assert page.locator("form[action$='/approve']").count() == 0
        context.close()


def test_the_state_of_a_letter_does_not_touch_its_paper_and_names_keep_to_themselves(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.with_drafts(Row("אבג Tools", role="\u202egnp"))
    with serve() as link:
        enter(live, link)
        for path in ("", "/applications", "/letter/L1", "/nudges"):
            live.goto(f"{home(link)}{path}")
            assert live.locator("bdi").count() >= 1, path
        live.goto(f"{home(link)}/letter/L1")
        pill, paper = live.locator(".title .state").bounding_box(), live.locator(".paper").bounding_box()
        assert pill is not None
        assert paper is not None
        assert pill["y"] + pill["height"] + 6 <= paper["y"]


def inside(page: Page, box: object) -> bool:
    size = page.viewport_size
    assert isinstance(box, dict)
    assert size is not None
    return bool(box["x"] >= 0 and box["y"] >= 0 and box["y"] + box["height"] <= size["height"])


def test_a_letter_is_printed_without_what_is_around_it(desk: Desk, serve: Serve, live: Page) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        live.emulate_media(media="print")
        expect(live.locator(".paper")).to_be_visible()
        expect(live.locator(".beside")).to_be_hidden()
        expect(live.locator("header")).to_be_hidden()


def test_times_are_told_in_the_persons_zone_relative_and_exact(desk: Desk, serve: Serve, live: Page) -> None:
    desk.write_settings(TIMEZONE="Asia/Tokyo")
    desk.use_server(2525)
    desk.with_drafts(ACME)
    letter = desk.letter("Acme Tools")
    goes = datetime.fromisoformat(letter["not_before"]).astimezone(UTC)
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        shown = live.locator(".beside time").first
        told = datetime.fromisoformat(shown.get_attribute("datetime") or "")
        assert (told.astimezone(UTC), told.utcoffset()) == (goes.replace(microsecond=0), told.utcoffset())
        assert str(told.utcoffset()) == "9:00:00"
        expect(shown).to_contain_text(f"{told.hour}:{told:%M}")
        expect(shown).to_contain_text("(in ")


def test_each_page_weighs_under_100_kb_and_nothing_leaves_the_machine(full: str, live: Page) -> None:
    enter(live, full)
    for path in PAGES.values():
        live.goto(f"{home(full)}{path}")
        loaded = live.evaluate(LOADED)
        assert len(loaded) >= 4, "the page, its look, its script, its icon or what is new"
        assert sum(size for _, size in loaded) < 100_000
        assert all(address.startswith(home(full)) for address, _ in loaded)


def test_the_page_speaks_of_a_nudge_that_has_come(desk: Desk, serve: Serve, live: Page) -> None:
    desk.write_settings(NUDGES="terminal")
    desk.with_drafts(ACME)
    with desk.parts(MONDAY_MORNING) as parts:
        assert remind(parts, MONDAY_MORNING + timedelta(hours=10)).delivered
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/nudges")
        card = live.locator(".card").first
        expect(card).to_contain_text("It comes because Acme Tools turned you down")
        card.get_by_role("button", name="Done").click()
        assert live.locator(".card").count() == 0


def test_pictures_of_every_page_light_dark_and_on_a_phone(
    full: str, desk: Desk, chromium: Browser, tmp_path: Path
) -> None:
    """With FOLLOWUP_TEST_IMAGES they go into docs/images, where the README shows them."""
    folder = IMAGES or tmp_path
    page = chromium.new_page()
    enter(page, full)
    for look, width, height in (("light", 960, 640), ("dark", 960, 640), ("phone", 360, 640)):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if look == "dark" else "light")
        for name, path in PAGES.items():
            page.goto(f"{home(full)}{path}")
            page.evaluate(AS_AT_HOME, str(desk.folder))
            file = folder / f"{name}-{look}.jpg"
            page.screenshot(path=file, type="jpeg", quality=50)
            assert 5_000 < file.stat().st_size < 70_000
    page.close()
