"""header names → fields: which column is read as what, by the words, and by the cells where a name is not enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from followup.model.application import Outcome
from followup.tracker.dates import looks_like_day
from followup.tracker.words import EMPTY_LOOKING, FIELDS, Words, field_of, plain

ALIKE = 0.75
"""From this likeness on (difflib's ratio) the name of a column is suggested for another one."""

LONGEST_NAME = 80
LONGEST_CELL = 300
"""What is longer is text, and no use for telling what a column holds."""

_TICKED = frozenset(Outcome) - {Outcome.OPEN, Outcome.UNDECIDED, Outcome.NOT_APPLIED}
"""Outcomes that a column of their own may tick off."""

_TELLING = _TICKED - {Outcome.ON_HOLD}
"""Outcomes by whose words a column is known to be the one of outcomes, whatever its name."""


_ALIKE = {"status": {"status", "outcome", "stage"}, "company": {"company", "name"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Place of each field's column.

    `telling` are all places that say how it ended, the most trusted first; `stages` are columns that each stand for
    one stage (place, phrase), `ticks` for one outcome (place, outcome). `amiss` are the mistakes of the settings.
    """

    places: Mapping[str, int]
    telling: tuple[int, ...]
    stages: tuple[tuple[int, str], ...]
    ticks: tuple[tuple[int, Outcome], ...]
    amiss: tuple[str, ...]


def assign(header: Sequence[str], rows: Sequence[Sequence[str]], words: Words, override: Mapping[str, str]) -> Columns:
    """Read the header by the words; `override` maps a field to a header as written, and wins."""
    plains = [plain(cell[:LONGEST_CELL]) for cell in header]
    chosen, amiss = _chosen(header, plains, override)
    cells = [_filled(rows, place) for place in range(len(header))]
    stages = tuple(
        (place, name)
        for place, name in enumerate(plains)
        if place not in chosen.values() and _is_stage_column(name, cells[place], words)
    )
    ticks = tuple(
        (place, words.outcomes[name])
        for place, name in enumerate(plains)
        if place not in chosen.values() and _is_tick_column(name, cells[place], words)
    )
    taken = {place for place, _ in (*stages, *ticks)}
    named = _named(header, taken, words)
    places = {field: found[0] for field, found in named.items() if field not in ("name", "date", "ignored")}
    _settle_name(places, named)
    _settle_dates(places, named)
    _settle_contact(places, named, cells)
    places |= chosen
    telling = _telling(places, named, cells, words, chosen)
    if not telling and not ticks:
        telling = _by_its_words(set(places.values()) | taken | set(named.get("ignored", ())), cells, words)
    _settle_status(places, telling)
    if "rejected_on" in places:
        ticks = (*ticks, (places.pop("rejected_on"), Outcome.REJECTED))
    for place, outcome in ticks:
        if outcome is Outcome.REJECTED and any(looks_like_day(cell, words.months) for cell in cells[place]):
            places.setdefault("outcome_date", place)
    return Columns(
        places=places,
        telling=telling,
        stages=stages,
        ticks=ticks,
        amiss=amiss,
    )


def likely_column(
    field: str, header: Sequence[str], rows: Sequence[Sequence[str]], columns: Columns, words: Words
) -> int | None:
    """The column that may be meant for a field without one, to suggest: by its cells, or nearly by its name."""
    taken = {*columns.places.values(), *columns.telling, *(place for place, _ in (*columns.stages, *columns.ticks))}
    free = [place for place in range(len(header)) if place not in taken]
    if field == "contact":
        cells = {place: _filled(rows, place) for place in free if field_of(header[place], words.headers) is None}
        return next(
            (place for place in cells if sum("@" in cell for cell in cells[place]) * 2 > len(cells[place])), None
        )
    if field == "status":
        known = {place: _known_outcomes(_filled(rows, place), words) for place in free}
        telling = max(free, key=lambda place: known[place], default=None)
        if telling is not None and known[telling]:
            return telling
    names = [name for name, one in words.headers.items() if one in _ALIKE.get(field, {field})]
    scores = {place: _likeness(plain(header[place][:LONGEST_NAME]), names) for place in free}
    best = max(free, key=lambda place: scores[place], default=None)
    return best if best is not None and scores[best] >= ALIKE else None


def _known_outcomes(cells: Sequence[str], words: Words) -> int:
    """How many of the cells are words of outcome."""
    return sum(plain(cell) in words.outcomes for cell in cells)


def _likeness(name: str, names: Sequence[str]) -> float:
    return max((SequenceMatcher(None, name, other).ratio() for other in names), default=0.0) if len(name) > 3 else 0.0


def _chosen(
    header: Sequence[str], plains: Sequence[str], override: Mapping[str, str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """(the places that the person named, what is wrong with their naming)."""
    chosen: dict[str, int] = {}
    amiss = []
    there = ", ".join(repr(cell[:LONGEST_NAME]) for cell in header if cell.strip())
    for field, name in override.items():
        if field not in FIELDS:
            amiss.append(f"FOLLOWUP_COLUMNS names a field {field!r}; there are {', '.join(sorted(FIELDS))}.")
        elif plain(name) not in plains:
            amiss.append(f"FOLLOWUP_COLUMNS names a column {name!r}; this header has {there}.")
        else:
            chosen[field] = plains.index(plain(name))
    return chosen, tuple(amiss)


def _filled(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    cells = (row[place].strip() for row in rows if place < len(row))
    return [cell for cell in cells if cell not in EMPTY_LOOKING and len(cell) <= LONGEST_CELL]


def _is_stage_column(name: str, cells: Sequence[str], words: Words) -> bool:
    """Whether this column stands for one stage: named like one, and its cells are ticks or days."""
    if name not in words.stages:
        return False
    ticks, days = _ticks_and_days(cells, words)
    if name in words.headers:
        return ticks > 0 and (ticks + days) * 2 > len(cells)
    return (ticks + days) * 2 >= len(cells)


def _is_tick_column(name: str, cells: Sequence[str], words: Words) -> bool:
    """Whether this column ticks off one outcome (`Rejected`, `Is Denied`), or holds the day of it."""
    if name in words.headers or words.outcomes.get(name) not in _TICKED:
        return False
    ticks, days = _ticks_and_days(cells, words)
    return (ticks + days) * 2 >= len(cells)


def _ticks_and_days(cells: Sequence[str], words: Words) -> tuple[int, int]:
    either = words.lists["yes"] | words.lists["none"]
    ticks = [plain(cell) in either or not plain(cell) for cell in cells]
    days = [looks_like_day(cell, words.months) for cell in cells]
    return sum(ticks), sum(day and not tick for day, tick in zip(days, ticks, strict=True))


def _named(header: Sequence[str], taken: set[int], words: Words) -> dict[str, list[int]]:
    named: dict[str, list[int]] = {}
    for place, cell in enumerate(header):
        field = field_of(cell, words.headers)
        if field is not None and place not in taken:
            named.setdefault(field, []).append(place)
    return named


def _settle_name(places: dict[str, int], named: Mapping[str, Sequence[int]]) -> None:
    """A column called just `Name` is the role beside a company, and the company where there is none."""
    if "name" in named:
        places.setdefault("role" if "company" in places else "company", named["name"][0])


def _settle_dates(places: dict[str, int], named: Mapping[str, Sequence[int]]) -> None:
    """A bare `Date` is the day of applying, if no other column is by its name; a second one is a weak outcome date."""
    plainly = list(named.get("date", ()))
    if plainly and not {"applied", "timestamp"} & places.keys():
        places["applied"] = plainly.pop(0)
        if plainly:
            places.setdefault("weak_date", plainly[0])
    elif plainly and "event" in places:
        places.setdefault("timestamp", plainly[0])


def _settle_contact(places: dict[str, int], named: Mapping[str, Sequence[int]], cells: Sequence[Sequence[str]]) -> None:
    """Of all columns of contacts one with addresses is the contact, and the first without them holds names.

    One in which an address goes on repeating (the person's own, in some exports) stands behind the others.
    """
    found = [*named.get("contact", ()), *named.get("contact_name", ())]
    with_address = [place for place in found if any("@" in cell for cell in cells[place])]
    with_address.sort(key=lambda place: len(set(cells[place])) * 2 <= len(cells[place]))
    without = [
        place for place in [*named.get("contact_name", ()), *found] if cells[place] and place not in with_address
    ]
    if with_address:
        places["contact"] = with_address[0]
    elif "contact" in places and cells[places["contact"]]:
        del places["contact"]
    if without:
        places["contact_name"] = without[0]
    elif places.get("contact_name") in with_address:
        del places["contact_name"]


def _telling(
    places: Mapping[str, int],
    named: Mapping[str, Sequence[int]],
    cells: Sequence[Sequence[str]],
    words: Words,
    chosen: Mapping[str, int],
) -> tuple[int, ...]:
    """The places that say how it ended: outcome before status before stage; an event where there is none of these."""
    fields = ("outcome", "status", "stage") if {"outcome", "status"} & named.keys() else ("event", "stage")
    first = [chosen[field] for field in ("outcome", "status") if field in chosen]
    found = [*first, *(place for field in fields for place in named.get(field, ()) if place not in chosen.values())]
    found = [place for place in found if place in first or not _only_ticks(cells[place], words)]
    return tuple(dict.fromkeys([*found, *([places["stage"]] if "stage" in chosen else [])]))


def _only_ticks(cells: Sequence[str], words: Words) -> bool:
    """Whether a column says no more than yes and no (`Response: yes`); a bare `no` among words is another thing."""
    said = {plain(cell) for cell in cells}
    return bool(said & words.lists["yes"]) and said <= words.lists["yes"] | words.lists["none"]


def _by_its_words(known: set[int], cells: Sequence[Sequence[str]], words: Words) -> tuple[int, ...]:
    """The one column, under a name nobody knows, in which most cells are words of outcome."""

    def tells(filled: Sequence[str]) -> bool:
        outcomes = [words.outcomes.get(plain(cell)) for cell in filled]
        return sum(one is not None for one in outcomes) * 3 >= len(outcomes) * 2 and bool(_TELLING & set(outcomes))

    found = [place for place, filled in enumerate(cells) if place not in known and tells(filled)]
    return tuple(found) if len(found) == 1 else ()


def _settle_status(places: dict[str, int], telling: Sequence[int]) -> None:
    """What is shown as the status is the first column that tells; a second one as the stage."""
    for field in ("outcome", "status", "stage"):
        places.pop(field, None)
    places |= dict(zip(("status", "stage"), telling, strict=False))
