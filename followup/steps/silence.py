"""Sent letters and the clock → follow-ups: one draft each, and the question whether an answer came."""

from datetime import datetime

from followup.errors import TemplateError
from followup.playbook import decide
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
            for action in actions:
                if isinstance(action, decide.Draft):
                    drafting.draft(parts, action.kind, action.application, now, action.why)
        except TemplateError as error:
            trouble = f"{letter.company}: no follow-up could be written. {error}"
            continue
        with parts.store.transaction():
            nudging.carry_out(parts, actions, now)
            for action in actions:
                if isinstance(action, decide.Ask):
                    key = drafting.reply_key(letter.application)
                    questions.ask(parts.store, action.kind, key, action.text, (f"A{letter.application}",), now)
    return trouble
