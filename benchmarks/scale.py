"""How long it takes to look and to claim with 100,000 letters sent and 1,000 waiting, beside 100 sent."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from benchmarks.commands import process
from benchmarks.measure import Figure, ratio_figure, repeated
from benchmarks.reading import NOW, opened
from followup.model.application import Application, Outcome, Stage
from followup.model.letter import LetterKind
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.store import applications, letters, pause
from followup.store.database import instant

FEW, MANY, WAITING = 100, 100_000, 1_000
TEXT = "Thank you for your time. " * 40
LAST_YEAR = instant(NOW - timedelta(days=365))
LATER = NOW + timedelta(days=1)


def figures(folder: Path) -> Iterator[Figure]:
    with ExitStack() as stack:
        few, many = (
            stack.enter_context(opened(_folder(folder, name), folder / name / "none.csv")) for name in ("few", "many")
        )
        _fill(few, FEW)
        _fill(many, MANY)
        told = f"with {MANY:,} sent letters / with {FEW}"
        yield ratio_figure(f"claiming {told}", _claim(many), _claim(few), 1.5, "few")
        followup = str(Path(sys.executable).with_name("followup"))
        for name in ("outbox", "status"):
            ours, beside = (
                process([followup, "--config", str(parts.store.folder / "config.env"), name]) for parts in (many, few)
            )
            yield ratio_figure(f"followup {name} {told}", ours, beside, 1.5, "few")


def _folder(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _claim(parts: Parts) -> Callable[[], object]:
    return repeated(lambda: dispatch(parts, NOW), 3)


def _fill(parts: Parts, sent: int) -> None:
    store = parts.store
    said = Application(
        company="", role="Engineer", line=1, outcome=Outcome.REJECTED, stage=Stage.UNKNOWN, status_text="No"
    )
    with store.transaction():
        pause.settle_first(store, parts.machine)
        for number in range(1, sent + WAITING + 1):
            applications.put(store, number, said._replace(company=f"Company {number}"), NOW)
            content = letters.Content(
                recipient=f"jobs{number}@example.org",
                subject="A question",
                body=TEXT,
                message=TEXT.encode(),
                digest="0",
            )
            kind = LetterKind.FEEDBACK_REQUEST
            letters.add(
                store, number, number, kind, content, f"<{number}@example.org>", LATER, NOW, why="for the figures"
            )
        store.connection.execute("UPDATE letter SET state = 'approved', approved_at = created_at")
        gone = "UPDATE letter SET state = 'sent', sent_at = ? WHERE id <= ?"
        store.connection.execute(gone, (LAST_YEAR, sent))
