"""The tracker as it was understood, its problems, and the questions it leaves, to be answered right there."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from followup.model.application import Known
from followup.model.question import Question, QuestionKind
from followup.steps import answering, review
from followup.steps.scan import scan
from followup.store import applications, letters, questions, tracker
from followup.web.paging import portion

room = Blueprint("tracker", __name__)

CHOSEN = (QuestionKind.FIRST_SIGHT, QuestionKind.BURST)
"""Questions that are answered by ticking applications."""
NAMED = (QuestionKind.COLUMN, QuestionKind.LAYOUT)
"""Questions that are answered by one of the names they list, or none."""


SHOWN = 20
"""So many applications of a question can be ticked; the others are chosen together."""


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
        chosen=CHOSEN,
        named=NAMED,
        counts=applications.counts(store),
        outcome=outcome,
        wanted=wanted,
        found=found,
        letters={one.id: letters.of_application(store, one.id) for one in found.rows},
    )


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
    one = questions.one(g.parts.store, number)
    if one is None:
        abort(404)
    drafted = answering.answer(g.parts, one, _reply(one), g.now)
    scan(g.parts, g.now, wait=5)
    told = ", ".join(f"L{letter.id}" for letter in drafted)
    flash(f"Thank you. {told} waits for you in the outbox." if told else "Thank you, noted.", "done")
    return redirect("/applications", 303)


@room.post("/scan")
def look() -> ResponseReturnValue:
    """Look at the tracker now."""
    report = scan(g.parts, g.now, wait=5)
    if report.trouble:
        flash(report.trouble, "trouble")
    return redirect("/applications", 303)


def _about(one: Question) -> list[Known]:
    """The applications a question lets choose from, the latest rejections first."""
    if one.kind not in CHOSEN:
        return []
    known = [applications.one(g.parts.store, int(name[1:])) for name in one.about[:SHOWN]]
    return [found for found in known if found]


def _reply(one: Question) -> str:
    """The form's answer in the words that `answer` takes: ticked applications are places of the question's list."""
    if one.kind not in CHOSEN:
        return request.form.get("reply", "")
    if request.form.get("reply") == "all":
        return "all"
    ticked = set(request.form.getlist("about"))
    places = [str(place) for place, name in enumerate(one.about, 1) if name in ticked]
    return ",".join(places) or "none"
