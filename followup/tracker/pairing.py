"""Which row is which application: identity lives here, and nowhere else.

A row is known again by its own id, else by company, role and day of application; equal keys are told apart by all
their other cells, never by their order; what is left over is paired where only one of the three was edited, or by
likeness. Rows equal in every cell are one application. Where one of several rows with an equal key is deleted, the
application that has letters survives, else the oldest.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence

from followup.model.application import Application, Known, Outcome

SHORTEST_ASCII = 3
"""So many letters more than this a company's name has at least, to be known by those of them that are ASCII."""


def distinct(read: Sequence[Application]) -> tuple[Application, ...]:
    """The first of all rows that are equal in every cell: they are one application."""
    first: dict[str, Application] = {}
    for said in read:
        first.setdefault(said.fingerprint, said)
    return tuple(first.values())


def set_aside(
    known: Sequence[tuple[int, str]], read: Iterable[Application], written: Container[int] = ()
) -> tuple[dict[str, int], frozenset[int], list[Application]]:
    """Take out what stands unchanged: (fingerprint → id of what does, ids of the known that are left, readings left).

    `known` are (id, fingerprint), the oldest first; the applications in `written` have letters. The reading is
    `distinct`.
    """
    survivors = {fingerprint: number for number, fingerprint in reversed(known)}
    survivors |= {fingerprint: number for number, fingerprint in reversed(known) if number in written}
    fresh, standing = [], {}
    for said in read:
        number = survivors.get(said.fingerprint)
        if number is None:
            fresh.append(said)
        else:
            standing[said.fingerprint] = number
    still = frozenset(standing.values())
    return standing, frozenset(number for number, _ in known if number not in still), fresh


def pair(
    known: Iterable[Known], read: Iterable[Application], written: Container[int]
) -> tuple[list[tuple[Known, Application]], list[Known], list[Application]]:
    """What was read with what it is; what is known and not found; what is new. Those with letters choose first."""
    pairs: list[tuple[Known, Application]] = []
    lost, fresh = sorted(known, key=lambda one: (one.id not in written, one.id)), list(read)
    for before, after, alone in _RULES:
        pairs += _match(lost, fresh, before, after, alone=alone)
    return pairs + _match_likest(lost, fresh), lost, fresh


def _match_likest(lost: list[Known], fresh: list[Application]) -> list[tuple[Known, Application]]:
    """Take the pairs with equal keys that are left out of both lists, each with the reading that it is most like."""
    waiting: defaultdict[Hashable, list[Application]] = defaultdict(list)
    for now in fresh if lost else ():
        waiting[by_key(now)].append(now)
    pairs: list[tuple[Known, Application]] = []
    left: list[Known] = []
    for one in lost:
        alike = waiting.get(by_key(one.said), [])
        likest = _likest(one.said, alike)
        if likest is None:
            left.append(one)
        else:
            pairs.append((one, likest))
            alike.remove(likest)
    lost[:] = left
    paired = {id(now) for _, now in pairs}
    fresh[:] = [now for now in fresh if id(now) not in paired]
    return pairs


def _match(
    lost: list[Known],
    fresh: list[Application],
    before: Callable[[Known], Hashable],
    after: Callable[[Application], Hashable],
    *,
    alone: bool,
) -> list[tuple[Known, Application]]:
    """Take the pairs whose keys agree out of both lists; with `alone`, only where each side has that key once."""
    if not lost or not fresh:
        return []
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, one in enumerate(lost):
        places[before(one)].append(place)
    times = Counter(after(now) for now in fresh) if alone else Counter()
    pairs, left = [], []
    for now in fresh:
        key = after(now)
        found = places.get(key) if key is not None else None
        if found and not (alone and (len(found) > 1 or times[key] > 1)):
            pairs.append((found.pop(0), now))
        else:
            left.append(now)
    taken = {place for place, _ in pairs}
    result = [(lost[place], now) for place, now in pairs]
    lost[:] = [one for place, one in enumerate(lost) if place not in taken]
    fresh[:] = left
    return result


