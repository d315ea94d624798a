"""Due nudges → the person: by mail to their own address, and in `followup nudges` in any case."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from followup.errors import TemplateError
from followup.letters import mime
from followup.mail import smtp
from followup.mail.result import Ending, Phase, Result
from followup.model.address import as_carried
from followup.model.letter import Text
from followup.model.mail import Mail
from followup.model.nudge import Nudge, NudgeState
from followup.model.person import Account, Person
from followup.playbook import due, timing
from followup.playbook.actions import Cancel
from followup.steps import holding, lookout, nudging, sealing, silence
from followup.steps.lookout import Lookout, Told
from followup.steps.parts import Parts
from followup.steps.stop import Stop
from followup.steps.trouble import keep_trouble
from followup.store import nudges, pause, tracker

RETRY = timedelta(minutes=15)
"""How long all nudges wait when one could not be delivered; one that the server itself put off may wait longer."""
MAILING = "nudge mail"
"""The name under which the store keeps when a nudge could not be mailed, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindReport:
    """Which nudges came, and what stood in the way of one; `shown` are those that only stand among the nudges."""

    delivered: tuple[int, ...] = ()
    shown: tuple[int, ...] = ()
    trouble: str | None = None


def remind(parts: Parts, now: datetime, *, stop: Stop | None = None, scanned: Told = lookout.quietly) -> RemindReport:
    """Draft the follow-ups that are due, deliver the nudges: conditions are looked at now, one a day is enough.

    The tracker is looked at while a nudge waits for its server; `scanned` is told what came of it.
    """
    with parts.store.lock("remind"):
        return keep_trouble(parts, "remind", now, lambda: _remind(parts, now, Lookout(parts, scanned), stop or Stop()))


def _remind(parts: Parts, now: datetime, watch: Lookout, stop: Stop) -> RemindReport:
    trouble = silence.look(parts, now)
    with parts.store.transaction():
        _tidy(parts, now)
    ripe = [nudge for nudge in nudges.in_state(parts.store, NudgeState.PLANNED) if _ripe(parts, nudge, now)]
    if not ripe:
        return RemindReport(trouble=trouble)
    before = tracker.runs(parts.store).get(MAILING)
    if before is not None and before.trouble and now - RETRY < before.at <= now:
        return RemindReport(trouble=before.trouble)
    held = holding.nudges_too(parts, now)
    if held is not None:
        return RemindReport(trouble=held)
    holding.look_for_damage(parts, now)
    report = _deliver_one(parts, ripe, now, watch, stop)
    if before is not None and before.trouble and not report.trouble:
        with parts.store.transaction():
            tracker.ran(parts.store, MAILING, now)
    return replace(report, trouble=report.trouble or trouble)


def show(parts: Parts, nudge: Nudge, now: datetime) -> Text | None:
    """Deliver a nudge on the spot, in the terminal; None if it came elsewhere meanwhile, or another one today."""
    if not pause.is_home(parts.store, parts.machine):
        return None
    text = nudging.write(parts, nudge, now)
    return text if _show(parts, nudge, text, now, "on your terminal") else None


def _tidy(parts: Parts, now: datetime) -> None:
    """Count what was being delivered as delivered, and wake what was snoozed until now."""
    for nudge in nudges.in_state(parts.store, NudgeState.DELIVERING):
        nudges.move(parts.store, nudge, NudgeState.DELIVERED, now, why="it was on its way when followup ended")
    for nudge in nudges.in_state(parts.store, NudgeState.SNOOZED):
        if nudge.due_at <= now:
            nudges.move(parts.store, nudge, NudgeState.PLANNED, now, why="its snooze is over")


def _ripe(parts: Parts, nudge: Nudge, now: datetime) -> bool:
    """Whether its time has come, and so has that after the server put it off, longer each time."""
    if nudge.due_at > now:
        return False
    waits = nudges.put_offs(parts.store, nudge)
    return not waits or not waits[-1] <= now < waits[-1] + timing.back_off(len(waits), nudge.id)


def _deliver_one(parts: Parts, ripe: Sequence[Nudge], now: datetime, watch: Lookout, stop: Stop) -> RemindReport:
    """Deliver the first that is still true; one that cannot be written stands in the way of no other."""
    cases = [(nudge, nudging.case(parts, nudge)) for nudge in ripe]
    trouble: str | None = None
    while not stop.wished:
        actions = due.on_time(cases, nudges.last_delivered(parts.store), parts.calendar(), now)
        with parts.store.transaction():
            nudging.carry_out(parts, [action for action in actions if isinstance(action, Cancel)], now)
        nudge = next((action.nudge for action in actions if isinstance(action, due.Deliver)), None)
        if nudge is None:
            break
        try:
            text = nudging.write(parts, nudge, now)
        except TemplateError as error:
            trouble = f"N{nudge.id} waits: {error}"
            cases = [(one, case) for one, case in cases if one.id != nudge.id]
            continue
        report = _deliver(parts, nudge, text, now, watch, stop)
        return replace(report, trouble=report.trouble or trouble)
    return RemindReport(trouble=trouble)


