"""What a file leaves open → questions: each asked once, and only where the answer would change a letter."""

from collections.abc import Iterable, Sequence

from followup.model.application import Application, Outcome
from followup.model.question import QuestionKind
from followup.model.reading import Doubt
from followup.tracker.vocabulary import LONGEST
from followup.tracker.words import plain

COLUMN_KEY = "column:status"
ORDER_KEY = "date_order"


def outcome_key(status: str) -> str:
    start = status[:LONGEST]
    return f"outcome:{plain(start) or start}"


def contact_key(company: str, role: str) -> str:
    return f"contact:{plain(company[:LONGEST])}:{plain(role[:LONGEST])}"


def of_outcomes(applications: Iterable[Application]) -> list[Doubt]:
    """One for each text that does not say who ended it."""
    by_text: dict[str, list[Application]] = {}
    for one in applications:
        if one.outcome is Outcome.UNDECIDED:
            by_text.setdefault(outcome_key(one.status_text), []).append(one)
    doubts = []
    for key, ones in by_text.items():
        rows = "1 row" if len(ones) == 1 else f"{len(ones)} rows"
        text = f"“{ones[0].status_text[:60]}” ({rows}): did the employer say no?"
        doubts.append(_doubt(QuestionKind.OUTCOME, key, text, ones))
    return doubts


def of_order(affected: Sequence[Application]) -> list[Doubt]:
    """Whether 03/04 is March or April, if a rejection hangs on it."""
    text = "Are days in your tracker written day first (dmy) or month first (mdy)?"
    return [_doubt(QuestionKind.DATE_ORDER, ORDER_KEY, text, affected)] if affected else []


def of_contacts(several: Iterable[tuple[Application, str]]) -> list[Doubt]:
    """One for each application (with its cell) at which more than one address stands."""
    return [
        _doubt(
            QuestionKind.CONTACT,
            contact_key(one.company, one.role),
            f"At {one.company} stand {cell[:150]!r}. Which address should a letter go to?",
            [one],
        )
        for one, cell in several
    ]


def of_column(header: Sequence[str], line: int) -> Doubt:
    """Which column tells how it ended, where none was recognised."""
    names = ", ".join(name.strip() for name in header if name.strip())
    text = f"Which column of your tracker says how an application ended? It has: {names[:300]}."
    return Doubt(kind=QuestionKind.COLUMN, key=COLUMN_KEY, text=text, about=(), lines=(line,))


def _doubt(kind: QuestionKind, key: str, text: str, ones: Sequence[Application]) -> Doubt:
    about = tuple(dict.fromkeys(one.company for one in ones))
    return Doubt(kind=kind, key=key, text=text, about=about, lines=tuple(one.line for one in ones))
