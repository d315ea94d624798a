"""How each application ended and how far it got: from all the cells of its rows that tell of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from operator import itemgetter

from followup.model.application import Outcome, Stage
from followup.tracker import dates, doubts, vocabulary
from followup.tracker.cells import clean
from followup.tracker.columns import Columns
from followup.tracker.contacts import Contact
from followup.tracker.layout import Row
from followup.tracker.vocabulary import Meaning
from followup.tracker.words import EMPTY_LOOKING, Words, has_phrase, plain

Told = tuple[str, Meaning]
"""The text that decides, and what it says."""

_LONGEST = 200
_DOUBTFUL = frozenset("?？؟¿")
_ANSWERED = {"yes": Outcome.REJECTED, "no": Outcome.OPEN}
# What nobody writes beside vacancies that were never applied to.
_AFTER_APPLYING = frozenset(Outcome) - {Outcome.NOT_APPLIED, Outcome.REJECTED, Outcome.UNDECIDED, Outcome.CANCELLED}


class Tick(Enum):
    """What a cell in a column of ticks says: `X`, a day or a remark; nothing; or something that may mean either."""

    SET = "set"
    EMPTY = "empty"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The look-ups that one file is read with. `place` sends a field without a column to a row's last, empty cell."""

    header: Sequence[str]
    columns: Columns
    place: Mapping[str, int]
    words: Words
    meaning: Callable[[str], Meaning]
    day: Callable[[str], date | None]
    contact: Callable[[str], Contact]
    answers: Mapping[str, str]
    today: date | None
    logs: Mapping[int, Sequence[Row]]
    triage: bool


def tell(rows: Sequence[Row], column: Callable[[str], Sequence[str]], look: Look) -> list[Told]:
    """What each row says of its end, and the text that says so."""
    columns = look.columns
    if (
        look.logs
        or look.triage
        or columns.stages
        or columns.ticks
        or len(columns.telling) > 1
        or look.place["interview"] >= 0
    ):
        return [_of_application(row, look) for row in rows] if look.logs else _of_rows(rows, look)
    return list(map(cache(lambda text: (text, _answered(text, look.meaning(text), look))), column("status")))


def _of_rows(rows: Sequence[Row], look: Look) -> list[Told]:
    """What each row says; rows that are alike in all that matters are read once."""
    columns = look.columns
    places = {*columns.telling, *(place for place, _ in (*columns.stages, *columns.ticks))}
    pick = itemgetter(*places, *(look.place[field] for field in ("interview", "outcome_date", "applied")))
    read: dict[object, Told] = {}
    for row in rows:
        key = pick(row.cells)
        if key not in read:
            read[key] = tell_row(row.cells, look)
    return [read[pick(row.cells)] for row in rows]


LIES_AHEAD = "lies ahead"
"""Why no interview can have been on a day that is still to come."""


def _of_application(row: Row, look: Look) -> Told:
    """Outcome of the latest row, furthest stage of all; a rejection with something unknown after it is undecided."""
    told = [tell_row(one.cells, look) for one in look.logs.get(row.line, [row])]
    stage = vocabulary.furthest([meaning.stage for _, meaning in told])
    text, latest = told[-1]
    before = next((one for one in reversed(told) if not one[1].nothing), None)
    if text and latest.nothing and before is not None and before[1].outcome is Outcome.REJECTED:
        text = f"{before[0]} / {text}"
        return text, _answered(text, Meaning(Outcome.UNDECIDED, stage), look)
    return text, Meaning(latest.outcome, stage, unclear=latest.unclear)


def tell_row(cells: Sequence[str], look: Look) -> Told:
    """Outcome and stage from all cells of a row that tell of them."""
    texts = [text for place in look.columns.telling if (text := cells[place].strip()) not in EMPTY_LOOKING]
    told = [(text, look.meaning(text)) for text in texts]
    told += [one for place, outcome in look.columns.ticks if (one := _ticked(cells[place], place, outcome, look))]
    text, meaning = vocabulary.together(told)
    stages = [
        look.words.stages[name]
        for place, name in look.columns.stages
        if _tick(cells[place], look) is Tick.SET and why_no_interview(cells[place], cells, look) is None
    ]
    may_have_ended = meaning.outcome in (Outcome.REJECTED, Outcome.UNDECIDED) or meaning.unclear
    if may_have_ended and _was_interviewed(cells, look):
        stages.append(Stage.INTERVIEW)
    outcome = meaning.outcome
    if look.triage and outcome in (Outcome.REJECTED, Outcome.UNDECIDED) and not cells[look.place["applied"]].strip():
        outcome = Outcome.UNDECIDED if look.place["applied"] >= 0 else Outcome.NOT_APPLIED
    stage = vocabulary.furthest([meaning.stage, *stages])
    unclear = meaning.unclear and outcome is Outcome.OPEN
    return text, _answered(text, Meaning(outcome, stage, nothing=meaning.nothing and not stages, unclear=unclear), look)


