"""What an open page asks every second: has anything happened that it should show?"""

from zlib import crc32

from flask import Blueprint, abort, g

from followup.model.letter import Letter
from followup.store import letters, log

room = Blueprint("latest", __name__)


@room.get("/latest")
def of_all() -> str:
    """Of everything."""
    return mark()


@room.get("/latest/L<int(max=999999999):number>")
def of_letter(number: int) -> str:
    """Of one letter alone: whoever reads it is not called away by another."""
    found = letters.one(g.parts.store, number)
    return mark(found) if found is not None else abort(404)


def mark(about: Letter | None = None) -> str:
    """Another word whenever something happens, to this letter if one is given, or stands in the way."""
    store = g.parts.store
    last = log.last_id(store) if about is None else log.last_about(store, about.application, f"L{about.id}")
    return f"{last}-{crc32(repr(g.troubles).encode()):08x}"
