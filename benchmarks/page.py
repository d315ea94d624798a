"""What the server takes for each page with 1,000 letters and 5,000 applications, beside 10 of each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.measure import Figure, ratio_figure, repeated
from benchmarks.reading import NOW, opened
from benchmarks.trackers import made
from followup.model.letter import LetterState
from followup.steps import review
from followup.steps.parts import Parts
from followup.steps.scan import scan
from followup.web.server import serving

SIZES = {"few": (10, 10), "many": (5_000, 1_000)}
"""Applications, and letters."""
PAGES = (
    "/",
    "/letter/L1",
    "/nudges",
    "/applications",
    "/applications?find=company",
    "/state",
    "/letters/draft",
    "/latest",
    "/latest/L1",
)


def figures(folder: Path) -> Iterator[Figure]:
    with ExitStack() as stack:
        asks = {}
        for name, (rows, written) in SIZES.items():
            place = folder / name
            place.mkdir()
            parts = stack.enter_context(opened(place, place / "applications.csv"))
            _fill(parts, rows, written)
            link = urlsplit(stack.enter_context(serving(partial(replace, parts), 0, lambda: None)))
            connection = HTTPConnection("127.0.0.1", link.port or 0)
            connection.request("GET", link.path)
            entered = connection.getresponse()
            entered.read()
            asks[name] = connection, (entered.getheader("Set-Cookie") or "").split(";")[0]
        for page in PAGES:
            many, few = (repeated(_ask(*asks[name], page), 5) for name in ("many", "few"))
            yield ratio_figure(f"{page} with 1,000 letters, 5,000 applications / 10", many, few, 3.0, "10 of each")


def _fill(parts: Parts, rows: int, written: int) -> None:
    parts.tracker.write_bytes(made(rows, rejected=frozenset(range(written))))
    scan(parts, NOW, whole=True)
    review.draft(parts, range(1, written + 1), NOW, "for the figures")
    store = parts.store.connection
    for place, state in enumerate((LetterState.APPROVED, LetterState.IN_DOUBT, LetterState.DISCARDED)):
        store.execute("UPDATE letter SET state = ? WHERE id % 5 = ? AND id > 1", (state, place))
    gone = "UPDATE letter SET state = ?, sent_at = ? WHERE id % 5 = 3 AND id > 1"
    store.execute(gone, (LetterState.SENT, (NOW - timedelta(days=30)).isoformat()))


def _ask(connection: HTTPConnection, cookie: str, page: str) -> Callable[[], object]:
    def ask() -> None:
        connection.request("GET", page, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{page}: {answer.status}")

    return ask
