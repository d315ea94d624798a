"""Status texts as people type them in the languages beside English, German and French: actor, voice and negation."""

from datetime import date

import pytest

from followup import assembly
from followup.model.application import Outcome, Stage
from followup.tracker import reading, vocabulary

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


SHEETS = {
    "es": "Nº,Empresa,Puesto,Fecha,Estado,Correo",
    "pt": "Nº,Empresa,Vaga,Data,Situação,Email",
    "it": "N,Azienda,Posizione,Data,Stato,Email",
    "nl": "Nr,Bedrijf,Functie,Datum,Status,E-mail",
    "sv": "Nr,Företag,Tjänst,Datum,Status,E-post",
    "pl": "Lp,Firma,Stanowisko,Data,Status,E-mail",
    "tr": "No,Şirket,Pozisyon,Tarih,Durum,E-posta",
    "zh": "序号,公司,职位,日期,状态,邮箱",
    "ja": "番号,会社名,職種,日付,結果,メール",
    "ru": "№,Компания,Должность,Дата,Статус,Почта",
}


@pytest.mark.parametrize("language", SHEETS)
def test_a_sheet_of_each_language_is_read_by_its_headers(language: str) -> None:
    statuses = [texts[0] for texts in SAID[language].values()]
    rows = [f"{n},Firm {n},Job,2026-03-{n:02},{text},hr{n}@firm.example.org" for n, text in enumerate(statuses, 1)]
    found = reading.read("\n".join([SHEETS[language], *rows]).encode(), WORDS)
    expected = [meaning[0] if isinstance(meaning, tuple) else meaning for meaning in SAID[language]]
    assert [one.outcome for one in found.applications] == expected
    first = found.applications[0]
    assert (first.company, first.role, first.row_id) == ("Firm 1", "Job", None)
    assert (first.applied_on, first.contact_email) == (date(2026, 3, 1), "hr1@firm.example.org")
    assert found.language == language
