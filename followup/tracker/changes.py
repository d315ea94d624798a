"""What is known, what was read → changes.

A new rejection that cannot be told from one known before carries a doubt: it is asked about, never drafted.
"""

import re
from collections import Counter
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from followup.model.application import FORGOTTEN, Application, Known, Outcome
from followup.tracker import pairing
from followup.tracker.pairing import by_key, fold

SHRINK_SHARE = 0.2
SHRINK_ROWS = 3
"""More than a fifth of the known rows, and at least three, gone at once is a suspicion, not news."""

BROKEN = "\ufffd"
"""What a byte that is no part of a sign is read as."""

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
    """What two readings of a tracker have in common: the bytes, the way they were read, and therein the encoding and
    the columns that tell how it ended.
    """

    same_bytes: bool
    same_way: bool
    same_encoding: bool
    same_columns: bool

    def tells_of_before(self, change: Change) -> bool:
        """Whether the sheet told this before, and only the reading of it is new.

        What the sheet left out of the reading until now cannot be compared: that it is new is not known then.
        """
        if self.same_bytes:
            return True
        before, now = change.before, change.after
        if before is None or now is None or not before.cells:
            return not (self.same_way and self.same_encoding)
        # Signs outside ASCII were perhaps others under another encoding: they tell nothing.
        as_it_was = before.cells == now.cells if self.same_encoding else before.skeleton == now.skeleton
        if as_it_was or self.same_way:
            return as_it_was
        # The row was edited too. Its no is news only if its status is another text, in the same columns.
        return not self.same_columns or _ascii(before.status_text) == _ascii(now.status_text)


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


def compare(
    known: Sequence[Known],
    read: Sequence[Application],
    next_id: int,
    *,
    whole: Sequence[Application] = (),
    standing: Mapping[str, int] | None = None,
    written: Container[int] = (),
) -> Comparison:
    """Pair what was read with what is known. New ids count up from `next_id`.

    Of the `whole` reading those in `standing` (fingerprint → id) were set aside as unchanged; the applications in
    `written` have letters.
    """
    unchanged = standing or {}
    pairs, lost, fresh = pairing.pair(known, read, written)
    handed, lost = pairing.hand_on(lost, whole, unchanged, written)
    changes = [change for one, now in (*pairs, *handed) if (change := _change(one, now)) is not None]
    changes += [Change(id=unchanged[now.fingerprint], before=now, after=None) for _, now in handed]
    changes += [Change(id=next_id + place, before=None, after=now) for place, now in enumerate(fresh)]
    before = len(unchanged) + sum(one.present for one in known)
    if before or lost:
        asked = [now for now in whole if unchanged.get(now.fingerprint, 0) in written]
        asked += [said for one in changes if one.id in written and (said := one.after or one.before)]
        asked += [one.said for one in lost if one.id in written]
        changes = _with_doubts(changes, [one.said for one in lost], whole, asked)
    gone = [one for one in lost if one.present]
    changes += [Change(id=one.id, before=one.said, after=None) for one in gone]
    return Comparison(changes=tuple(changes), known=before, found=before - len(gone) - len(handed))


def _ascii(text: str) -> str:
    return "".join(filter(str.isascii, text))


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


def _with_doubts(
    changes: Sequence[Change],
    lost: Iterable[Application],
    whole: Iterable[Application],
    asked: Iterable[Application],
) -> list[Change]:
    """The changes, each new rejection that may be one known before with its doubt; `asked` have letters."""
    news = [change.after for change in changes if change.newly_rejected and change.after]
    if not news:
        return list(changes)
    gone = [said for said in lost if said.outcome is Outcome.REJECTED]
    taken = Counter(key for one in whole if one.outcome is Outcome.REJECTED for key in _names(one))
    taken.subtract(key for now in news for key in _names(now))
    taken.update(key for one in asked for key in _names(one))
    doubted = []
    for change in changes:
        doubt = None
        if change.newly_rejected and change.after is not None:
            other = _other(change, change.after, gone, taken)
            doubt = _question(change.after, other) if other is not None else None
            taken.update(_names(change.after))
        doubted.append(replace(change, doubt=doubt))
    return doubted


def _names(said: Application) -> list[Hashable]:
    """What an application is known by: its key, and its own id where the sheet has one."""
    return [by_key(said)] if said.row_id is None else [by_key(said), said.row_id]


def _other(
    change: Change, now: Application, gone: Iterable[Application], taken: Mapping[Hashable, int]
) -> Application | None:
    """The rejection that this one might be: an equal one that stands, or for a new row a vanished one that is alike."""
    if any(taken[key] > 0 for key in _names(now)):
        return now
    known_again = _alike if change.before is None else _same_key
    return next((said for said in gone if known_again(said, now)), None)


def _same_key(gone: Application, now: Application) -> bool:
    return by_key(gone) == by_key(now)


def _alike(gone: Application, now: Application) -> bool:
    """Whether a careful reader could take these two rejections for one that was edited more than once."""
    return (
        fold(gone.company) == fold(now.company)
        or (gone.contact_email is not None and gone.contact_email == now.contact_email)
        or gone.line == now.line
        or (bool(gone.role) and fold(gone.role) == fold(now.role) and gone.applied_on == now.applied_on)
    )


def _question(now: Application, other: Application) -> str:
    return f"Is the rejection by {now.company} (line {now.line}) another one than that by {other.company} before?"
