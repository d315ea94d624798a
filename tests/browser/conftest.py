"""Real Chromium, and the real page in a process of its own."""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import APIResponse, Browser, Page, expect, sync_playwright

from tests.conftest import Need
from tests.desk import COMMAND, Desk, wait_until

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP evil.example.org 127.0.0.1",
)  # fmt: skip

PATIENCE = 60_000.0
"""Milliseconds that a page may take where the machine is busy; what does not happen at all takes a test that long."""
expect.set_options(timeout=PATIENCE)

Serve = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests; Playwright's loop must be gone before tests that run one of their own."""
    path = Need()("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def serve(desk: Desk) -> Serve:
    """The real `followup web` (or other words) on a free port; gives the link of the first line that has one."""

    @contextmanager
    def serving(
        *words: str, port: int = 0, env: Mapping[str, str] | None = None, before: Sequence[str] = ()
    ) -> Iterator[str]:
        command = [*before, *COMMAND, *(words or ("web", "--no-open")), "--port", str(port)]
        log = desk.folder / "page.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, env=desk.environment(env), cwd=desk.folder
            )
        try:
            wait_until(lambda: "http://" in log.read_text() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield re.findall(r"http://\S+", log.read_text())[0]
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            assert process.wait(15) == 0, log.read_text()
        assert "Traceback" not in log.read_text()

    return serving


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A tab of a fresh profile; nothing may be wrong in its console."""
    context = chromium.new_context(
        java_script_enabled=request.param == "with JavaScript", viewport={"width": 1200, "height": 800}
    )
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    errors: list[str] = []
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    expected = ("status of 4", "net::ERR_")  # a refused form; followup has ended while the page was loading or asking
    assert [one for one in errors if not any(part in one for part in expected)] == []


@pytest.fixture
def live(chromium: Browser) -> Iterator[Page]:
    """A tab with JavaScript."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    yield tab
    context.close()


def request(page: Page, url: str, **about: Any) -> APIResponse:
    """Ask for an address of the page beside the tab, with its cookies, and hand it those that come back.

    Only browsers know where `*.localhost` is, wherever the system does not.
    """
    address = urlsplit(url)
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(url))
    headers = {**about.pop("headers", {}), "Host": address.netloc, "Cookie": cookies}
    plain = urlunsplit(address._replace(netloc=f"127.0.0.1:{address.port}"))
    follows = about.pop("max_redirects", 1)
    answer = page.request.fetch(plain, headers=headers, max_redirects=0, **about)
    for one in answer.headers_array:
        if one["name"].lower() == "set-cookie":
            name, _, value = one["value"].partition(";")[0].partition("=")
            page.context.add_cookies([{"name": name, "value": value, "url": urljoin(url, "/"), "sameSite": "Strict"}])
    if follows and answer.status == 303:
        return request(page, urljoin(url, answer.headers["location"]))
    return answer


def enter(page: Page, link: str) -> None:
    """Come in by the link, as a person does."""
    page.goto(link)
    page.get_by_role("button", name="Open the page").click()
    page.wait_for_url(f"{home(link)}/")


@cache
def home(link: str) -> str:
    """The page's own address, as it is told to whoever has the link."""
    with urlopen(link) as answer:
        (found,) = re.findall(r'action="(http://[0-9a-f]{32}\.localhost:\d+)/enter/', answer.read().decode())
    return str(found)
