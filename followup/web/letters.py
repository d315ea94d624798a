"""The outbox and one letter: read it, change it, say yes, take it back, hand it over, settle it."""

import difflib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Lock

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from followup.errors import FollowupError, Refused
from followup.letters import proofread
from followup.model.letter import Letter, LetterKind, LetterState, NoteLevel, Text
from followup.model.question import Question
from followup.steps import drafting, facts, handover, overview, reply, review, sealing, story
from followup.store import applications, journal, letters, log, pause, questions, tracker
from followup.web import latest
from followup.web.paging import portion

room = Blueprint("letters", __name__)

FEW = 10
"""So many of each state stand in the outbox; the rest is a click away."""
NEEDS_YOU = (LetterState.IN_DOUBT, LetterState.FAILED, LetterState.DRAFT, LetterState.HANDED_OVER)
GOING = (LetterState.SENDING, LetterState.APPROVED)
OVER = (LetterState.ANSWERED, LetterState.SENT, LetterState.BOUNCED, LetterState.DISCARDED, LetterState.WITHDRAWN)
_AGREED = (LetterState.APPROVED, LetterState.SENDING, LetterState.SENT)
_IN_TURN = Lock()
"""A double click is two requests at once: the second must see what the first has done."""
_JUST_NOW = timedelta(minutes=1)
"""So long a yes for now is believed to be under way, where only the page can send it."""


@room.get("/")
def outbox() -> str:
    """What needs the person on top, then what goes when, then what went."""
    store = g.parts.store
    counts = letters.counts(store)
    asked = questions.unanswered(store)
    outcomes = applications.counts(store)
    return render_template(
        "outbox.html",
        counts=counts,
        groups={state: letters.portion(store, state, FEW) for state in LetterState if counts.get(state)},
        needs_you=NEEDS_YOU,
        going=GOING,
        over=OVER,
        questions=asked[:FEW],
        needs=len(asked) + sum(counts.get(state, 0) for state in NEEDS_YOU),
        read=tracker.seen(store) is not None,
        applications=sum(outcomes.values()),
        interviews=applications.interviews(store),
        asked=letters.asked_and_answered(store),
        running=overview.is_running(g.parts, g.now),
        unsent=overview.unsent(g.parts, g.now),
        held=pause.why(store),
    )


@room.get("/letters/<state>")
def in_state(state: str) -> str:
    """All letters in one state, page by page."""
    if state not in set(LetterState):
        abort(404)
    wanted = LetterState(state)
    found = portion(lambda number, beyond: letters.portion(g.parts.store, wanted, number, beyond))
    return render_template("letters.html", wanted=wanted, found=found)


@room.get("/letter/L<int(max=999999999):number>")
def letter(number: int) -> str:
    """One letter as the employer will see it, what is to be known of it, and its story."""
    return _page(_fresh(number))


@room.get("/letter/L<int(max=999999999):number>/<act>")
def once_more(number: int, act: str) -> ResponseReturnValue:
    """Where a refused form or a preview stands in the address bar, a reload shows the letter."""
    return redirect(f"/letter/L{number}", 303) if act in _ACTS else abort(404)


@room.post("/letter/L<int(max=999999999):number>/<act>")
def act(number: int, act: str) -> ResponseReturnValue:
    """Do something with a letter that has not moved since it was shown."""
    if act not in _ACTS:
        abort(404)
    with _IN_TURN:
        return _act(number, act)


def _act(number: int, act: str) -> ResponseReturnValue:
    before, editing = _fresh(number), act == "edit"
    if act == "approve" and _is_said_already(before):
        return redirect(f"/letter/L{number}", 303)
    if _seen(before) != request.form.get("seen", type=int):
        return _page(before, changed=True, typed=_text() if editing else None), 409
    if editing and request.form.get("only") == "preview":
        return _page(_worded(before), unsaved=True)
    try:
        _ACTS[act](before)
    except FollowupError as error:
        flash(str(error), "trouble")
        return _page(_worded(before) if editing else before, unsaved=editing), 409
    return redirect(f"/letter/L{number}", 303)