def _may_be_one(before: Application, now: Application) -> bool:
    """Whether the sheet's own ids, if it has any, do not tell these two apart."""
    return before.row_id is None or now.row_id is None or before.row_id == now.row_id


def _likest(before: Application, readings: Iterable[Application]) -> Application | None:
    """The reading that agrees with this one in the most fields, of those that may be the same application."""
    return max(
        (now for now in readings if _may_be_one(before, now)),
        key=lambda now: sum(mine == theirs for mine, theirs in zip(before, now, strict=True)),
        default=None,
    )


def fold(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _by_cells(said: Application) -> Hashable:
    return said.cells or None


def _by_skeleton(said: Application) -> Hashable:
    return said.skeleton or None


def _by_row_id(said: Application) -> Hashable:
    return said.row_id


def by_key(said: Application) -> Hashable:
    return (fold(said.company), fold(said.role), said.applied_on)


def _by_key_and_state(said: Application) -> Hashable:
    return (by_key(said), said.outcome, said.status_text, said.contact_email, said.stage)


def _by_all_but_role(said: Application) -> Hashable:
    return (fold(said.company), said.applied_on) if said.applied_on else None


def _by_all_but_company(said: Application) -> Hashable:
    return (fold(said.role), said.applied_on, said.contact_email) if said.role and said.applied_on else None


def _by_all_but_day(said: Application) -> Hashable:
    return (fold(said.company), fold(said.role))


def _by_ascii(said: Application) -> Hashable:
    """Company, role and day with each run of other letters as one: what is left where a byte of them is broken."""
    company, role = (re.sub(r"[^\x00-\x7f]+", "*", fold(text)) for text in (said.company, said.role))
    return (company, role, said.applied_on) if "*" in company + role and len(company) > SHORTEST_ASCII else None


def _rule(
    key: Callable[[Application], Hashable], *, alone: bool, standing: bool = False
) -> tuple[Callable[[Known], Hashable], Callable[[Application], Hashable], bool]:
    """With `standing`, an application whose row was gone before does not compete."""
    return (lambda one: key(one.said) if one.present or not standing else None), key, alone


_RULES = (
    _rule(_by_cells, alone=False),
    _rule(_by_row_id, alone=True, standing=True),
    _rule(_by_key_and_state, alone=False, standing=True),
    _rule(by_key, alone=True, standing=True),
    _rule(_by_row_id, alone=True),
    _rule(_by_key_and_state, alone=False),
    _rule(by_key, alone=True),
    _rule(_by_skeleton, alone=True),
    _rule(_by_ascii, alone=True),
    _rule(_by_all_but_role, alone=True),
    _rule(_by_all_but_company, alone=True),
    _rule(_by_all_but_day, alone=True),
)


def hand_on(
    lost: Sequence[Known], whole: Iterable[Application], unchanged: Mapping[str, int], written: Container[int]
) -> tuple[list[tuple[Known, Application]], list[Known]]:
    """Give the row of a twin that stands to a lost application that has letters, or is older and neither has any.

    A person who copies a row, edits the copy and deletes the original has still one application. Gives the lost with
    their new rows, and what is lost all the same.
    """
    keys = {by_key(one.said) for one in lost if one.present}
    twins: defaultdict[Hashable, list[Application]] = defaultdict(list)
    for now in whole if keys else ():
        number = unchanged.get(now.fingerprint)
        if number is not None and number not in written and (key := by_key(now)) in keys:
            twins[key].append(now)
    left: list[Known] = []
    handed: list[tuple[Known, Application]] = []
    for one in lost:
        mine = twins[by_key(one.said)] if one.present else []
        row = _likest(one.said, [twin for twin in mine if one.id in written or _may_go_on(one, twin, unchanged)])
        if row is None:
            left.append(one)
            continue
        mine.remove(row)
        handed.append((one, row))
    return handed, left


def _may_go_on(lost: Known, twin: Application, unchanged: Mapping[str, int]) -> bool:
    """Whether a lost application without letters is the older one, and an old rejection becomes no new one by it."""
    news = twin.outcome is Outcome.REJECTED and lost.said.outcome is not Outcome.REJECTED
    return lost.id < unchanged[twin.fingerprint] and not news
