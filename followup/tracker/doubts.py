"""What a file leaves open → questions: each asked once, and only where the answer would change a letter."""

from collections.abc import Iterable, Mapping, Sequence

import xxhash

from followup.model.application import Application, Outcome
from followup.model.question import QuestionKind
from followup.model.reading import Doubt
from followup.tracker.vocabulary import LONGEST
from followup.tracker.words import plain

ORDER_KEY = "date_order"
NO_COLUMN = "none"
"""The answer that no column of the tracker is the one asked for."""

_COLUMN = "column"
_WHICH = {
    "company": "names the company",
    "role": "names the job",
    "status": "says how an application ended",
    "contact": "holds the employer's mail address",
}


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


def of_contacts(several: Iterable[tuple[Application, Sequence[str]]]) -> list[Doubt]:
    """One for each rejection at which more than one address stands, which are all named in it."""
    return [
        _doubt(
            QuestionKind.CONTACT,
            contact_key(application.company, application.role),
            f"At {application.company} stand {', '.join(addresses)}. Which address should a letter go to?",
            [application],
        )
        for application, addresses in several
        if addresses and application.outcome is Outcome.REJECTED
    ]


def column_key(field: str, header: Sequence[str]) -> str:
    """Names the question of a field's column in this very header: another header is asked about anew."""
    return f"{_COLUMN}:{field}:{xxhash.xxh3_64_hexdigest('|'.join(plain(name[:LONGEST]) for name in header).encode())}"


def of_column(field: str, header: Sequence[str], likely: int | None, line: int) -> Doubt:
    """Which column is this field's, where none was recognised.

    What it is about are the answers, the likeliest first: where no column is likely, that is none of them.
    """
    names = [name for cell in header if (name := cell.strip()[:LONGEST])]
    perhaps = "" if likely is None else f" Perhaps “{header[likely].strip()[:60]}”."
    text = f"Which column of your tracker {_WHICH[field]}?{perhaps} It has: {', '.join(names)[:300]}."
    first = [NO_COLUMN if likely is None else header[likely].strip()[:LONGEST]]
    about = tuple(dict.fromkeys([*first, *names]))
    return Doubt(kind=QuestionKind.COLUMN, key=column_key(field, header), text=text, about=about, lines=(line,))


def field_asked(key: str) -> str | None:
    """The field whose column a question with this key asks for."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == _COLUMN else None


def columns_told(answers: Mapping[str, str]) -> list[tuple[str, str]]:
    """(field, the header that the person named), the latest answer last."""
    told = [(field_asked(key), name) for key, name in answers.items()]
    return [(field, name) for field, name in told if field is not None and name != NO_COLUMN]


def _doubt(kind: QuestionKind, key: str, text: str, ones: Sequence[Application]) -> Doubt:
    about = tuple(dict.fromkeys(one.company for one in ones))
    return Doubt(kind=kind, key=key, text=text, about=about, lines=tuple(one.line for one in ones))
