"""What is known, what was read → changes. Identity lives here, and nowhere else.

A row is known again by its own id, else by company, role and day of application; equal keys are told apart by all
their other cells, never by their order; what is left over is paired where only one of the three was edited.
A new rejection that cannot be told from one known before carries a doubt: it is asked about, never drafted.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from followup.model.application import FORGOTTEN, Application, Known, Outcome

SHRINK_SHARE = 0.2
SHRINK_ROWS = 3
"""More than a fifth of the known rows, and at least three, gone at once is a suspicion, not news."""

BROKEN = "\ufffd"
"""What a byte that is no part of a sign is read as."""

SHORTEST_ASCII = 3
"""So many letters more than this a company's name has at least, to be known by those of them that are ASCII."""

RELEVANT = ("company", "role", "contact_email", "contact_name", "stage", "interview_on", "outcome", "language")
"""The fields that a letter or a nudge speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One application that differs: no `before` is an appearance, no `after` means that its row is gone.

    `doubt` asks, in a sentence, whether this rejection is another one than one known before.
    """

    id: int
    before: Application | None
    after: Application | None
    returned: bool = False
    doubt: str | None = None

    @property
    def fields(self) -> frozenset[str]:
        """Which of the relevant fields differ; empty for an appearance or a vanishing."""
        if self.before is None or self.after is None:
            return frozenset()
        return frozenset(name for name in RELEVANT if getattr(self.before, name) != getattr(self.after, name))

    @property
    def newly_rejected(self) -> bool:
        """Whether the employer's no is news."""
        was = self.before is not None and self.before.outcome is Outcome.REJECTED
        return self.after is not None and self.after.outcome is Outcome.REJECTED and not was


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """What two readings of a tracker have in common: the bytes, the way they were read, and the encoding therein."""

    same_bytes: bool
    same_way: bool
    same_encoding: bool

    def tells_of_before(self, change: Change) -> bool:
        """Whether the sheet told this before, and only the reading of it is new.

        What the sheet left out of the reading until now cannot be compared: that it is new is not known then.
        """
        if self.same_bytes:
            return True
        before, now = change.before, change.after
        if before is None or now is None or not before.cells:
            return not (self.same_way and self.same_encoding)
        if self.same_encoding:
            return before.cells == now.cells
        # Signs outside ASCII were perhaps others under the other encoding: they tell nothing.
        return before.skeleton == now.skeleton


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All changes, and how many known rows stood and were found again."""

    changes: tuple[Change, ...]
    known: int
    found: int

    @property
    def shrunk(self) -> bool:
        """Whether so many rows are gone that the file is more likely broken than edited."""
        gone = self.known - self.found
        return gone >= SHRINK_ROWS and gone > SHRINK_SHARE * self.known

    @property
    def another_file(self) -> bool:
        """Whether this shares less than half of its rows with what is known."""
        return self.found * 2 < self.known


def set_aside(
    known: Sequence[tuple[int, str]], read: Iterable[Application]
) -> tuple[frozenset[int], list[Application], int]:
    """Take out what stands unchanged: (ids of the known that are left, readings that are left, how many were equal).

    `known` are (id, fingerprint).
    """
    waiting = Counter(map(itemgetter(1), known))
    left = []
    for said in read:
        if waiting[said.fingerprint] > 0:
            waiting[said.fingerprint] -= 1
        else:
            left.append(said)
    gone = []
    for number, fingerprint in known:
        if waiting[fingerprint] > 0:
            waiting[fingerprint] -= 1
            gone.append(number)
    return frozenset(gone), left, len(known) - len(gone)


def compare(
    known: Sequence[Known],
    read: Sequence[Application],
    next_id: int,
    *,
    same: int = 0,
    whole: Sequence[Application] = (),
) -> Comparison:
    """Pair what was read with what is known. New ids count up from `next_id`.

    `same` is how many of the `whole` reading were set aside as unchanged.
    """
    pairs, lost, fresh = _pair(known, read)
    changes = [change for one, now in pairs if (change := _change(one, now)) is not None]
    changes += [Change(id=next_id + place, before=None, after=now) for place, now in enumerate(fresh)]
    standing = same + sum(one.present for one in known)
    if standing or lost:
        changes = _with_doubts(changes, [one.said for one in lost], whole)
    gone = [one for one in lost if one.present]
    changes += [Change(id=one.id, before=one.said, after=None) for one in gone]
    return Comparison(changes=tuple(changes), known=standing, found=standing - len(gone))


def _pair(
    known: Sequence[Known], read: Sequence[Application]
) -> tuple[list[tuple[Known, Application]], list[Known], list[Application]]:
    pairs: list[tuple[Known, Application]] = []
    lost, fresh = list(known), list(read)
    for before, after, alone in _RULES:
        pairs += _match(lost, fresh, before, after, alone=alone)
    return pairs, lost, fresh


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


def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _by_cells(said: Application) -> Hashable:
    return said.cells or None


def _by_skeleton(said: Application) -> Hashable:
    return said.skeleton or None


def _by_row_id(said: Application) -> Hashable:
    return said.row_id


def _by_key(said: Application) -> Hashable:
    return (_fold(said.company), _fold(said.role), said.applied_on)


def _by_key_and_state(said: Application) -> Hashable:
    return (_by_key(said), said.outcome, said.status_text, said.contact_email, said.stage)


def _by_all_but_role(said: Application) -> Hashable:
    return (_fold(said.company), said.applied_on) if said.applied_on else None


def _by_all_but_company(said: Application) -> Hashable:
    return (_fold(said.role), said.applied_on, said.contact_email) if said.role and said.applied_on else None


def _by_all_but_day(said: Application) -> Hashable:
    return (_fold(said.company), _fold(said.role))


def _by_ascii(said: Application) -> Hashable:
    """Company, role and day with each run of other letters as one: what is left where a byte of them is broken."""
    company, role = (re.sub(r"[^\x00-\x7f]+", "*", _fold(text)) for text in (said.company, said.role))
    return (company, role, said.applied_on) if "*" in company + role and len(company) > SHORTEST_ASCII else None


def _rule(
    key: Callable[[Application], Hashable], *, alone: bool
) -> tuple[Callable[[Known], Hashable], Callable[[Application], Hashable], bool]:
    return (lambda one: key(one.said)), key, alone


_RULES = (
    _rule(_by_cells, alone=False),
    _rule(_by_row_id, alone=True),
    _rule(_by_key_and_state, alone=False),
    _rule(_by_key, alone=True),
    _rule(_by_skeleton, alone=True),
    _rule(_by_ascii, alone=True),
    _rule(_by_all_but_role, alone=True),
    _rule(_by_all_but_company, alone=True),
    _rule(_by_all_but_day, alone=True),
)


def _whole(before: Application, now: Application) -> Application:
    """The reading, but for texts with a broken byte that otherwise are as they were: a broken byte is no edit."""
    same: dict[str, Any] = {
        field: was
        for field in ("company", "role", "contact_name", "status_text")
        if BROKEN in (text := getattr(now, field) or "") and _is_broken(text, was := getattr(before, field) or "")
    }
    if "status_text" in same:
        same |= {"outcome": before.outcome, "stage": before.stage}
    return now._replace(**same) if same else now


def _is_broken(text: str, whole: str) -> bool:
    """Whether this is that text with broken bytes in place of some of its letters."""
    return re.fullmatch(".{0,4}".join(map(re.escape, text.split(BROKEN))), whole, re.DOTALL) is not None


def _change(one: Known, now: Application) -> Change | None:
    now = _whole(one.said, now)
    if one.present and one.said.fingerprint == now.fingerprint:
        return None
    if one.said.company == FORGOTTEN and one.said.cells == now.cells:
        # Only read better: what is forgotten is not to be known again by that.
        return None
    return Change(id=one.id, before=one.said, after=now, returned=not one.present)


def _with_doubts(changes: Sequence[Change], lost: Iterable[Application], whole: Iterable[Application]) -> list[Change]:
    """The changes, each new rejection that may be one known before with its doubt."""
    news = [change.after for change in changes if change.newly_rejected and change.after]
    if not news:
        return list(changes)
    gone = [said for said in lost if said.outcome is Outcome.REJECTED]
    taken = Counter(key for one in whole if one.outcome is Outcome.REJECTED for key in _names(one))
    taken.subtract(key for now in news for key in _names(now))
    asked = []
    for change in changes:
        doubt = None
        if change.newly_rejected and change.after is not None:
            other = _other(change, change.after, gone, taken)
            doubt = _question(change.after, other) if other is not None else None
            taken.update(_names(change.after))
        asked.append(replace(change, doubt=doubt))
    return asked


def _names(said: Application) -> list[Hashable]:
    """What an application is known by: its key, and its own id where the sheet has one."""
    return [_by_key(said)] if said.row_id is None else [_by_key(said), said.row_id]


def _other(
    change: Change, now: Application, gone: Iterable[Application], taken: Mapping[Hashable, int]
) -> Application | None:
    """The rejection that this one might be: an equal one that stands, or for a new row a vanished one that is alike."""
    if any(taken[key] > 0 for key in _names(now)):
        return now
    return next((said for said in gone if change.before is None and _alike(said, now)), None)


def _alike(gone: Application, now: Application) -> bool:
    """Whether a careful reader could take these two rejections for one that was edited more than once."""
    return (
        _fold(gone.company) == _fold(now.company)
        or (gone.contact_email is not None and gone.contact_email == now.contact_email)
        or gone.line == now.line
        or (bool(gone.role) and _fold(gone.role) == _fold(now.role) and gone.applied_on == now.applied_on)
    )


def _question(now: Application, other: Application) -> str:
    return f"Is the rejection by {now.company} (line {now.line}) another one than that by {other.company} before?"