def _answered(text: str, meaning: Meaning, look: Look) -> Meaning:
    """What the person said of a status that is undecided or unclear."""
    if meaning.outcome is not Outcome.UNDECIDED and not meaning.unclear:
        return meaning
    outcome = _ANSWERED.get(look.answers.get(doubts.outcome_key(text), ""))
    return meaning if outcome is None else Meaning(outcome, meaning.stage)


def _ticked(cell: str, place: int, outcome: Outcome, look: Look) -> Told | None:
    """What a column that ticks off an outcome says: of a rejection that is not ticked clearly, a question."""
    name = look.header[place].strip()
    tick = _tick(cell, look)
    if tick is Tick.DOUBTFUL and outcome is Outcome.REJECTED:
        return f"{name}: {cell.strip()}", Meaning(Outcome.UNDECIDED, Stage.UNKNOWN)
    return (name, Meaning(outcome, Stage.UNKNOWN)) if tick is Tick.SET else None


def _tick(cell: str, look: Look) -> Tick:
    written = cell.strip()[:_LONGEST]
    if not written or dates.is_zero_day(written):
        return Tick.EMPTY
    text = clean(written)
    said, lists = plain(text), look.words.lists
    if not text or said in lists["none"] or said in lists["unheld"] or said in lists["waiting"]:
        return Tick.EMPTY
    if said in lists["yes"]:
        return Tick.SET
    if not said:
        return Tick.SET if _is_positive(text, look.words) else Tick.DOUBTFUL
    return Tick.DOUBTFUL if _speaks_against(text, look.words) else Tick.SET


def _is_positive(signs: str, words: Words) -> bool:
    """Whether signs without a word are ticks and nothing else."""
    return all(sign in words.ticks or sign.isspace() for sign in signs.replace("\ufe0f", ""))


def _speaks_against(text: str, words: Words) -> bool:
    """Whether a remark says no, not yet or called off somewhere, or is in doubt: then it proves nothing."""
    # There are months that are a no elsewhere: `mai` is never in Italian.
    said = " ".join(word for word in plain(text).split() if word not in words.months)
    against = any(has_phrase(said, words.lists[name]) for name in ("unheld", "waiting", "not", "without"))
    return against or bool(words.signs & set(text)) or not _DOUBTFUL.isdisjoint(text)


def _was_interviewed(cells: Sequence[str], look: Look) -> bool:
    """Whether the column of the interview's day has one that is possible and lies not behind the outcome."""
    cell = cells[look.place["interview"]].strip()[:_LONGEST]
    if _tick(cell, look) is not Tick.SET:
        return False
    said = plain(cell)
    if said and said not in look.words.lists["yes"] and not dates.looks_like_day(cell, look.words.months):
        return False
    if why_no_interview(cell, cells, look) is not None:
        return False
    interview, outcome = dates.days_within(cell, look.day), look.day(cells[look.place["outcome_date"]])
    return not interview or outcome is None or min(interview) <= outcome


def why_no_interview(cell: str, cells: Sequence[str], look: Look) -> str | None:
    """Why no interview can have been on the day in this cell of a row; None where it can, or the cell has no day."""
    text = cell.strip()[:_LONGEST]
    if not text:
        return None
    if dates.is_zero_day(text):
        return "is what an empty cell becomes"
    days, applied = dates.days_within(text, look.day), look.day(cells[look.place["applied"]])
    since = [day for day in days if applied is None or day >= applied]
    if days and not since:
        return "lies before the day of applying"
    return LIES_AHEAD if since and look.today is not None and min(since) > look.today else None


def is_triage(rows: Sequence[Row], look: Look) -> bool:
    """Whether the status is the person's own sorting of vacancies never applied to.

    So it is where a sibling says saved or considering, and none tells of more; a row with a day of applying is none.
    """
    place = look.place["status"]
    texts = {text.strip() for text in {row.cells[place] for row in rows}}
    outcomes = {look.words.outcomes.get(plain(text)) for text in texts if len(text) <= _LONGEST}
    told = any(look.meaning(text).stage is not Stage.UNKNOWN for text in texts)
    return Outcome.NOT_APPLIED in outcomes and not told and not outcomes & _AFTER_APPLYING
