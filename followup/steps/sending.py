"""Letters on their way: over one connection or several, each intent committed between RCPT and DATA.

What has ended is committed together with the next intent, or within a second, or before the connection is left; so a
letter costs at most two durable commits and mostly one, and what a crash leaves in doubt is one letter a connection.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from followup.errors import StoreError
from followup.letters import mime, proofread
from followup.mail import smtp
from followup.mail.result import (
    Ending,
    Phase,
    Result,
    asks_for_patience,
    explain,
    refuses_address,
    what_is_refused,
)
from followup.mail.session import Session, Unreachable, hung_up, session
from followup.model.letter import Letter, LetterKind, LetterState
from followup.model.person import Account
from followup.playbook import decide, timing
from followup.steps import drafting
from followup.steps.lookout import Lookout
from followup.steps.parts import Parts, Progress
from followup.steps.stop import Stop
from followup.store import account, applications, asked, letters, pause

WRITE_SECONDS = 1.0
"""How long an outcome may wait for the next intent to share its commit."""


ASKED_ELSEWHERE = "another followup of yours has asked this address meanwhile; read it again before it goes"

ENDED: Mapping[Ending, str] = {
    Ending.ACCEPTED: "sent",
    Ending.PUT_OFF: "waits",
    Ending.REFUSED: "failed",
    Ending.IN_DOUBT: "is in doubt",
    Ending.CALLED_OFF: "does not go now",
}
"""What became of a letter, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one letter."""

    letter: int
    company: str
    ending: Ending
    words: str


async def send(
    parts: Parts, mail_account: Account, due: Sequence[Letter], watch: Lookout, stop: Stop, progress: Progress
) -> tuple[list[Attempt], str | None]:
    """Send these letters; the attempts made, and why the rest could not go."""
    attempts: list[Attempt] = []
    try:
        with pause.marking(parts.store) as mark, stop.cutting() as over:
            sending = _Sending(parts, mail_account, due, watch, progress, mark)
            attempts = sending.attempts
            await sending.run(lambda: over() or not parts.unchanged())
        return attempts, sending.give_up()
    except StoreError as error:
        return attempts, str(error)
    except asyncio.CancelledError:
        return attempts, "Sending was cut short."


class _Sending:
    """`_ended` are outcomes that no commit has kept yet, `_asking` letters whose intent none has; `_committing` is
    what will keep both.
    """

    def __init__(
        self,
        parts: Parts,
        mail_account: Account,
        due: Sequence[Letter],
        watch: Lookout,
        progress: Progress,
        mark: Callable[[], None],
    ) -> None:
        self.attempts: list[Attempt] = []
        self._parts = parts
        self._account = mail_account
        self._waiting = deque(due)
        self._whole = len(due)
        self._watch = watch
        self._progress = progress
        self._mark = mark
        self._ended: list[tuple[Letter, Result, datetime]] = []
        self._asking: list[Letter] = []
        self._committing: asyncio.Task[dict[int, bytes | None]] | None = None
        self._unreachable: Result | None = None
        self._entered = asyncio.Event()

    async def run(self, over: Callable[[], bool]) -> None:
        """Send over as many connections as the settings allow, until nothing waits or it is time to end."""
        number = min(self._parts.connections, self._whole)
        lines = [asyncio.ensure_future(self._line(over, first=place == 0)) for place in range(number)]
        try:
            open_lines = set(lines)
            while open_lines:
                _, open_lines = await asyncio.wait(open_lines, timeout=WRITE_SECONDS)
                # What cannot be kept now is tried again at the end. No letter in hand is cut short for it, and none is
                # begun, since that takes a commit too.
                with suppress(StoreError):
                    self._write()
                self._watch.glance()
        finally:
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)
            self._write()
        for line in lines:
            line.result()

    def give_up(self) -> str | None:
        """Put off what no connection was left for; why, in a sentence."""
        if self._unreachable is None or not (self._waiting or self._account_refused()):
            return None
        result, now = self._unreachable, self._parts.clock()
        with self._parts.store.transaction():
            if asks_for_patience(result.words):
                _wait(self._parts, self._waiting, result.words, now)
            else:
                for letter in self._waiting:
                    _put_off(self._parts, letter, result, now)
            if self._account_refused():
                pause.hold(self._parts.store, what_is_refused(result.concern, result.words), now, who="followup")
        return explain(result, self._account.host)

    def _account_refused(self) -> bool:
        """Whether the server takes nothing from this account: then no connection gives it another letter."""
        return self._unreachable is not None and self._unreachable.ending is Ending.REFUSED

    async def _line(self, over: Callable[[], bool], *, first: bool) -> None:
        """One connection after the other, as long as letters wait and the server takes any.

        The first goes ahead: what is wrong with the log-in is tried once, not once a connection.
        """
        try:
            if not first:
                await self._entered.wait()
                if self._unreachable is not None:
                    return
            while self._more(over):
                tried = False
                async with session(self._account) as client:
                    self._entered.set()
                    while self._more(over) and client.is_connected:
                        tried = True
                        await self._send(client, self._waiting.popleft())
                    self._write()
                if not tried and self._more(over):
                    raise hung_up()
        except Unreachable as error:
            if not self._account_refused():
                self._unreachable = error.result
        finally:
            self._entered.set()

    def _more(self, over: Callable[[], bool]) -> bool:
        """Whether another letter is to be tried."""
        return bool(self._waiting) and not over() and not self._account_refused()

    async def _send(self, client: Session, letter: Letter) -> None:
        begin = partial(self._begin, letter)
        try:
            result = await smtp.deliver(client, self._parts.person.email, letter.to or "", begin)
        except Unreachable:
            self._waiting.appendleft(letter)
            raise
        now = self._parts.clock()
        self._ended.append((letter, result, now))
        self.attempts.append(
            Attempt(letter=letter.id, company=letter.company, ending=result.ending, words=result.words)
        )
        self._progress(len(self.attempts), self._whole)
        if result.concern is not None:
            raise Unreachable(result)
        if asks_for_patience(result.words):
            with self._commit():
                _wait(self._parts, self._waiting, result.words, now)
            self._waiting.clear()

    async def _begin(self, letter: Letter) -> bytes | None:
        """The bytes, once the intent is committed; None if it was taken back or mail paused meanwhile."""
        self._asking.append(letter)
        committing = self._committing = self._committing or asyncio.create_task(self._commit_intents())
        try:
            return (await asyncio.shield(committing))[letter.id]
        except asyncio.CancelledError:
            # What is committed needs an outcome, so that the cut is felt a little later, at DATA.
            messages = await committing
            if task := asyncio.current_task():
                task.cancel()
            return messages[letter.id]

    async def _commit_intents(self) -> dict[int, bytes | None]:
        """One commit for all connections that have come as far as DATA, after a last look at the tracker."""
        await asyncio.sleep(0)
        asking, self._asking, self._committing = self._asking, [], None
        may_go = self._watch.has_seen_all()
        # What all stores remember is committed last: a kill in between leaves a doubt here, and no ask that never was.
        with asked.writing() as memory:
            with self._commit():
                messages = {letter.id: self._intend(letter, memory) if may_go else None for letter in asking}
            self._mark()
        return messages

    def _intend(self, letter: Letter, memory: asked.Memory) -> bytes | None:
        """Note the intent, inside a commit, if its row still bears the letter out. The Date is the first attempt's."""
        store, now = self._parts.store, self._parts.clock()
        may_leave = self._parts.unchanged() and timing.may_leave(now, letter.said_now, self._parts.calendar())
        if not may_leave or withhold(self._parts, letter, now):
            return None
        asks = letter.kind is LetterKind.FEEDBACK_REQUEST
        if asks and _asked_meanwhile(self._parts, memory, letter, now):
            _move(self._parts, letter, LetterState.DRAFT, now, ASKED_ELSEWHERE)
            return None
        begun = letters.begin(store, letter, mime.date_line(self._parts.calendar().local(now)), now)
        if begun is None:
            return None
        if asks and letter.to is not None:
            memory.keep(letter.to, letter.message_id, now)
        message, line = begun
        if mime.digest(message) != letter.digest:
            raise store.damaged(f"L{letter.id} is not as it was approved")
        return mime.dated(message, line)

    def _write(self) -> None:
        if self._ended:
            with self._commit():
                pass

    @contextmanager
    def _commit(self) -> Iterator[None]:
        """One durable commit: what has ended since the last one, and what the caller adds."""
        with self._parts.store.transaction():
            for letter, result, now in self._ended:
                _record(self._parts, letter, result, now)
            yield
        self._ended.clear()


