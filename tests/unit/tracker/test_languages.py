"""Status texts as people type them in the languages beside English, German and French: actor, voice and negation."""

import pytest

from followup import assembly
from followup.model.application import Outcome, Stage
from followup.tracker import vocabulary

WORDS = assembly.words((assembly.shipped_templates(),))

REJECTED, WITHDRAWN, DECLINED = Outcome.REJECTED, Outcome.WITHDRAWN, Outcome.OFFER_DECLINED
OPEN, GHOSTED, UNDECIDED = Outcome.OPEN, Outcome.GHOSTED, Outcome.UNDECIDED
INTERVIEW = Stage.INTERVIEW

SAID = {
    "es": {
        REJECTED: ["Rechazado", "fui rechazado", "me han rechazado", "No seleccionado", "rechazado sin entrevista",
                   "la empresa me ha rechazado", "han rechazado mi candidatura"],
        (REJECTED, INTERVIEW): ["rechazada tras la entrevista", "descartado después de dos entrevistas",
                                "me rechazaron en la entrevista"],
        WITHDRAWN: ["rechazado por mí", "he rechazado", "yo rechacé"],
        DECLINED: ["rechacé la oferta", "oferta rechazada por mí"],
        OPEN: ["no rechazado", "aún no rechazado"],
        GHOSTED: ["sin respuesta"],
        UNDECIDED: ["Declinado", "vacante cubierta"],
    },
    "pt": {
        REJECTED: ["Rejeitado", "fui rejeitado", "não fui selecionada", "rejeitado sem entrevista",
                   "a empresa recusou"],
        (REJECTED, INTERVIEW): ["rejeitada após entrevista"],
        WITHDRAWN: ["recusado por mim", "eu recusei"],
        DECLINED: ["recusei a proposta"],
        OPEN: ["ainda não rejeitado"],
        GHOSTED: ["sem retorno"],
        UNDECIDED: ["encerrado", "vaga preenchida"],
    },
    "it": {
        REJECTED: ["Rifiutato", "sono stata scartata", "mi hanno rifiutato", "scartato senza colloquio"],
        (REJECTED, INTERVIEW): ["rifiutata dopo il colloquio"],
        WITHDRAWN: ["rifiutato da me", "ho rifiutato"],
        DECLINED: ["ho rifiutato l'offerta"],
        OPEN: ["non ancora rifiutato"],
        GHOSTED: ["nessuna risposta"],
        UNDECIDED: ["chiusa", "posizione coperta"],
    },
    "nl": {
        REJECTED: ["Afgewezen", "ik ben afgewezen", "afgewezen zonder gesprek"],
        (REJECTED, INTERVIEW): ["afgewezen na gesprek"],
        WITHDRAWN: ["door mij afgewezen", "ik heb afgewezen"],
        DECLINED: ["aanbod geweigerd"],
        OPEN: ["niet afgewezen", "nog niet afgewezen"],
        GHOSTED: ["geen reactie"],
        UNDECIDED: ["vervuld"],
    },
    "sv": {
        REJECTED: ["Avslag", "fick avslag", "avslag utan intervju"],
        (REJECTED, INTERVIEW): ["avslag efter intervju"],
        WITHDRAWN: ["jag tackade nej"],
        DECLINED: ["tackade nej till erbjudandet"],
        OPEN: ["inget avslag", "ej avslag än"],
        GHOSTED: ["inget svar"],
        UNDECIDED: ["tillsatt"],
    },
    "pl": {
        REJECTED: ["Odrzucony", "zostałem odrzucony", "odrzucono bez rozmowy"],
        (REJECTED, INTERVIEW): ["odrzucona po rozmowie"],
        WITHDRAWN: ["odrzuciłem", "przeze mnie odrzucone"],
        DECLINED: ["odrzuciłem ofertę"],
        OPEN: ["jeszcze nie odrzucony"],
        GHOSTED: ["brak odpowiedzi"],
        UNDECIDED: ["zamknięte"],
    },
    "tr": {
        REJECTED: ["Reddedildi", "REDDEDİLDİ"],
        (REJECTED, INTERVIEW): ["mülakat sonrası reddedildi"],
        WITHDRAWN: ["reddettim", "tarafımdan reddedildi"],
        DECLINED: ["teklifi reddettim"],
        OPEN: ["reddedilmedi"],
        GHOSTED: ["dönüş yok"],
        UNDECIDED: ["red", "KAPANDI"],
    },
    "zh": {
        REJECTED: ["被拒", "收到感谢信", "公司拒绝"],
        (REJECTED, INTERVIEW): ["面试后被拒", "一面挂了"],
        WITHDRAWN: ["我拒绝了"],
        DECLINED: ["拒绝offer"],
        OPEN: ["未被拒", "没有被拒"],
        GHOSTED: ["无回复"],
        UNDECIDED: ["已结束"],
    },
    "ja": {
        REJECTED: ["不採用", "お見送り", "書類落ち"],
        (REJECTED, INTERVIEW): ["面接後不採用", "一次面接で不採用"],
        WITHDRAWN: ["辞退しました"],
        DECLINED: ["内定辞退"],
        OPEN: ["まだ不採用ではない"],
        GHOSTED: ["返信なし"],
        UNDECIDED: ["終了"],
    },
    "ru": {
        REJECTED: ["Отказ", "мне отказали", "Отказ без собеседования", "получила отказ по почте"],
        (REJECTED, INTERVIEW): ["отказ после собеседования"],
        WITHDRAWN: ["я отказался", "отказ с моей стороны"],
        DECLINED: ["отказ от оффера"],
        OPEN: ["не отказали"],
        UNDECIDED: ["закрыта"],
    },
}  # fmt: skip


@pytest.mark.parametrize("language", SAID)
def test_p9_actor_voice_and_negation_are_understood(language: str) -> None:
    read = vocabulary.reader(WORDS)
    for meaning, texts in SAID[language].items():
        outcome, stage = meaning if isinstance(meaning, tuple) else (meaning, None)
        for text in texts:
            found = read(text)
            assert (found.outcome, stage or found.stage) == (outcome, found.stage), text


@pytest.mark.parametrize(
    "text", ["he rejected me", "they declined me", "rejected by HR", "Rejected after HR interview"]
)
def test_p9_no_word_of_another_language_stands_in_the_way_of_english(text: str) -> None:
    assert vocabulary.reader(WORDS)(text).outcome is not Outcome.WITHDRAWN
