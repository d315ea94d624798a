"""The tables of moves are the design's, and every state can be left or is an end."""

from followup.model import letter, nudge
from followup.model.letter import LetterState
from followup.model.nudge import NudgeState

LETTER_MOVES = {
    "draft": "approved handed_over discarded withdrawn sent",
    "approved": "sending failed draft withdrawn",
    "sending": "sent approved failed in_doubt",
    "in_doubt": "sent draft",
    "handed_over": "sent draft",
    "failed": "draft discarded",
    "withdrawn": "draft",
    "discarded": "draft",
    "sent": "answered bounced",
    "answered": "",
    "bounced": "",
}


def test_the_letters_table_of_moves_is_the_designs() -> None:
    moves = {before.value: {after.value for after in afters} for before, afters in letter.MOVES.items()}
    assert moves == {before: set(afters.split()) for before, afters in LETTER_MOVES.items()}


def test_p4_no_move_leads_from_a_letter_in_doubt_back_to_sending_but_through_a_draft() -> None:
    assert LetterState.APPROVED not in letter.MOVES[LetterState.IN_DOUBT]
    assert LetterState.SENDING not in letter.MOVES[LetterState.IN_DOUBT]
    assert LetterState.SENDING not in letter.MOVES[LetterState.SENT]


def test_every_state_stands_in_its_table() -> None:
    assert set(letter.MOVES) == set(LetterState)
    assert set(nudge.MOVES) == set(NudgeState)
