"""How things stand: the daemon, the last look, the mail account, pause and resume, and the settings without secrets."""

from flask import Blueprint, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue

from followup.errors import Refused
from followup.steps import holding, mail_check, overview

room = Blueprint("standing", __name__)


@room.get("/state")
def state() -> str:
    """Everything at once."""
    view = overview.overview(g.parts, g.now)
    return render_template("state.html", view=view, needs_you=overview.needs_you(view), parts=g.parts)


@room.post("/mail-check")
def check_mail() -> ResponseReturnValue:
    """Log in to the mail account, and say what keeps mail from being sent."""
    account = g.parts.account()
    if account is None:
        raise Refused("No mail account is set up.")
    problem = mail_check.problem(account)
    flash(problem or f"{account.host} takes your mail.", "trouble" if problem else "done")
    return redirect("/state", 303)


@room.post("/pause")
def pause() -> ResponseReturnValue:
    """Stop mail to employers at once."""
    holding.hold_mail(g.parts, g.now)
    flash("Mail to employers is paused. What is approved waits.", "done")
    return redirect("/state", 303)


@room.post("/resume")
def resume() -> ResponseReturnValue:
    """Let mail go again."""
    going = holding.resume_mail(g.parts, g.now)
    g.send_soon()
    flash(f"Mail goes again: {overview.count(len(going), 'letter')} waiting for their hour.", "done")
    return redirect("/state", 303)
