"""Approved and due → SMTP. The intent is committed between RCPT and DATA; what may have left is never sent again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial

from followup.errors import Busy
from followup.letters import mime
from followup.mail import smtp
from followup.mail.smtp import Ending, Result
from followup.model.letter import Letter, LetterState
from followup.model.person import Account
from followup.playbook import timing
from followup.steps import holding
from followup.steps.parts import Parts, Progress, quietly
from followup.steps.scan import scan
from followup.steps.stop import Stop
from followup.store import account, letters, pause

SCAN_PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one letter."""

    letter: int
    company: str
    ending: Ending
    words: str


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
) -> DispatchReport:
    """Send every approved letter whose time has come.

    1. What a dead process left in `sending` becomes in doubt: nobody alive can be in the middle of one. While mail is
       paused, or the store was copied or the clock put back, nothing more is done.
    2. The tracker is looked at first, so that an edit there still holds a letter back; if it can't be read, letters go.
    3. Letters too late, or outside the send window, wait or return to draft.
    4. The others go, one after the other, over one connection.
    """
    with parts.store.lock("dispatch"):
        doubtful = _left_in_sending(parts, now)
        if not letters.in_state(parts.store, LetterState.APPROVED):
            return DispatchReport(in_doubt=doubtful)
        held = holding.reason(parts, now) or _patience(parts, now)
        if held is not None:
            return DispatchReport(in_doubt=doubtful, trouble=held)
        try:
            scan(parts, now, wait=SCAN_PATIENCE)
        except Busy as error:
            return DispatchReport(in_doubt=doubtful, trouble=str(error))
        due = _due(parts, now)
        if not due:
            return DispatchReport(in_doubt=doubtful)
        mail_account = parts.account()
        if mail_account is None:
            trouble = "No mail account is set up, so nothing can be sent. Hand the letters over: followup export L1"
            return DispatchReport(in_doubt=doubtful, trouble=trouble)
        attempts, trouble_or_none = asyncio.run(_send_all(parts, mail_account, due, stop or Stop(), progress))
        return DispatchReport(attempts=tuple(attempts), in_doubt=doubtful, trouble=trouble_or_none)


def _left_in_sending(parts: Parts, now: datetime) -> tuple[int, ...]:
    found = letters.in_state(parts.store, LetterState.SENDING)
    if found:
        reason = "followup ended while it was being sent; it may have left"
        with parts.store.transaction():
            for letter in found:
                letters.move(parts.store, letter, LetterState.IN_DOUBT, now, who="followup", reason=reason)
    return tuple(letter.id for letter in found)


def _due(parts: Parts, now: datetime) -> list[Letter]:
    """The letters that go now; the others are put off or returned, each with its reason."""
    due = []
    calendar = parts.calendar()
    with parts.store.transaction():
        for letter in letters.in_state(parts.store, LetterState.APPROVED):
            if timing.too_late(now, letter.not_before):
                reason = "it could not go within 5 days of its time; read it again before it goes"
                letters.move(parts.store, letter, LetterState.DRAFT, now, who="followup", reason=reason)
            elif letter.not_before > now or (letter.try_after is not None and letter.try_after > now):
                continue
            elif letter.at_once or timing.in_window(now, calendar):
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
        moment = pace.moment(place, now, letter.id, calendar)
        if moment <= now:
            going.append(letter)
            continue
        reason = "letters keep some time apart" if moment < now + timedelta(hours=1) else "enough letters went today"
        letters.put_off(parts.store, letter, now, attempts=letter.attempts, try_after=moment, reason=reason)
    return going


def _patience(parts: Parts, now: datetime) -> str | None:
    """Why no letter is tried now, where the server asked for patience."""
    asked = account.patience(parts.store)
    if asked is None or asked[0] <= now:
        return None
    local = parts.calendar().local(asked[0])
    return f"The mail server asked to slow down; letters are tried again about {local:%H:%M}."


