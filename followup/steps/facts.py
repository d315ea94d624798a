"""What the person says beside the sheet, checked."""

from datetime import date

from followup import config
from followup.errors import UsageError
from followup.letters.prose import flatten


def read(
    *,
    to: str | None = None,
    name: str | None = None,
    stage: str | None = None,
    interviewed_on: str | None = None,
    questions: str | None = None,
) -> dict[str, str]:
    """Field → value, of what was said; raises UsageError for what cannot be meant.

    An empty name greets nobody by name; an empty day leaves it to the sheet again.
    """
    said: dict[str, str] = {}
    if to is not None:
        if not config.is_address(to):
            raise UsageError(f"{to!r} is no mail address.")
        said["contact_email"] = to
    if name is not None:
        said["contact_name"] = flatten(name)
    if interviewed_on is not None:
        said["interview_on"] = _day(interviewed_on)
        stage = stage or ("interview" if interviewed_on else None)
    if stage is not None:
        said["stage"] = stage
    if questions is not None:
        try:
            said["questions"] = ",".join(config.questions_of(questions))
        except ValueError as error:
            raise UsageError(str(error)) from None
    return said


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise UsageError(f"{text!r} is no day; it reads like 2026-05-12.") from None