def _deliver(parts: Parts, nudge: Nudge, text: Text, now: datetime, watch: Lookout, stop: Stop) -> RemindReport:
    account = parts.account() if parts.nudges == "mail" else None
    if account is None:
        came = (nudge.id,) if _show(parts, nudge, text, now, "in followup nudges") else ()
        return RemindReport(delivered=came, shown=came)
    meant = nudge_mail(parts.person, text, _message_id(parts, nudge))
    if wrong := sealing.unlike(meant):
        why = f"it would not arrive as it is written: {', '.join(wrong)} would differ"
        return _shown_instead(parts, nudge, text, why, now)
    message = mime.dated(mime.write(meant), mime.date_line(parts.calendar().local(now)))
    begin = partial(_begin_mail, parts, nudge, text, now, message)
    result = asyncio.run(_mail(account, parts.person.email, begin, watch, stop))
    return _record(parts, nudge, text, result, now)


def _message_id(parts: Parts, nudge: Nudge) -> str:
    """The same in every attempt, so that a mail program shows a nudge that came twice once."""
    return mime.message_id_of(parts.person, "nudge", nudge.id, nudge.due_at)


def _record(parts: Parts, nudge: Nudge, text: Text, result: Result, now: datetime) -> RemindReport:
    """What became of a nudge's mail. One that may have left has come; one refused for good comes in the terminal."""
    match result.ending:
        case Ending.CALLED_OFF:
            return RemindReport()
        case Ending.ACCEPTED:
            _end(parts, nudge, now, "by mail")
            return RemindReport(delivered=(nudge.id,))
        case Ending.IN_DOUBT:
            _end(parts, nudge, now, f"by mail, perhaps: {result.words}")
            return RemindReport(delivered=(nudge.id,))
        case Ending.REFUSED:
            if result.phase is Phase.DATA:
                return _unmailed(parts, nudge, result.words, now)
            return _shown_instead(parts, nudge, text, result.words, now)
        case Ending.PUT_OFF if result.taken:
            # Some servers say so of a mail that they pass on all the same: rather none today than four.
            _end(parts, nudge, now, f"by mail, perhaps: {result.words}")
            return RemindReport(delivered=(nudge.id,))
        case Ending.PUT_OFF:
            return _put_off(parts, nudge, result, now)


def nudge_mail(person: Person, text: Text, message_id: str) -> Mail:
    """A nudge as a mail to the person."""
    address = as_carried(person.email)
    return Mail(
        sender_name=person.name,
        sender=address,
        recipient=address,
        subject=text.subject,
        text=text.text,
        message_id=message_id,
        generated=True,
    )


def _shown_instead(parts: Parts, nudge: Nudge, text: Text, why: str, now: datetime) -> RemindReport:
    """Let a nudge that cannot be mailed come in `followup nudges`."""
    return _unmailed(parts, nudge, why, now) if _begin(parts, nudge, text, now) else RemindReport()


def _unmailed(parts: Parts, nudge: Nudge, why: str, now: datetime) -> RemindReport:
    _end(parts, nudge, now, f"in followup nudges, as it could not be mailed: {why}")
    with parts.store.transaction():
        tracker.ran(parts.store, MAILING, now)
    return RemindReport(trouble=f"N{nudge.id} could not be mailed to you ({why}). To read it: followup nudges")


def _put_off(parts: Parts, nudge: Nudge, result: Result, now: datetime) -> RemindReport:
    trouble = f"N{nudge.id} waits: {result.words}"
    with parts.store.transaction():
        if result.phase in (Phase.MAIL, Phase.RCPT, Phase.DATA):
            nudges.put_off(parts.store, nudge, now, why=result.words)
        tracker.ran(parts.store, MAILING, now, trouble)
    return RemindReport(trouble=trouble)


async def _mail(
    account: Account, address: str, begin: Callable[[], bytes | None], watch: Lookout, stop: Stop
) -> Result:
    try:
        with stop.cutting():
            return await watch.beside(smtp.send_one(account, address, address, begin))
    except asyncio.CancelledError:
        return Result(ending=Ending.PUT_OFF, phase=Phase.CONNECT, words="followup was stopped")


def _begin_mail(parts: Parts, nudge: Nudge, text: Text, now: datetime, message: bytes) -> bytes | None:
    return message if _begin(parts, nudge, text, now) else None


def _show(parts: Parts, nudge: Nudge, text: Text, now: datetime, where: str) -> bool:
    """Let it come without a mail; False if it came elsewhere meanwhile, or another one today."""
    begun = _begin(parts, nudge, text, now)
    if begun:
        _end(parts, nudge, now, where)
    return begun


def _begin(parts: Parts, nudge: Nudge, text: Text, now: datetime) -> bool:
    """Whether it may come now: nobody else brings it, and none has come today, whatever brought it."""
    with parts.store.transaction():
        if due.spoken_today(nudges.last_delivered(parts.store), parts.calendar(), now):
            return False
        return nudges.move(parts.store, nudge, NudgeState.DELIVERING, now, subject=text.subject, text=text.text)


def _end(parts: Parts, nudge: Nudge, now: datetime, why: str) -> None:
    with parts.store.transaction():
        nudges.move(parts.store, replace(nudge, state=NudgeState.DELIVERING), NudgeState.DELIVERED, now, why=why)
