"""Whoever reads the page changes nothing by it."""

import re
from collections.abc import Iterator
from pathlib import Path

from followup.web.application import application
from followup.web.door import Door
from tests.browser.conftest import Serve
from tests.browser.test_safety import ask, entered, own, status
from tests.desk import Desk
from tests.system.test_looking import fill, kept

VALUES = {"number": "1", "state": "draft", "act": "approve", "filename": "page.css"}
"""What stands for the parts of an address."""
ENTRY = "/enter/"


def addresses(desk: Desk, folder: Path) -> Iterator[str]:
    """Every address of the page that can be read, whatever room it is made in."""
    with desk.parts() as parts:
        app = application(lambda: parts, Door(folder / "page.link", f"{0:032}.localhost", 1), 1, lambda: None)
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.rule.startswith(ENTRY):
                path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: VALUES[found[1]], rule.rule)
                yield path.replace("/nudges/draft", "/nudges/planned")


def test_nothing_that_is_read_on_the_page_writes_anything(desk: Desk, serve: Serve) -> None:
    fill(desk)
    everything = [*addresses(desk, desk.folder), *(f"/letter/L{number}" for number in range(2, 7)), "/letters/sent"]
    assert "/letter/L1" in everything
    with serve() as link:
        cookie, host = entered(link), own(link)
        before = kept(desk.config.parent)
        for path in everything:
            answer = ask(link, f"GET {path} HTTP/1.1\nHost: {host}\nCookie: {cookie}\nConnection: close\n\n")
            assert status(answer) in (200, 303), path
            assert kept(desk.config.parent) == before, path
