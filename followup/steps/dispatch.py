"""Approved and due → SMTP. The intent is committed between RCPT and DATA; what may have left is never sent again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from followup.errors import StoreError, WorkError
from followup.model.letter import Letter, LetterState
from followup.playbook import timing
from followup.steps import holding, lookout, sealing, sweeping
from followup.steps.lookout import Lookout, Told
from followup.steps.parts import Parts, Progress, quietly
from followup.steps.sending import Attempt, send, withhold
from followup.steps.stop import Stop
from followup.steps.trouble import keep_trouble
from followup.store import account, letters

SETTINGS_CHANGED = "Your settings have changed just now. Letters go by the new ones at the next look."
LONGEST_PATIENCE = 2 * timing.LONGEST_WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """The attempts made; or `trouble` why none could be."""

    attempts: tuple[Attempt, ...] = ()
    in_doubt: tuple[int, ...] = ()
    trouble: str | None = None


def dispatch(
    parts: Parts,
    now: datetime,
    *,
    stop: Stop | None = None,
    progress: Progress = quietly,
    wait: float = 0.0,
    scanned: Told = lookout.quietly,
) -> DispatchReport:
    """Send every approved letter whose time has come; raises Busy where another process sends, after `wait` seconds.

    1. What a dead process left in `sending` becomes in doubt: nobody alive can be in the middle of one.
    2. While mail is paused, the store was copied or the clock put back, or the settings changed since they were read,
       nothing more is done.
    3. Letters that are too late return to draft.
    4. The tracker is looked at, so that an edit there still holds a letter back. If it can't be read, is not believed,
       or what follows from it cannot be put down, letters wait. It is looked at again while mails wait for their
       server, and before each letter's DATA. `scanned` is told what came of it.
    5. Letters whose row does not bear them out are held, also where it was the store that had it wrong.
    6. Of those that are due, letters from an address that is no longer the person's, or that would not
       arrive as shown, return to draft; those outside the
       send window, or too close to one another, wait. The others go.
    """
    with parts.store.lock("dispatch", wait=wait):
        doubtful = sweeping.sweep(parts, now)
        watch = Lookout(parts, scanned)
        report = keep_trouble(parts, "dispatch", now, lambda: _dispatch(parts, now, watch, stop or Stop(), progress))
        return replace(report, in_doubt=doubtful)


def _dispatch(parts: Parts, now: datetime, watch: Lookout, stop: Stop, progress: Progress) -> DispatchReport:
    approved = letters.in_state(parts.store, LetterState.APPROVED)
    if not approved:
        return DispatchReport()
    if not parts.unchanged():
        return DispatchReport(trouble=SETTINGS_CHANGED)
    held = holding.reason(parts, now) or _patience(parts, now)
    if held is not None:
        return DispatchReport(trouble=held)
    _return_late(parts, approved, now)
    try:
        watch.look()
        disbelief = watch.disbelief()
        if disbelief is not None:
            return DispatchReport(trouble=disbelief)
        due = _due(parts, now) if parts.unchanged() else []
        mail_account = parts.account() if due and not stop.wished else None
    except StoreError:
        raise
    except WorkError as error:
        return DispatchReport(trouble=str(error))
    if not due or stop.wished:
        return DispatchReport()
    if mail_account is None:
        return DispatchReport(trouble=holding.NO_ACCOUNT)
    holding.look_for_damage(parts, now)
    attempts, trouble_or_none = asyncio.run(send(parts, mail_account, due, watch, stop, progress))
    return DispatchReport(attempts=tuple(attempts), trouble=trouble_or_none)


def _return_late(parts: Parts, approved: Sequence[Letter], now: datetime) -> None:
    """Make drafts again of letters whose days are over."""
    late = [letter for letter in approved if timing.too_late(now, letter.not_before)]
    if late:
        reason = "it could not go within 5 days of its time; read it again before it goes"
        with parts.store.transaction():
            for letter in late:
                letters.move(parts.store, letter, LetterState.DRAFT, now, who="followup", reason=reason)


def _due(parts: Parts, now: datetime) -> list[Letter]:
    """The letters that go now; the others are put off or returned, each with its reason."""
    due = []
    calendar = parts.calendar()
    with parts.store.transaction():
        for letter in letters.in_state(parts.store, LetterState.APPROVED):
            if withhold(parts, letter, now):
                continue
            if letter.not_before > now or (letter.try_after is not None and letter.try_after > now):
                continue
            objection = sealing.objection(parts, letter)
            if objection is not None:
                letters.move(parts.store, letter, LetterState.DRAFT, now, who="followup", reason=objection)
            elif timing.may_leave(now, letter.said_now, calendar):
                due.append(letter)
            else:
                later = timing.next_in_window(now, letter.id, calendar)
                reason = "it waits for the next working hours"
                letters.put_off(parts.store, letter, now, attempts=letter.attempts, try_after=later, reason=reason)
        return _paced(parts, due, now)


def _paced(parts: Parts, due: Sequence[Letter], now: datetime) -> list[Letter]:
    """Those that go now; the others wait for the gap between two letters, or for another day."""
    calendar = parts.calendar()
    today, latest = letters.sent_since(parts.store, calendar.at(calendar.local(now).date(), time.min))
    pace = timing.Pace(a_day=parts.letters_a_day, gap=parts.gap, today=today, latest=latest)
    going = []
    for place, letter in enumerate(due):
        moment = timing.next_leave(pace.moment(place, now, letter.id, calendar), letter.said_now, letter.id, calendar)
        if moment <= now:
            going.append(letter)
            continue
        reason = "enough letters went today" if pace.is_spent(place) else "letters keep some time apart"
        letters.put_off(parts.store, letter, now, attempts=letter.attempts, try_after=moment, reason=reason)
    return going


def _patience(parts: Parts, now: datetime) -> str | None:
    """Why no letter is tried now, where the server asked for patience; not if it was by a clock that went wrong."""
    asked = account.patience(parts.store)
    if asked is None or not now < asked[0] <= now + LONGEST_PATIENCE:
        return None
    local = parts.calendar().local(asked[0])
    return f"The mail server asked to slow down; letters are tried again about {local:%H:%M}."
