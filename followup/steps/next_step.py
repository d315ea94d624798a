"""What the person can do next with a letter where it stands: one closing sentence, the same wherever it is shown."""

from collections.abc import Mapping

from followup.model.letter import Letter, LetterKind, LetterState

_NEXT: Mapping[LetterState, str] = {
    LetterState.DRAFT: "To read it and say yes or no: followup review L{id}",
    LetterState.APPROVED: "To take your yes back: followup unapprove L{id}",
    LetterState.IN_DOUBT: "To say whether it went: followup settle L{id}",
    LetterState.FAILED: "To try again: followup unapprove L{id}",
    LetterState.HANDED_OVER: "When it is sent: followup sent L{id}. To take it back: followup unapprove L{id}",
    LetterState.DISCARDED: "To bring it back: followup discard --undo L{id}",
    LetterState.SENT: "When they answer: followup answered A{application}",
}


def next_step(letter: Letter) -> str | None:
    """How the letter gets on from here, with the command to type; None where nothing is left to do, or only to wait."""
    if letter.state is LetterState.SENT and letter.kind is LetterKind.THANK_YOU:
        return None
    sentence = _NEXT.get(letter.state)
    return None if sentence is None else sentence.format(id=letter.id, application=letter.application)