@room.get("/letter/L<int(max=999999999):number>.eml")
def eml(number: int) -> ResponseReturnValue:
    """The letter as a file for a mail program."""
    one = _found(number)
    data = io.BytesIO(handover.eml(g.parts, one, g.now))
    return send_file(data, "message/rfc822", as_attachment=True, download_name=handover.eml_name(one))


def _found(number: int) -> Letter:
    found = letters.one(g.parts.store, number)
    if found is None:
        abort(404)
    return found


def _fresh(number: int) -> Letter:
    return review.current(g.parts, _found(number))


def _seen(one: Letter) -> int:
    """The last thing that happened to this letter: a form from before that is out of date."""
    return log.last_about(g.parts.store, one.application, f"L{one.id}")


def _is_said_already(one: Letter) -> bool:
    """Whether this yes is a second click on the button that was pressed."""
    same = one.digest == request.form.get("digest") and one.at_once == (request.form.get("when") == "now")
    return same and one.state in _AGREED


def _page(one: Letter, *, changed: bool = False, unsaved: bool = False, typed: Text | None = None) -> str:
    """The letter, and what can be done with it; `typed` are words for the fields that the letter does not have."""
    parts, seen = g.parts, request.form.get("seen", 0, type=int)
    notes, asked = review.notes(parts, one, g.now), _asked(one)
    reason = proofread.reason_note(one.reason) if one.reason else None
    entries = log.of_application(parts.store, one.application)
    told = applications.facts(parts.store, one.application)
    drafts = letters.counts(parts.store).get(LetterState.DRAFT, 0)
    shown = sealing.shown(parts, one)
    if unsaved:
        shown = replace(shown, subject=one.subject, text=one.text)
    return render_template(
        "letter.html",
        letter=one,
        mail=shown,
        seen=_seen(one),
        watch=f"/latest/L{one.id}",
        latest=latest.mark(one),
        reason=reason,
        notes=[note for note in notes if note != reason and not (asked and f"answer Q{asked.id} " in note.text)],
        blocked=any(note.level is NoteLevel.ERROR for note in notes),
        asked=asked,
        story=story.told(entries),
        said=drafting.told(drafting.known(parts, one.application).said, told),
        own_yes=review.own_yes(parts, one, g.now) if one.state is LetterState.DRAFT else (),
        may_have_gone=review.may_have_gone(one),
        goes=overview.when(parts, one, g.now),
        waits=_waits(one) if one.state is LetterState.APPROVED else None,
        held=pause.why(parts.store),
        mailto=handover.mailto(shown),
        can_send=parts.mail_host is not None,
        running=overview.is_running(parts, g.now),
        unsaved=unsaved or typed is not None,
        typed=typed,
        words=request.form.get("words", ""),
        answer=journal.words(parts.store, one.application),
        ticked=[name for name in told.get("questions", "").split(",") if name],
        since=story.told([entry for entry in entries if entry.id > seen and entry.subject == f"L{one.id}"]),
        changed=changed,
        difference=_difference(one) if changed else [],
        onward=letters.next_draft(parts.store, one.id),
        left=drafts - (one.state is LetterState.DRAFT),
    )


def _asked(one: Letter) -> Question | None:
    """The question whether an answer came, as long as a follow-up waits for it."""
    if one.kind is not LetterKind.FOLLOW_UP or one.state is not LetterState.DRAFT:
        return None
    key = drafting.reply_key(one.application)
    return next((asked for asked in questions.unanswered(g.parts.store) if asked.key == key), None)


def _waits(one: Letter) -> str:
    """What an approved letter waits for: `mail` to be let go, its `hour`, something to `run`, `trouble` to be over, or
    `nothing`.
    """
    if pause.why(g.parts.store) is not None:
        return "mail"
    running = overview.is_running(g.parts, g.now)
    if overview.when(g.parts, one, g.now) > g.now:
        return "hour" if running else "run"
    if g.troubles:
        return "trouble"
    just_now = one.at_once and one.approved_at is not None and g.now - one.approved_at < _JUST_NOW
    return "nothing" if running or just_now else "run"


