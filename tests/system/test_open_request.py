"""No letter claims a decision that the sheet does not hold."""

from dataclasses import replace

import pytest

from followup import assembly
from followup.letters.compose import Templates
from followup.model.application import Outcome
from followup.steps import review
from followup.store import letters
from tests.desk import ACME, Desk, rejected

CLAIMS = ("decision", "letting me know", "Entscheidung", "Ihre Nachricht", "décision", "votre réponse", "decisión")


@pytest.mark.parametrize("status", ["Offer", "Offer accepted", "Offer declined"])
def test_an_offer_is_asked_for_no_feedback(desk: Desk, status: str) -> None:
    desk.save(replace(ACME, status=status))
    desk.ok("scan")
    refused = desk.run("draft", "acme")
    assert (refused.returncode, "no rejection" in refused.stderr) == (1, True)
    assert desk.json("outbox") == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_a_letter_for_an_open_row_claims_no_decision_and_one_for_a_rejected_does(desk: Desk, language: str) -> None:
    desk.write_settings(LANGUAGE=language)
    desk.save(ACME)
    desk.ok("scan")
    with desk.parts() as parts:
        parts = replace(parts, templates=lambda: _In((assembly.shipped_templates(),), language))
        (letter,) = review.draft(parts, [1], parts.clock(), "asked for")
        assert not any(claim in letter.text for claim in CLAIMS), letter.text
        letter = review.take_back(parts, review.discard(parts, letter, parts.clock()), parts.clock())
        assert not any(claim in letter.text for claim in CLAIMS), letter.text


class _In(Templates):
    def __init__(self, folders: tuple[object, ...], language: str) -> None:
        super().__init__(folders)  # type: ignore[arg-type]
        self._language = language

    def choose(self, *_wanted: str | None) -> str:
        return self._language


def test_an_open_request_is_written_anew_when_the_row_is_rejected_and_withdrawn_when_it_is_an_offer(desk: Desk) -> None:
    desk.save(ACME)
    desk.ok("scan")
    desk.ok("draft", "acme")
    desk.save(rejected(ACME))
    desk.ok("scan")
    with desk.parts() as parts:
        (letter,) = letters.everything(parts.store)
        assert "letting me know" in letter.text
    desk.save(replace(ACME, status="Offer"))
    desk.ok("scan")
    assert desk.letter("Acme Tools")["state"] == "withdrawn"
    assert Outcome.OFFER in desk.json("status")["applications"]
