"""The outbox and one letter: read it, change it, say yes, take it back, hand it over, settle it."""

import difflib
import io
from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from followup.errors import FollowupError, Refused
from followup.model.letter import Letter, LetterState, NoteLevel, Text
from followup.steps import drafting, facts, overview, review
from followup.store import applications, journal, letters, log, pause, questions
from followup.web.paging import portion

room = Blueprint("letters", __name__)

FEW = 10
"""So many of each state stand in the outbox; the rest is a click away."""
NEEDS_YOU = (LetterState.IN_DOUBT, LetterState.FAILED, LetterState.DRAFT, LetterState.HANDED_OVER)
GOING = (LetterState.SENDING, LetterState.APPROVED)
_AGREED = (LetterState.APPROVED, LetterState.SENDING, LetterState.SENT)
OVER = (LetterState.ANSWERED, LetterState.SENT, LetterState.BOUNCED, LetterState.DISCARDED, LetterState.WITHDRAWN)


@room.get("/")
def outbox() -> str:
    """What needs the person on top, then what goes when, then what went."""
    store = g.parts.store
    counts = letters.counts(store)
    outcomes = applications.counts(store)
    return render_template(
        "outbox.html",
        counts=counts,
        groups={state: letters.portion(store, state, FEW) for state in LetterState if counts.get(state)},
        needs_you=NEEDS_YOU,
        going=GOING,
        over=OVER,
        questions=questions.unanswered(store)[:FEW],
        applications=sum(outcomes.values()),
        interviews=applications.interviews(store),
        asked=letters.asked_and_answered(store),
        running=overview.is_running(g.parts, g.now),
        held=pause.why(store),
        when=overview.when,
    )


@room.get("/letters/<state>")
def in_state(state: str) -> str:
    """All letters in one state, page by page."""
    if state not in set(LetterState):
        abort(404)
    wanted = LetterState(state)
    found = portion(lambda number, beyond: letters.portion(g.parts.store, wanted, number, beyond))
    return render_template("letters.html", wanted=wanted, found=found, when=overview.when)


@room.get("/letter/L<int(max=999999999):number>")
def letter(number: int) -> str:
    """One letter as the employer will see it, what is to be known of it, and its story."""
    return _page(_fresh(number))


@room.post("/letter/L<int(max=999999999):number>/<act>")
def act(number: int, act: str) -> ResponseReturnValue:
    """Do something with a letter that has not moved since it was shown."""
    if act not in _ACTS:
        abort(404)
    before = _fresh(number)
    if act == "approve" and before.state in _AGREED and before.digest == request.form.get("digest"):
        return redirect(f"/letter/L{number}", 303)  # A second click on the same button.
    if _seen(before) != request.form.get("seen", type=int):
        return _page(before, changed=True), 409
    if act == "edit" and request.form.get("only") == "preview":
        return _page(replace(before, subject=_text().subject, text=_text().text), unsaved=True)
    try:
        _ACTS[act](before)
    except FollowupError as error:
        unsaved = act == "edit"
        shown = replace(before, subject=_text().subject, text=_text().text) if unsaved else before
        flash(str(error), "trouble")
        return _page(shown, unsaved=unsaved), 409
    return redirect(f"/letter/L{number}", 303)


@room.get("/letter/L<int(max=999999999):number>.eml")
def eml(number: int) -> ResponseReturnValue:
    """The letter as a file for a mail program."""
    one = _found(number)
    data = io.BytesIO(review.eml(g.parts, one, g.now))
    return send_file(data, "message/rfc822", as_attachment=True, download_name=review.eml_name(one))


def _found(number: int) -> Letter:
    found = letters.one(g.parts.store, number)
    if found is None:
        abort(404)
    return found


def _fresh(number: int) -> Letter:
    return review.refresh(g.parts, _found(number), g.now)


def _seen(one: Letter) -> int:
    """The last thing that happened to this letter: a form from before that is out of date."""
    return max((entry.id for entry in log.about(g.parts.store, one.application, f"L{one.id}")), default=0)


def _page(one: Letter, *, changed: bool = False, unsaved: bool = False) -> str:
    parts, seen = g.parts, request.form.get("seen", 0, type=int)
    notes = review.notes(parts, one, g.now)
    story = log.of_application(parts.store, one.application)
    told = applications.facts(parts.store, one.application)
    asked_on = review.asked_before(parts, one, g.now) if one.state is LetterState.DRAFT else None
    return render_template(
        "letter.html",
        letter=one,
        seen=_seen(one),
        notes=notes,
        blocked=any(note.level is NoteLevel.ERROR for note in notes),
        story=story,
        said=drafting.told(drafting.known(parts, one.application).said, told),
        asked_on=asked_on,
        goes=overview.when(one),
        mailto=review.mailto(one),
        can_send=parts.mail_host is not None,
        running=overview.is_running(parts, g.now),
        unsaved=unsaved,
        answer=journal.words(parts.store, one.application),
        ticked=[name for name in told.get("questions", "").split(",") if name],
        since=[entry for entry in story if entry.id > seen and entry.subject == f"L{one.id}"] if changed else [],
        difference=_difference(one) if changed else [],
    )


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
    """The words of the form: a browser ends lines as CR LF."""
    subject = " ".join(request.form.get("subject", "").split())
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    return Text(subject=subject, text=text.strip() + "\n" if text.strip() else "")


def _edit(one: Letter) -> None:
    review.edit(g.parts, one, _text(), g.now)


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
    form = {name: request.form.get(name, "").strip() for name in stood}
    said = facts.read(**{name: value for name, value in form.items() if value and value != stood[name]})
    ticked = ",".join(request.form.getlist("questions"))
    if ticked != told.get("questions", ""):
        said |= facts.read(questions=ticked) if ticked else {"questions": ""}
    if said:
        review.tell(g.parts, one, said, g.now)


def _approve(one: Letter) -> None:
    digest = request.form.get("digest", "")
    at_once = request.form.get("when") == "now"
    review.approve(g.parts, one, digest, g.now, at_once=at_once, again="again" in request.form)
    if at_once:
        g.send_soon()
        flash("It goes now.", "done")
    else:
        flash("Thank you. It goes by itself at its hour; until then you can take it back.", "done")


def _settle(one: Letter) -> None:
    if request.form.get("went") == "yes":
        review.sent(g.parts, one, g.now)
    else:
        review.not_sent(g.parts, one, g.now)


def _answered(one: Letter) -> None:
    words = request.form.get("words", "").replace("\r\n", "\n").strip()
    thanks = review.answered(g.parts, one.application, words or None, g.now)
    if thanks is not None:
        flash(f"Good. A thank-you is drafted (L{thanks.id}).", "done")


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
