"""What is known, what was read → changes. Identity lives here, and nowhere else.

A row is known again by its own id, else by company, role and day of application; equal keys are told apart by all
their other cells, never by their order; what is left over is paired where only one of the three was edited.
A rejected row that cannot be told from a vanished rejected one is a doubt, never a change.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from followup.model.application import Application, Known, Outcome
from followup.model.question import QuestionKind
from followup.model.reading import Doubt

SHRINK_SHARE = 0.2
SHRINK_ROWS = 3
"""More than a fifth of the known rows, and at least three, gone at once is a suspicion, not news."""

RELEVANT = ("company", "role", "contact_email", "contact_name", "stage", "interview_on", "outcome")
"""The fields that a letter or a nudge speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One application that differs: no `before` is an appearance, no `after` means that its row is gone."""

    id: int
    before: Application | None
    after: Application | None
    returned: bool = False

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
class Comparison:
    """All changes, the doubts about identity, and how many known rows stand, were found again and are gone."""

    changes: tuple[Change, ...]
    doubts: tuple[Doubt, ...]
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
    settled: Collection[str] = (),
) -> Comparison:
    """Pair what was read with what is known. New ids count up from `next_id`; `same` were set aside before.

    `settled` holds the keys of identity doubts that the person answered with yes: those are other applications.
    """
    pairs, lost, fresh = _pair(known, read)
    changes = [change for one, now in pairs if (change := _change(one, now)) is not None]
    gone = [one for one in lost if one.present]
    changes += [Change(id=one.id, before=one.said, after=None) for one in gone]
    certain, doubts = _doubtful(fresh, lost, settled)
    changes += [Change(id=next_id + place, before=None, after=now) for place, now in enumerate(certain)]
    standing = same + sum(one.present for one in known)
    return Comparison(changes=tuple(changes), doubts=doubts, known=standing, found=standing - len(gone))


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
    return said.fingerprint or None


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


def _rule(
    key: Callable[[Application], Hashable], *, alone: bool
) -> tuple[Callable[[Known], Hashable], Callable[[Application], Hashable], bool]:
    return (lambda one: key(one.said)), key, alone


_RULES = (
    _rule(_by_cells, alone=False),
    _rule(_by_row_id, alone=True),
    _rule(_by_key_and_state, alone=False),
    _rule(_by_key, alone=True),
    _rule(_by_all_but_role, alone=True),
    _rule(_by_all_but_company, alone=True),
    _rule(_by_all_but_day, alone=True),
)


def _change(one: Known, now: Application) -> Change | None:
    if one.present and one.said.fingerprint == now.fingerprint:
        return None
    return Change(id=one.id, before=one.said, after=now, returned=not one.present)


def _doubtful(
    fresh: Iterable[Application], lost: Iterable[Known], settled: Collection[str]
) -> tuple[list[Application], tuple[Doubt, ...]]:
    rejected = [one for one in lost if one.said.outcome is Outcome.REJECTED]
    certain, doubts = [], []
    for now in fresh:
        alike = [one for one in rejected if now.outcome is Outcome.REJECTED and _alike(one.said, now)]
        doubt = _identity(now, alike[0].said) if alike else None
        if doubt is None or doubt.key in settled:
            certain.append(now)
        else:
            doubts.append(doubt)
    return certain, tuple(doubts)


def _alike(gone: Application, now: Application) -> bool:
    """Whether a careful reader could take these two rejections for one that was edited more than once."""
    return (
        _fold(gone.company) == _fold(now.company)
        or (gone.contact_email is not None and gone.contact_email == now.contact_email)
        or (bool(gone.role) and _fold(gone.role) == _fold(now.role) and gone.applied_on == now.applied_on)
    )


def _identity(now: Application, gone: Application) -> Doubt:
    return Doubt(
        kind=QuestionKind.IDENTITY,
        key=f"identity:{_fold(now.company)}:{_fold(now.role)}:{now.applied_on}",
        text=f"Is the rejection by {now.company} another one than that by {gone.company}, whose row is gone?",
        about=(now.company, gone.company),
        lines=(now.line,),
    )
