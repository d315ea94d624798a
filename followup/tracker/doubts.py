"""What a file leaves open → questions: each asked once, and only where the answer would change a letter."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

import xxhash

from followup.model.application import Application, Outcome
from followup.model.question import QuestionKind
from followup.model.reading import Doubt
from followup.tracker.vocabulary import LONGEST
from followup.tracker.words import plain

ORDER_KEY = "date_order"
ENCODING_KEY = "encoding"
NO_COLUMN = "none"
"""The answer that no column of the tracker is the one asked for."""

HARDLY = 3
"""A column in which so many times more texts are unknown than known is asked about as a whole."""
MOST_WORDS = 20
"""So many texts are asked about at once."""

_COLUMN, _WORDS = "column", "words"
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
    return _of_texts(one for one in applications if one.outcome is Outcome.UNDECIDED)


def of_unknown(applications: Sequence[Application], unclear: Sequence[bool]) -> list[Doubt]:
    """One for each text that may be an end or none, the commonest first."""
    doubts = _of_texts(compress(applications, unclear), " is not known")
    return sorted(doubts, key=lambda doubt: -len(doubt.lines))


def of_words(
    header: str, applications: Sequence[Application], unknown: Sequence[Doubt], answers: Mapping[str, str]
) -> list[Doubt]:
    """One for a whole column of endings in which hardly a text is known: which of the commonest are a rejection.

    A column is asked about once.
    """
    column = f"{_WORDS}:{plain(header[:LONGEST])}:"
    known = len({outcome_key(application.status_text) for application in applications if application.status_text})
    known -= len(unknown)
    if len(unknown) <= HARDLY * known or any(key.startswith(column) for key in answers):
        return []
    asked = unknown[:MOST_WORDS]
    texts = {application.line: application.status_text for application in applications}
    about = tuple(texts[doubt.lines[0]][:60] for doubt in asked)
    shown = ", ".join(f"“{text}”" for text in about)
    return [
        Doubt(
            kind=QuestionKind.WORDS,
            key=column + "\n".join(doubt.key.partition(":")[2] for doubt in asked),
            text=f"Not known in “{header.strip()[:60]}”: {shown}. Which of them mean that the employer said no?",
            about=about,
            lines=tuple(sorted(line for doubt in asked for line in doubt.lines)),
        )
    ]


def answers_to_each(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers, those about a whole column taken apart: one for each of its texts, unless that has its own."""
    each = dict(answers)
    for key, chosen in answers.items():
        kind, _, rest = key.partition(":")
        if kind == _WORDS:
            places = chosen.split(",")
            for place, text in enumerate(rest.partition(":")[2].split("\n"), 1):
                each.setdefault(outcome_key(text), "yes" if str(place) in places else "no")
    return each


def _of_texts(applications: Iterable[Application], what: str = "") -> list[Doubt]:
    """One for each status text of these applications, with `what` there is to say of it."""
    by_text: dict[str, list[Application]] = {}
    for application in applications:
        by_text.setdefault(outcome_key(application.status_text), []).append(application)
    doubts = []
    for key, alike in by_text.items():
        rows = "1 row" if len(alike) == 1 else f"{len(alike)} rows"
        text = f"“{alike[0].status_text[:60]}” ({rows}){what}: did the employer say no?"
        doubts.append(_doubt(QuestionKind.OUTCOME, key, text, alike))
    return doubts


def of_order(affected: Sequence[Application]) -> list[Doubt]:
    """Whether 03/04 is March or April, if a rejection hangs on it."""
    text = "Are days in your tracker written day first (dmy) or month first (mdy)?"
    return [_doubt(QuestionKind.DATE_ORDER, ORDER_KEY, text, affected)] if affected else []


def of_encoding(samples: Mapping[str, str], lines: Sequence[int]) -> Doubt:
    """In which encoding a cell reads right; `samples` have its reading in each, the likeliest first."""
    readings = ", ".join(f"“{sample[:60]}” ({codec})" for codec, sample in samples.items())
    asked, otherwise = ("Which of these is", "none is") if len(samples) > 1 else ("Is this", "it is not")
    text = f"{asked} spelt right: {readings}? If {otherwise}, save your tracker as CSV (UTF-8)."
    return Doubt(kind=QuestionKind.ENCODING, key=ENCODING_KEY, text=text, about=tuple(samples), lines=tuple(lines))


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
