"""The nudges: those that have come, those to come, and why each came."""

from collections.abc import Callable
from operator import attrgetter

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from followup.errors import UsageError
from followup.model.nudge import Nudge, NudgeState
from followup.playbook import timing
from followup.steps import nudging
from followup.store import nudges
from followup.web.paging import portion

room = Blueprint("nudges", __name__)

TO_COME = (NudgeState.PLANNED, NudgeState.SNOOZED)
FEW = 20


@room.get("/nudges")
def all_nudges() -> str:
    """Today and to come, then what is done."""
    store = g.parts.store
    return render_template(
        "nudges.html",
        come=nudges.portion(store, NudgeState.DELIVERED, FEW),
        to_come=sorted(
            (one for state in TO_COME for one in nudges.portion(store, state, FEW)), key=attrgetter("due_at")
        )[:FEW],
        counts=nudges.counts(store),
        off=g.parts.nudges == "off",
    )


@room.get("/nudges/<state>")
def in_state(state: str) -> str:
    """All nudges in one state, page by page."""
    if state not in set(NudgeState):
        abort(404)
    wanted = NudgeState(state)
    found = portion(lambda number, beyond: nudges.portion(g.parts.store, wanted, number, beyond))
    return render_template("nudges_all.html", wanted=wanted, found=found)


@room.post("/nudge/N<int(max=999999999):number>/<act>")
def act(number: int, act: str) -> ResponseReturnValue:
    """Be done with a nudge, or let it come again later."""
    found = nudges.one(g.parts.store, number)
    if found is None or act not in _ACTS:
        abort(404)
    _ACTS[act](found)
    return redirect("/nudges", 303)


def _done(one: Nudge) -> None:
    nudging.done(g.parts, one, g.now)


def _snooze(one: Nudge) -> None:
    try:
        moment = timing.until(request.form.get("until", ""), g.now, g.parts.calendar())
    except (ValueError, OverflowError):
        raise UsageError("That is no day to come again on. Choose one from tomorrow on.") from None
    nudging.snooze(g.parts, one, moment, g.now)
    flash("It comes again then.", "done")


_ACTS: dict[str, Callable[[Nudge], None]] = {"done": _done, "snooze": _snooze}
