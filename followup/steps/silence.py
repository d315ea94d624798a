"""Sent letters and the clock → follow-ups: one draft each, and the question whether an answer came."""

from collections.abc import Sequence
from datetime import datetime

from followup.errors import TemplateError
from followup.playbook import decide
from followup.playbook.actions import Action, Ask, Draft
from followup.steps import drafting, nudging
from followup.steps.parts import Parts
from followup.store import letters, questions


def look(parts: Parts, now: datetime) -> str | None:
    """Draft the follow-ups whose time has come; what stood in the way of one."""
    waiting = letters.unfollowed(parts.store, now - decide.LONGEST_SILENCE)
    if not waiting:
        return None
    trouble = None
    for letter in waiting:
        actions = decide.on_silence(letter, drafting.circumstances(parts, now), now)
        try:
            with parts.store.transaction():
                _carry_out(parts, actions, now)
        except TemplateError as error:
            trouble = f"{letter.company}: no follow-up could be written. {error}"
    return trouble


def _carry_out(parts: Parts, actions: Sequence[Action], now: datetime) -> None:
    """Draft, ask and plan at once: a follow-up without its question could be approved unasked."""
    for action in actions:
        match action:
            case Draft(application=application, kind=kind, why=why):
                drafting.draft(parts, kind, application, now, why)
            case Ask(kind=kind, applications=(application,), text=text):
                key = drafting.reply_key(application)
                questions.ask(parts.store, kind, key, text, (f"A{application}",), now)
    nudging.carry_out(parts, actions, now)
