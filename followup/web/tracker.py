"""The tracker as it was understood, its problems, and the questions it leaves, to be answered right there."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from followup.errors import Busy, FollowupError, Refused
from followup.model.application import Known
from followup.model.letter import Letter
from followup.model.question import Question, QuestionKind
from followup.steps import answering, review
from followup.steps.parts import Parts
from followup.steps.scan import scan
from followup.store import applications, letters, questions, tracker
from followup.web import wording
from followup.web.paging import portion

room = Blueprint("tracker", __name__)

CHOSEN = (QuestionKind.FIRST_SIGHT, QuestionKind.BURST)
"""Questions that are answered by ticking applications."""
TICKED = (*CHOSEN, QuestionKind.WORDS)
"""Questions that are answered by ticking some of what they are about."""
NAMED = (QuestionKind.COLUMN, QuestionKind.LAYOUT, QuestionKind.ENCODING)
"""Questions that are answered by one of the names they list, or none."""
ORDERS = {"dmy": "day first", "mdy": "month first"}
SHOWN = 20
"""So many applications of a question can be ticked, the others are chosen together; so many answers are shown."""
PATIENCE = 5.0


def read(parts: Parts, now: datetime, *, wait: float = 0.0) -> int:
    """Look at the tracker, unless another process is at it; what hinders it is kept, and stands on the page.

    Gives how many rejections were there before and are now left to be chosen from.
    """
    offered, trouble = 0, None
    try:
        report = scan(parts, now, wait=wait)
        offered, trouble = report.offered, report.trouble
    except Busy:
        return 0
    except FollowupError as error:
        trouble = str(error)
    with parts.store.transaction():
        tracker.ran(parts.store, "scan", now, trouble)
    return offered


@room.get("/applications")
def all_applications() -> str:
    """Questions and problems first, then how columns and rows were read."""
    store = g.parts.store
    outcome, wanted = request.args.get("outcome", ""), request.args.get("find", "").strip()
    found = portion(lambda number, beyond: applications.portion(store, outcome, wanted, number, beyond))
    return render_template(
        "applications.html",
        seen=tracker.seen(store),
        questions=[(one, _about(one)) for one in questions.unanswered(store)],
        answered=[(one, _answer(one)) for one in questions.answered(store, SHOWN)],
        chosen=CHOSEN,
        named=NAMED,
        counts=applications.counts(store),
        outcome=outcome,
        wanted=wanted,
        found=found,
        letters={one.id: letters.of_application(store, one.id) for one in found.rows},
    )


@room.get("/application/A<int(max=999999999):number>")
def one_application(number: int) -> ResponseReturnValue:
    """Its latest letter, where all that can be done about it is done."""
    written = letters.of_application(g.parts.store, number)
    return redirect(f"/letter/L{written[-1].id}", 303) if written else abort(404)


@room.post("/application/A<int(max=999999999):number>/draft")
def draft(number: int) -> ResponseReturnValue:
    """Draft a letter for any application."""
    if applications.one(g.parts.store, number) is None:
        abort(404)
    (made,) = review.draft(g.parts, [number], g.now, "you asked for it")
    return redirect(f"/letter/L{made.id}", 303)


@room.post("/question/Q<int(max=999999999):number>")
def answer(number: int) -> ResponseReturnValue:
    """Keep an answer; the tracker is read again with it at once."""
    one = _found(number)
    drafted = answering.answer(g.parts, one, _reply(one), g.now)
    offered = read(g.parts, g.now, wait=PATIENCE)
    flash(_thanks(drafted, offered), "done")
    return redirect(wording.back("/applications"), 303)


@room.post("/question/Q<int(max=999999999):number>/take-back")
def take_back(number: int) -> ResponseReturnValue:
    """Open a question again; the tracker is read as if it had not been answered."""
    answering.take_answer_back(g.parts, _found(number), g.now)
    read(g.parts, g.now, wait=PATIENCE)
    flash("Your answer is taken back.", "done")
    return redirect(wording.back("/applications"), 303)


@room.post("/scan")
def look() -> ResponseReturnValue:
    """Look at the tracker now."""
    read(g.parts, g.now, wait=PATIENCE)
    return redirect(wording.back("/applications"), 303)


def _thanks(drafted: Sequence[Letter], offered: int) -> str:
    if drafted:
        wait = "waits" if len(drafted) == 1 else "wait"
        return f"Thank you. {', '.join(f'L{letter.id}' for letter in drafted)} {wait} for you in the outbox."
    if offered:
        were = "rejection was" if offered == 1 else "rejections were"
        return f"Thank you. {offered} {were} there before: choose which to write to. What comes to say so is drafted."
    return "Thank you, noted."


def _found(number: int) -> Question:
    one = questions.one(g.parts.store, number)
    return one if one is not None else abort(404)


def _about(one: Question) -> list[Known]:
    """The applications a question lets choose from, the latest rejections first."""
    if one.kind not in CHOSEN:
        return []
    known = [applications.one(g.parts.store, int(name[1:])) for name in one.about[:SHOWN]]
    return [found for found in known if found]


def _reply(one: Question) -> str:
    """The form's answer in the words that `answer` takes: what was ticked are places of the question's list."""
    reply = request.form.get("reply", "")
    if one.kind not in TICKED or reply in ("all", "none"):
        return reply
    ticked = set(request.form.getlist("about"))
    places = [str(place) for place, name in enumerate(one.about, 1) if name in ticked]
    if not places:
        raise Refused("Tick at least one, or choose none of them.")
    return ",".join(places)


def _answer(one: Question) -> str:
    """An answer in words: the companies or texts that were ticked, not their places."""
    given = one.answer or ""
    if one.kind is QuestionKind.WORDS and given != "none":
        return ", ".join(one.about[int(place) - 1] for place in given.split(","))
    if one.kind not in CHOSEN or given in ("all", "none", ""):
        return ORDERS.get(given, given)
    numbers = answering.choose([int(name[1:]) for name in one.about], given)
    known = [applications.one(g.parts.store, number) for number in numbers]
    return ", ".join(found.said.company for found in known if found)