def _asked_meanwhile(parts: Parts, memory: asked.Memory, letter: Letter, now: datetime) -> bool:
    """Whether its address was asked from another store since this letter was approved.

    Where the memory was lost and begun anew, its ids say nothing of what was known then, but the times do.
    """
    approved_at = letter.approved_at or letter.created_at
    return any(
        (ask.id > (letter.asks_known or 0) or ask.at > approved_at) and now - ask.at <= proofread.ASKED_LATELY
        for ask in drafting.unknown_asks(parts, memory, letter)
    )


def withhold(parts: Parts, letter: Letter, now: datetime) -> bool:
    """Hold an approved letter whose row does not bear it out, inside a transaction; whether it is held."""
    known = applications.one(parts.store, letter.application)
    held = None if known is None else decide.withheld(letter, known.said, present=known.present)
    if held is not None:
        _move(parts, letter, held.to, now, held.reason)
    return held is not None


def _record(parts: Parts, letter: Letter, result: Result, now: datetime) -> None:
    began = result.phase is Phase.DATA
    at = replace(letter, state=LetterState.SENDING) if began else letter
    match result.ending:
        case Ending.CALLED_OFF:
            return
        case Ending.PUT_OFF:
            _put_off(parts, at, result, now)
        case Ending.ACCEPTED:
            _move(parts, at, LetterState.SENT, now, f"the server said: {result.words}")
            account.go_on(parts.store, now)
        case Ending.REFUSED if result.concern is not None:
            # It is the account that is refused; the letter keeps its yes, and goes once that is settled.
            _put_off(parts, at, result, now)
        case Ending.REFUSED:
            _move(parts, at, LetterState.FAILED, now, f"the server refused it: {result.words}")
            if refuses_address(result) and letter.to is not None:
                account.refuse(parts.store, letter.to, now)
        case Ending.IN_DOUBT:
            _move(parts, at, LetterState.IN_DOUBT, now, f"the server never confirmed it: {result.words}")


