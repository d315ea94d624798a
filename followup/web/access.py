"""Who may see the page: whoever entered by a link, under a host name that nobody else knows.

A browser sends a cookie to every port of its host, so a cookie of 127.0.0.1 reaches whoever serves another port of this
machine. The page therefore has a host of its own, `<random>.localhost`, which browsers find on this machine (RFC 6761,
6.3), and its cookie opens it under that name alone. Where a browser does not know such names the page stays at
127.0.0.1, and no cookie opens it there but a password, which a browser sends to the port that asked for it alone (RFC
7617, 2.2).
"""

from typing import NoReturn

from flask import Flask, Response, abort, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate

from followup.web.door import PLAIN, Door

USER = "followup"
OPEN = frozenset({"enter", "static"})
"""What may be asked for by anybody."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'"
)
TRIED_AGAIN = (
    "This link was used before, so somebody else may have come in by it. Whoever did is out again now."
    " For a new link type: followup web"
)


def guard(app: Flask, door: Door) -> None:
    """Let nothing of this app be seen or done but by whoever came through the door."""

    @app.before_request
    def check() -> None:
        if request.endpoint == "enter":
            return  # The key alone counts there, wherever it comes from.
        if _is_foreign(door.origins.get(_host())):
            abort(403)
        if request.endpoint not in OPEN and not _is_in(door):
            _turn_away(door)

    @app.route("/enter/<key>", methods=["GET", "POST"])
    def enter(key: str) -> ResponseReturnValue:
        return _enter(door, key)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        offers = request.endpoint == "enter" and response.status_code == 200
        response.headers["Content-Security-Policy"] = f"{POLICY} {door.origins[door.host]}" if offers else POLICY
        return response


def _enter(door: Door, key: str) -> ResponseReturnValue:
    if not door.knows(key):
        abort(403)
    # What only reads the link, to show a preview or to be quick, must not use it up.
    if request.method != "POST":
        return render_template("enter.html", here=f"/enter/{key}", own=f"{door.origins[door.host]}/enter/{key}")
    host = _host()
    opened = door.redeem(key, host)
    session.clear()
    if opened is None:
        return render_template("trouble.html", text=TRIED_AGAIN, outside=True), 403
    if host != door.host:
        return render_template("entered.html", user=USER, password=opened)
    session["entry"] = opened
    # A redirect would still be the doing of the page before, and to that a strict cookie is not sent.
    return render_template("entered.html")


def _host() -> str:
    return request.host.partition(":")[0]


def _is_in(door: Door) -> bool:
    host = _host()
    if host == door.host:
        return door.lets_in(session.get("entry", ""), host)
    shown = request.authorization
    return shown is not None and shown.username == USER and door.lets_in(shown.password or "", PLAIN)


def _turn_away(door: Door) -> NoReturn:
    if _host() != door.host and door.asks_for_passwords():
        abort(401, www_authenticate=WWWAuthenticate("basic", {"realm": USER}))
    abort(403)


def _is_foreign(origin: str | None) -> bool:
    """Whether a browser says that another page asks for this, and not by leading the person here."""
    by = request.headers.get("Sec-Fetch-Site", "same-origin")
    leads = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    leads = leads and request.headers.get("Sec-Fetch-Dest") == "document"
    return (by not in ("same-origin", "none") and not leads) or request.headers.get("Origin", origin) != origin
