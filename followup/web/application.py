"""The Flask application: its settings, a store for each request, the words of times and states, and errors."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Flask, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from followup import assembly
from followup.errors import FollowupError
from followup.model.letter import Letter
from followup.steps import overview, sweeping
from followup.steps.parts import Current
from followup.store.database import open_store
from followup.web import access, latest, letters, nudges, standing, tracker, wording
from followup.web.door import Door


def application(current: Current, door: Door, port: int, send_soon: Callable[[], None]) -> Flask:
    """The page around the parts as they are at each request."""
    pages = assembly.shipped_templates() / "pages"
    app = Flask("followup.web", template_folder=str(pages), static_folder=str(pages / "static"))
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),
        TRUSTED_HOSTS=list(door.origins),
        SESSION_COOKIE_NAME=f"followup-{port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_FORM_MEMORY_SIZE=262_144,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    access.guard(app, door)
    CSRFProtect(app).exempt(app.view_functions["enter"])
    _open_a_store_for_each_request(app, current, send_soon)
    _tell_errors(app, set(door.origins.values()))
    for room in (letters.room, nudges.room, tracker.room, standing.room, latest.room):
        app.register_blueprint(room)
    app.jinja_env.filters.update(
        moment=_moment, state=wording.state, held=wording.held, why=wording.why, linked=wording.linked
    )
    app.jinja_env.globals.update(when=_when, count=overview.count)
    return app


def _open_a_store_for_each_request(app: Flask, current: Current, send_soon: Callable[[], None]) -> None:
    @app.before_request
    def open_it() -> None:
        if request.endpoint not in access.OPEN:
            parts = current()
            g.parts = replace(parts, store=open_store(parts.store.folder, parts.store.person))
            sweeping.look(g.parts, parts.clock())
            g.troubles = overview.troubles(g.parts)
            g.now = parts.clock()
            g.send_soon = send_soon

    @app.teardown_request
    def close_it(_error: BaseException | None) -> None:
        if "parts" in g:
            g.parts.store.close()

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        if "now" not in g:
            return {}
        return {"person": g.parts.person, "troubles": g.troubles, "watch": "/latest", "latest": latest.mark()}


def _tell_errors(app: Flask, own: set[str]) -> None:
    """What cannot be done is one sentence on the page it was asked from; nothing shows a traceback."""

    @app.errorhandler(FollowupError)
    def refused(error: FollowupError) -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("trouble.html", text=str(error)), 503
        flash(str(error), "trouble")
        return redirect(wording.back(), 303)

    @app.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> ResponseReturnValue:
        text = "This form is from before followup was started again, or from elsewhere. Nothing was done."
        return render_template("trouble.html", text=text, typed=_typed(own)), 400

    @app.errorhandler(HTTPException)
    def unknown(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        text, outside = wording.HTTP.get(code, error.description or ""), code in (401, 403)
        typed = _typed(own) if outside else ""
        page = render_template("trouble.html", text=text, outside=outside, typed=typed)
        return page, code, [header for header in error.get_headers() if header[0] == "WWW-Authenticate"]


def _typed(own: set[str]) -> str:
    """What the person had typed into a form that was refused. Another site must not speak through this page."""
    if request.headers.get("Origin") not in own:
        return ""
    return "\n\n".join(filter(None, (request.form.get(name) for name in ("subject", "text", "words"))))


def _when(letter: Letter) -> datetime:
    return overview.when(g.parts, letter, g.now)


def _moment(at: datetime) -> Any:
    return wording.moment(at, g.parts.person, g.now)