def _move(parts: Parts, letter: Letter, to: LetterState, now: datetime, reason: str) -> None:
    letters.move(parts.store, letter, to, now, who="followup", reason=reason)


def _wait(parts: Parts, waiting: Sequence[Letter], words: str, now: datetime) -> None:
    """The server asked for patience: the whole account waits, longer each time."""
    asked = account.patience(parts.store)
    attempts = asked[1] + 1 if asked is not None else 1
    until = now + timing.back_off(attempts, len(waiting))
    account.wait(parts.store, until, attempts)
    for letter in waiting:
        reason = f"it could not go yet: {words}"
        letters.put_off(parts.store, letter, now, attempts=letter.attempts, try_after=until, reason=reason)


def _put_off(parts: Parts, letter: Letter, result: Result, now: datetime) -> None:
    attempts = letter.attempts + 1
    reason = f"it could not go yet: {result.words}"
    patient = now + timing.back_off(attempts, letter.id)
    later = timing.next_leave(patient, letter.said_now, letter.id, parts.calendar())
    if letter.state is LetterState.SENDING:
        remark = _remark(parts, letter)
        _move(parts, letter, LetterState.APPROVED, now, reason)
        if remark is not None:
            _move(parts, replace(letter, state=LetterState.APPROVED), LetterState.DRAFT, now, remark)
            return
    letters.put_off(parts.store, letter, now, attempts=attempts, try_after=later, reason=reason)


def _remark(parts: Parts, letter: Letter) -> str | None:
    """Why a letter is not to be tried again, where that came up while it was on its way."""
    now_there = letters.one(parts.store, letter.id)
    return None if now_there is None else now_there.reason