async def _send_all(
    parts: Parts, mail_account: Account, due: Sequence[Letter], stop: Stop, progress: Progress
) -> tuple[list[Attempt], str | None]:
    attempts: list[Attempt] = []
    waiting = list(due)
    try:
        with stop.cutting() as over:
            while waiting and not over():
                async with smtp.session(mail_account) as client:
                    while waiting and not over() and client.is_connected:
                        letter = waiting.pop(0)
                        attempts.append(await _send(parts, client, letter))
                        progress(len(attempts), len(due))
                        if smtp.asks_for_patience(attempts[-1].words):
                            _wait(parts, waiting, attempts[-1].words, parts.clock())
                            waiting = []
    except smtp.Unreachable as error:
        for letter in waiting:
            _put_off(parts, letter, error.result, parts.clock())
        if error.result.phase is smtp.Phase.LOGIN and error.result.ending is Ending.REFUSED:
            with parts.store.transaction():
                pause.hold(parts.store, f"the log-in was refused: {error.result.words}", parts.clock(), who="followup")
        return attempts, smtp.explain(error.result, mail_account.host)
    except asyncio.CancelledError:
        return attempts, "Sending was cut short."
    return attempts, None


async def _send(parts: Parts, client: smtp.Session, letter: Letter) -> Attempt:
    if letter.to is None:
        raise ValueError("an approved letter has a recipient")
    result = await smtp.deliver(client, parts.person.email, letter.to, partial(_begin, parts, letter))
    _record(parts, letter, result, parts.clock())
    return Attempt(letter=letter.id, company=letter.company, ending=result.ending, words=result.words)


def _begin(parts: Parts, letter: Letter) -> bytes | None:
    """Commit the intent; None if it was taken back or mail paused meanwhile. The Date is that of the first attempt."""
    now = parts.clock()
    with parts.store.transaction():
        if pause.why(parts.store) is not None:
            return None
        if not letters.move(parts.store, letter, LetterState.SENDING, now, who="followup", reason=letter.reason):
            return None
        message, line = letters.message(parts.store, letter.id)
        if line is None:
            line = mime.date_line(parts.calendar().local(now))
            letters.stamp(parts.store, letter.id, line)
    if mime.digest(message) != letter.digest:
        raise ValueError(f"L{letter.id}: the stored bytes are not those that were approved")
    return mime.dated(message, line)


def _record(parts: Parts, letter: Letter, result: Result, now: datetime) -> None:
    began = result.phase is smtp.Phase.DATA
    at = replace(letter, state=LetterState.SENDING) if began else letter
    match result.ending:
        case Ending.CALLED_OFF:
            return
        case Ending.PUT_OFF:
            _put_off(parts, at, result, now)
        case Ending.ACCEPTED:
            _move(parts, at, LetterState.SENT, now, f"the server said: {result.words}")
            account.go_on(parts.store)
        case Ending.REFUSED:
            _move(parts, at, LetterState.FAILED, now, f"the server refused it: {result.words}")
            if result.phase is smtp.Phase.RCPT and letter.to is not None:
                account.refuse(parts.store, letter.to, now)
        case Ending.IN_DOUBT:
            _move(parts, at, LetterState.IN_DOUBT, now, f"the server never confirmed it: {result.words}")


def _wait(parts: Parts, waiting: Sequence[Letter], words: str, now: datetime) -> None:
    """The server asked for patience: the whole account waits, longer each time."""
    asked = account.patience(parts.store)
    attempts = asked[1] + 1 if asked is not None else 1
    until = now + timing.back_off(attempts, len(waiting))
    with parts.store.transaction():
        account.wait(parts.store, until, attempts)
        for letter in waiting:
            reason = f"it could not go yet: {words}"
            letters.put_off(parts.store, letter, now, attempts=letter.attempts, try_after=until, reason=reason)


def _move(parts: Parts, letter: Letter, to: LetterState, now: datetime, reason: str) -> None:
    with parts.store.transaction():
        letters.move(parts.store, letter, to, now, who="followup", reason=reason)


def _put_off(parts: Parts, letter: Letter, result: Result, now: datetime) -> None:
    attempts = letter.attempts + 1
    reason = f"it could not go yet: {result.words}"
    later = now + timing.back_off(attempts, letter.id)
    if not letter.at_once:
        later = timing.next_in_window(later, letter.id, parts.calendar())
    with parts.store.transaction():
        if letter.state is LetterState.SENDING:
            letters.move(parts.store, letter, LetterState.APPROVED, now, who="followup", reason=reason)
        letters.put_off(parts.store, letter, now, attempts=attempts, try_after=later, reason=reason)
