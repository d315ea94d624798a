"""header names → fields: which column is read as what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from followup.model.reading import ColumnUse
from followup.tracker.words import EMPTY_LOOKING, Words, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Place of each field's column; `stages` are columns that each stand for one stage (place, phrase)."""

    places: Mapping[str, int]
    stages: tuple[tuple[int, str], ...]
    uses: tuple[ColumnUse, ...]


def assign(header: Sequence[str], rows: Sequence[Sequence[str]], words: Words, override: Mapping[str, str]) -> Columns:
    """Read the header by the words; `override` maps a field to a header as written, and wins."""
    plains = [plain(cell) for cell in header]
    stages = tuple((place, name) for place, name in enumerate(plains) if _is_stage_column(place, name, rows, words))
    taken = {place for place, _ in stages}
    places: dict[str, int] = {}
    for place, name in enumerate(plains):
        field = words.headers.get(name)
        if field is None or field == "ignored" or place in taken:
            continue
        if field == "applied" and "applied" in places and name == plains[places["applied"]]:
            places.setdefault("weak_date", place)
        else:
            places.setdefault(field, place)
    places |= {field: plains.index(plain(name)) for field, name in override.items() if plain(name) in plains}
    places = _contact(_name(_status(places)), rows)
    return Columns(places=places, stages=stages, uses=_uses(places, header, rows))


def _is_stage_column(place: int, name: str, rows: Sequence[Sequence[str]], words: Words) -> bool:
    """Whether this column stands for one stage: named like one, and its cells are ticks or days."""
    if name not in words.stages:
        return False
    cells = [plain(row[place]) for row in rows if place < len(row) and row[place].strip()]
    ticks = words.lists["yes"] | words.lists["none"]
    plainly = sum(cell in ticks or cell[:1].isdigit() for cell in cells)
    if name in words.headers:
        return bool(cells) and plainly * 2 > len(cells) and any(cell in ticks for cell in cells)
    return plainly * 2 >= len(cells)


def _status(places: dict[str, int]) -> dict[str, int]:
    """`status` is the column that says how it ended; a second one says the stage."""
    found = [places.pop(name) for name in ("outcome", "status", "stage", "event") if name in places and name != "event"]
    if found:
        places["status"] = found[0]
    elif "event" in places:
        places["status"] = places["event"]
    if len(found) > 1:
        places["stage"] = found[1]
    return places


def _name(places: dict[str, int]) -> dict[str, int]:
    """A column called just `Name` is the role beside a company, and the company where there is none."""
    if "name" in places:
        place = places.pop("name")
        places.setdefault("role" if "company" in places else "company", place)
    return places


def _contact(places: dict[str, int], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """A column of contacts without any address holds names; one of names with addresses holds contacts."""
    for field, other in (("contact", "contact_name"), ("contact_name", "contact")):
        place = places.get(field)
        if place is None or other in places:
            continue
        cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
        addresses = any("@" in cell for cell in cells)
        if cells and addresses == (field == "contact_name"):
            places[other] = places.pop(field)
    return places


def _uses(places: Mapping[str, int], header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[ColumnUse, ...]:
    uses = []
    for field, place in sorted(places.items(), key=lambda item: item[1]):
        cells = (row[place].strip() for row in rows if place < len(row))
        sample = next((cell for cell in cells if cell not in EMPTY_LOOKING), "")
        uses.append(ColumnUse(field=field, header=header[place].strip(), sample=sample[:60]))
    return tuple(uses)
