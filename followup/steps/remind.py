"""Due nudges → the person: by mail to their own address, and in `followup nudges` in any case."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from followup.errors import TemplateError
from followup.letters import mime
from followup.mail import smtp
from followup.model.letter import Text
from followup.model.nudge import Nudge, NudgeState
from followup.model.person import Account
from followup.playbook import decide, due
from followup.steps import nudging, silence
from followup.steps.parts import Parts
from followup.steps.stop import Stop
from followup.store import nudges

RETRY = timedelta(minutes=15)
"""How long a nudge waits when the mail server cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindReport:
    """Which nudges reached the person, and what stood in the way of one."""

    delivered: tuple[int, ...] = ()
    trouble: str | None = None


def remind(parts: Parts, now: datetime, *, stop: Stop | None = None) -> RemindReport:
    """Draft the follow-ups that are due, deliver the nudges: conditions are looked at now, one a day is enough."""
    with parts.store.lock("remind"):
        trouble = silence.look(parts, now)
        with parts.store.transaction():
            _tidy(parts, now)
        ripe = [nudge for nudge in nudges.in_state(parts.store, NudgeState.PLANNED) if nudge.due_at <= now]
        if not ripe:
            return RemindReport(trouble=trouble)
        last = nudges.last_delivered(parts.store)
        cases = [(nudge, nudging.case(parts, nudge)) for nudge in ripe]
        actions = due.on_time(cases, last, parts.calendar(), now)
        with parts.store.transaction():
            nudging.carry_out(parts, [action for action in actions if isinstance(action, decide.Cancel)], now)
            for action in actions:
                if isinstance(action, due.PutOff):
                    nudges.put_off(parts.store, action.nudge, action.until, now, why="one message a day is enough")
        wanted = [action.nudge for action in actions if isinstance(action, due.Deliver)]
        report = _deliver_all(parts, wanted, now, stop or Stop())
        return replace(report, trouble=report.trouble or trouble)


def show(parts: Parts, nudge: Nudge, now: datetime) -> Text | None:
    """Deliver a nudge on the spot, in the terminal; None if it was delivered elsewhere meanwhile."""
    text = nudging.write(parts, nudge, now)
    if not _begin(parts, nudge, text, now):
        return None
    _end(parts, nudge, now, "in the terminal")
    return text


def _tidy(parts: Parts, now: datetime) -> None:
    """Count what was being delivered as delivered, and wake what was snoozed until now."""
    for nudge in nudges.in_state(parts.store, NudgeState.DELIVERING):
        nudges.move(parts.store, nudge, NudgeState.DELIVERED, now, why="it was on its way when followup ended")
    for nudge in nudges.in_state(parts.store, NudgeState.SNOOZED):
        if nudge.due_at <= now:
            nudges.move(parts.store, nudge, NudgeState.PLANNED, now, why="its snooze is over")


def _deliver_all(parts: Parts, wanted: list[Nudge], now: datetime, stop: Stop) -> RemindReport:
    account = parts.account() if parts.nudges == "mail" else None
    delivered: list[int] = []
    trouble: str | None = None
    for nudge in wanted:
        try:
            text = nudging.write(parts, nudge, now)
        except TemplateError as error:
            trouble = f"N{nudge.id} waits: {error}"
            continue
        problem = _deliver(parts, account, nudge, text, now, stop)
        if problem is None:
            delivered.append(nudge.id)
        else:
            trouble = f"N{nudge.id} waits: {problem}"
            with parts.store.transaction():
                nudges.put_off(parts.store, nudge, now + RETRY, now, why=problem)
    return RemindReport(delivered=tuple(delivered), trouble=trouble)


def _deliver(parts: Parts, account: Account | None, nudge: Nudge, text: Text, now: datetime, stop: Stop) -> str | None:
    """Why the nudge could not be delivered, or None."""
    if account is None:
        if _begin(parts, nudge, text, now):
            _end(parts, nudge, now, "in the terminal")
        return None
    local = parts.calendar().local(now)
    message = mime.nudge(parts.person, text, mime.new_message_id(parts.person), local)
    begin = partial(_begin_mail, parts, nudge, text, now, message)
    result = asyncio.run(_mail(account, parts.person.email, begin, stop))
    began = result.phase is smtp.Phase.DATA
    if began:
        _end(
            parts,
            nudge,
            now,
            "by mail" if result.ending is smtp.Ending.ACCEPTED else f"by mail, perhaps: {result.words}",
        )
    return None if began or result.ending is smtp.Ending.CALLED_OFF else result.words


async def _mail(account: Account, address: str, begin: Callable[[], bytes | None], stop: Stop) -> smtp.Result:
    try:
        with stop.cutting():
            return await smtp.send_one(account, address, address, begin)
    except asyncio.CancelledError:
        return smtp.Result(ending=smtp.Ending.PUT_OFF, phase=smtp.Phase.CONNECT, words="followup was stopped")


def _begin_mail(parts: Parts, nudge: Nudge, text: Text, now: datetime, message: bytes) -> bytes | None:
    return message if _begin(parts, nudge, text, now) else None


def _begin(parts: Parts, nudge: Nudge, text: Text, now: datetime) -> bool:
    with parts.store.transaction():
        return nudges.move(parts.store, nudge, NudgeState.DELIVERING, now, subject=text.subject, text=text.text)


def _end(parts: Parts, nudge: Nudge, now: datetime, why: str) -> None:
    with parts.store.transaction():
        nudges.move(parts.store, replace(nudge, state=NudgeState.DELIVERING), NudgeState.DELIVERED, now, why=why)