def _difference(one: Letter) -> list[tuple[str, str]]:
    """(sign, line) of what was shown against what stands now: `-` gone, `+` new."""
    shown = request.form.get("shown", "").replace("\r\n", "\n")
    if not shown:
        return []
    lines = difflib.ndiff(shown.splitlines(), as_shown(one).splitlines())
    return [(line[0], line[2:]) for line in lines if line[0] in "+-"]


@room.app_template_filter()
def as_shown(one: Letter) -> str:
    """What a yes is given to, as text."""
    return f"To: {one.to or ''}\nSubject: {one.subject}\n\n{one.text}"


def _text() -> Text:
    """The words of the form."""
    return Text(subject=request.form.get("subject", ""), text=request.form.get("text", ""))


def _worded(one: Letter) -> Letter:
    """The letter as it would be with the words of the form."""
    text = _text()
    return replace(one, subject=text.subject, text=text.text)


def _edit(one: Letter) -> None:
    if review.edit(g.parts, one, _text(), g.now).state is LetterState.DRAFT:
        flash("Saved. Nothing goes before your yes.", "done")


def _tell(one: Letter) -> None:
    """What was filled in otherwise than it stood there: address, name, interview, questions."""
    known, told = drafting.known(g.parts, one.application).said, applications.facts(g.parts.store, one.application)
    now = drafting.told(known, told)
    stood = {
        "to": one.to or "",
        "name": now.contact_name or "",
        "stage": str(now.stage),
        "interviewed_on": now.interview_on.isoformat() if now.interview_on else "",
    }
    form = {name: request.form.get(name, value).strip() for name, value in stood.items()}
    said = facts.read(**{name: value for name, value in form.items() if value != stood[name]})
    ticked = ",".join(request.form.getlist("questions"))
    if ticked != told.get("questions", ""):
        said |= facts.read(questions=ticked) if ticked else {"questions": ""}
    if not said:
        flash("There was nothing new in it.", "done")
        return
    review.tell(g.parts, one, said, g.now)
    flash("Kept. Your own words stand as they are." if one.edited else "Kept, and the letter goes by it.", "done")


def _approve(one: Letter) -> None:
    digest = request.form.get("digest", "")
    at_once = request.form.get("when") == "now"
    again = len(request.form.getlist("again")) >= len(review.own_yes(g.parts, one, g.now))
    review.approve(g.parts, one, digest, g.now, at_once=at_once, again=again)
    if at_once:
        g.send_soon()


def _settle(one: Letter) -> None:
    if request.form.get("went") == "yes":
        review.sent(g.parts, one, g.now)
    else:
        review.not_sent(g.parts, one, g.now)


def _answered(one: Letter) -> None:
    words = request.form.get("words", "").replace("\r\n", "\n").strip()
    done = reply.answered(g.parts, one.application, words or None, g.now)
    for letter in done.put_away:
        flash(f"L{letter.id} need not go, and is put away.", "done")
    if done.thanks is not None:
        flash(f"Good. A thank-you is drafted (L{done.thanks.id}).", "done")


def _draft_again(one: Letter) -> None:
    if one.state is LetterState.IN_DOUBT:
        raise Refused("Settle it first: did it go?")
    review.take_back(g.parts, one, g.now)


_ACTS: dict[str, Callable[[Letter], object]] = {
    "edit": _edit,
    "tell": _tell,
    "approve": _approve,
    "take-back": _draft_again,
    "discard": lambda one: review.discard(g.parts, one, g.now),
    "hand-over": lambda one: review.hand_over(g.parts, one, g.now),
    "sent": lambda one: review.sent(g.parts, one, g.now),
    "settle": _settle,
    "answered": _answered,
}
