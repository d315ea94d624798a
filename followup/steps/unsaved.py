"""Words typed in an editor: they lie in the settings' folder until they stand in the letter, whatever refuses them."""

import os
import shutil
import stat
from datetime import datetime
from pathlib import Path

from followup import files
from followup.errors import Refused
from followup.letters import typed
from followup.model.letter import Letter, Text
from followup.steps import review
from followup.steps.parts import Parts

FOLDER = "unsaved"


def put_down(parts: Parts, letter: Letter) -> tuple[Path, bool]:
    """The letter in a file to be edited, and whether it holds words from before that are not in the letter yet.

    Raises Refused where it cannot be written, or the letter cannot be changed.
    """
    review.refuse_uneditable(letter)
    file = _file(parts, letter.id)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if not is_saved(file, letter):
            return file, True
        files.replace(file, typed.written(_text(letter)).encode())
    except OSError as error:
        raise Refused(f"{file} cannot be written ({error.strerror}), so nothing can be typed there.") from None
    return file, False


def take_up(parts: Parts, before: Letter, file: Path, now: datetime) -> Letter:
    """Give the letter, as it was `before` it was edited, the words of the file, and remove that.

    Raises Refused where that cannot be, with the file where it is.
    """
    data = _read(file, before)
    if data is None or _is_of(data, before):
        after = review.get(parts, before.id)
    else:
        try:
            text = typed.read(data, _text(before))
        except ValueError as error:
            raise Refused(f"Nothing was changed: {error}.") from None
        after = review.edit(parts, before, text, now)
    file.unlink(missing_ok=True)
    return after


def is_saved(file: Path, letter: Letter) -> bool:
    """Whether the file holds no words but those of the letter. Raises Refused where it cannot be read as a file."""
    data = _read(file, letter)
    return data is None or _is_of(data, letter)


def forget(parts: Parts, letter: Letter) -> None:
    """Remove what was typed for this letter, and what an editor keeps beside it."""
    file = _file(parts, letter.id)
    for one in (*file.parent.glob(f"{file.name}*"), *file.parent.glob(f".{file.name}*")):
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink(missing_ok=True)


def _read(file: Path, letter: Letter) -> bytes | None:
    """What stands in the file, None where there is none; raises Refused where something else is in its place.

    Whatever an editor leaves there, a pipe too, is not waited for.
    """
    why = "it is no file any more"
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            with os.fdopen(descriptor, "rb") as opened:
                return opened.read()
        os.close(descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = error.strerror or str(error)
    raise Refused(
        f"{file} cannot be read ({why}), so nothing was changed. Move it away, then: followup edit L{letter.id}"
    )


def _is_of(data: bytes, letter: Letter) -> bool:
    return typed.is_empty(data) or data == typed.written(_text(letter)).encode()


def _file(parts: Parts, number: int) -> Path:
    return parts.store.folder / FOLDER / f"L{number}.txt"


def _text(letter: Letter) -> Text:
    return Text(subject=letter.subject, text=letter.text)
