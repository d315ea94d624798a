"""What status texts say, by outcome and stage: the facts of real trackers, and texts that mislead a naive reader."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup import assembly
from followup.model.application import Outcome, Stage
from followup.tracker import vocabulary, words
from followup.tracker.vocabulary import Meaning, together

WORDS = assembly.words((assembly.shipped_templates(),))

SAID = {
    (Outcome.ACCEPTED, Stage.UNKNOWN): (
        "Accepted!", "ccepted", "Offer accepted", "HIRED — OFFER ACCEPTED May 18 2026", "Hired", "Zusage angenommen",
        "Acceptée", "Offre acceptée",
    ),
    (Outcome.CANCELLED, Stage.UNKNOWN): (
        "Position cancelled", "Closed (Expired)", "Closed (Removed from List)", "Job closed", "Position closed",
        "Stelle gestrichen", "Stelle zurückgezogen", "Poste annulé", "Annulé",
    ),
    (Outcome.GHOSTED, Stage.INTERVIEW): (
        "Ghosted after interview",
    ),
    (Outcome.GHOSTED, Stage.SCREENING): (
        "Ghosted after assessment",
    ),
    (Outcome.GHOSTED, Stage.UNKNOWN): (
        "Ghosted", "ghosted??", "Ghosted (no reply)", "No Response", "Suspected Ghost Job", "no reply",
        "Never replied", "Keine Antwort", "Keine Rückmeldung", "6 - Keine Reaktion", "keine Rückmeldung erhalten",
        "Sans réponse", "Pas de réponse", "Aucune réponse", "Aucun retour",
    ),
    (Outcome.NOT_APPLIED, Stage.UNKNOWN): (
        "Saved", "To Apply", "Not applying", "Bookmarked", "Wishlist", "À postuler",
    ),
    (Outcome.OFFER, Stage.UNKNOWN): (
        "Offer 2", "Offer 🎉", "OFFER!", "Got the offer!", "verbal offer", "Zusage",
    ),
    (Outcome.OFFER_DECLINED, Stage.UNKNOWN): (
        "Offer declined", "Declined offer", "I declined the offer", "I declined their offer", "rejected their offer",
        "Rejected offer", "Offer rejected", "offer - declined", "Offer (declined)", "Offer received, declined",
        "Got offer, rejected it", "Received offer but declined", "turned down their offer", "turned them down",
        "Offer declined by me", "Declined job offer", "Offer Refused", "offer turned down",
        "Zusage, von mir abgesagt", "Zusage, aber von mir abgelehnt", "Angebot abgelehnt", "Zusage abgelehnt",
        "Angebot nicht angenommen", "Offre refusée par moi", "J'ai refusé l'offre", "Offre déclinée",
        "Proposition refusée", "Offre reçue, refusée",
    ),
    (Outcome.ON_HOLD, Stage.UNKNOWN): (
        "On hold", "Position on hold", "Waitlisted", "hiring freeze", "Stelle auf Eis gelegt", "Poste suspendu",
    ),
    (Outcome.OPEN, Stage.INTERVIEW): (
        "Interview", "Interviewing", "Final Round", "interview on 5 March",
    ),
    (Outcome.OPEN, Stage.SCREENING): (
        "Phone Screen",
    ),
    (Outcome.OPEN, Stage.UNKNOWN): (
        "not rejected yet", "Not yet rejected", "not rejected", "no rejection yet", "No decision yet",
        "Waiting for rejection", "Applied", "Applied — In Process", "Applied — Referral Active", "Application Sent",
        "Reopened", "Rejection reversed", "Interview Invite", "Pending", "-", "2026-03-05", "Passed phone screen",
        "Passed technical test", "passed to next round", "Passed interview", "Waiting for response", "未定",
        "Followed up", "Assessment completed", "noch keine Absage", "Offen", "Einladung zum Gespräch", "Beworben",
        "Eingangsbestätigung", "Warte auf Antwort", "En attente", "Pas encore de refus", "pas refusé", "Relancé",
        "Entretien prévu", "En cours",
    ),
    (Outcome.REJECTED, Stage.INTERVIEW): (
        "Rejected After Interview", "Rejected - phone interview", "Rejected at final round",
        "Rejected after 2nd interview", "Rejected after 2 interviews", "Rejected post-onsite",
        "They rejected me after the onsite", "rejected_after_interview", "RejectedAfterInterview",
        "Interviewed → Rejected", "Applied - Interview - Rejected", "Interview / Rejected", "Absage nach Gespräch",
        "Absage nach Vorstellungsgespräch", "Absage nach 2. Gespräch", "Absage nach Probearbeiten",
        "Refusée après entretien", "Refusé après 2 entretiens", "Non retenue après entretien", "Entretien puis refus",
    ),
    (Outcome.REJECTED, Stage.SCREENING): (
        "Rejected after assessment", "Rejected After Screening", "job application rejected without an interview",
        "Rejected (phone screen)", "not selected for interview", "Resume rejected", "CV rejected",
        "Rejected at resume stage", "Rejected at CV stage", "Rejected w/o interview", "Rejected without interview",
        "Applied -> Phone Screen -> Rejected", "Auto-Rejected", "Auto Rejection", "instant rejection",
        "Absage nach Telefoninterview", "nicht eingeladen", "Refusé après entretien téléphonique",
        "Refus après test technique",
    ),
    (Outcome.REJECTED, Stage.UNKNOWN): (
        "Rejected", "REJECTED!!!", "Rejected.", "Rejection :(", "Negative (Application rejected)", "Negative.",
        "Rejected 2026-03-05", "Rejected on 5 March", "Rejected (12/03)", "Rejected 3/12/2026", "Rejected by email",
        "Rejected via email", "Rejected by recruiter", "Rejected by company", "Got rejected", "I got rejected",
        "I was rejected", "We regret to inform you", "Unfortunately rejected", "No longer under consideration",
        "Not moving forward", "Not proceeding", "Rejected / Talentpool option", "Rejected ❌❌", "R\u200bejected",
        "ＲＥＪＥＣＴＥＤ", "Application Rejected", "Closed - rejected", "Closed (Rejected)", "3 - Rejected",
        "Rejected (no reason given)", "Rejected, no feedback", "Rejected: position filled",
        "Rejected (position filled)", "denied", "Application Declined by Company", "declined by the company",
        "Employer rejected", "Company rejected me", "Candidate rejected by company", "Rejection letter received",
        "Received rejection", "Received rejection email", "Turned down by employer", "Passed over", "They passed",
        "They went with another candidate", "went with internal candidate", "Regret", "disqualified", "Unsuccessful",
        "unsuccesful", "Rejeted", "rejetced", "Rejectd", "Reject", "Rejects", "Absage", "Absage erhalten",
        "Absage per Mail", "Absage per E-Mail am 12.03.", "Absage (12.03.2026)", "Abgelehnt", "abgelehnt worden",
        "wurde abgelehnt", "Leider abgelehnt", "Leider Absage", "Absage bekommen", "Absage ohne Gespräch",
        "Absage ohne Begründung", "schriftliche Absage", "telefonische Absage", "Firma hat abgesagt",
        "Arbeitgeber hat abgesagt", "Absage von Firma", "Absage durch Unternehmen", "Absage des Arbeitgebers",
        "Nicht berücksichtigt", "Eingangsbestätigung, dann Absage", "Standardabsage", "Refusé", "Refusée", "Refus",
        "Refusé ❌", "Refus par mail", "Refus sans entretien", "Refusé par l'entreprise",
        "Refusé par l’entreprise", "Refusé par le recruteur", "Candidature refusée", "Candidature non retenue",
        "Non retenu", "Non sélectionné", "Pas retenu", "Rejetée", "Réponse négative", "Refus de l'employeur",
        "Recalé", "Écarté", "Candidature déclinée par l'entreprise",
    ),
    (Outcome.UNDECIDED, Stage.INTERVIEW): (
        "Declined interview", "declined the interview", "Declined after interview",
    ),
    (Outcome.UNDECIDED, Stage.UNKNOWN): (
        "❌", "Offer then rejected", "Hard no", "Position filled", "Rejected?", "rejected, then reopened",
        "was rejected, now back in process", "No response - assume rejected", "Presumed rejected",
        "probably rejected", "Rejected (ghosted)", "Rejected (no response)", "gone/closed?",
        "Rejected - position cancelled", "Declined", "Closed", "No", "Passed", "Archived", "turned down", "CLOSED",
        "Rejected?? not sure", "closed out", "mutual rejection", "rejected or ghosted", "abgesagt", "Erledigt",
        "Gespräch abgesagt", "Stelle besetzt", "Clôturé", "Non", "Décliné", "Poste pourvu", "Entretien refusé",
    ),
    (Outcome.WITHDRAWN, Stage.INTERVIEW): (
        "Withdrew after interview", "Interviewed, Withdrew",
    ),
    (Outcome.WITHDRAWN, Stage.UNKNOWN): (
        "Withdrawn", "Withdrawn by me", "withdrew application", "I withdrew my application", "Application withdrawn",
        "Rejected by me", "rejected (by me)", "I rejected them", "Rejected by candidate", "I rejected",
        "Declined by me", "I declined", "I declined to continue", "User declined opportunity", "Candidate withdrew",
        "candidate declined", "self-rejected", "Not interested", "no longer interested", "Dropped out", "abandoned",
        "I cancelled", "Absage von mir", "Absage durch mich", "Absage meinerseits", "selbst abgesagt",
        "Ich habe abgesagt", "von mir abgelehnt", "Zurückgezogen", "Bewerbung zurückgezogen", "eigene Absage",
        "habe ich abgesagt", "Candidature retirée", "Retirée par moi", "J'ai refusé", "Refusé par moi",
        "refus de ma part", "Désistement", "J'ai décliné", "j'ai retiré ma candidature",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "outcome", "stage"), [(text, *meaning) for meaning, texts in SAID.items() for text in texts]
)
def test_p9_each_text_says_what_a_careful_reader_takes_it_to_say(text: str, outcome: Outcome, stage: Stage) -> None:
    meaning = vocabulary.reader(WORDS)(text)
    assert (meaning.outcome, meaning.stage) == (outcome, stage)


@pytest.mark.parametrize("doubtful", ["Rejected?", "Rejected (by whom?)", "REJECTED??"])
def test_p9_a_rejection_with_a_question_mark_is_a_question(doubtful: str) -> None:
    assert vocabulary.reader(WORDS)(doubtful).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    "text",
    [
        "Rejected; now interviewing", "Rejected -> interview", "Rejected → Interview", "Rejected, then interview",
        "Interview after rejection", "Rejected/Offer", "Offer/Rejected", "Rejected | Offer", "Offer & Rejected",
        "Rejected, now phone screen", "Rejected but interviewing", "Reapplied after rejection", "Rejection reversed",
        "Applied after rejection", "Rejected / Interview", "Rejected => 2nd interview", "Rejected; offer received",
        "Absage, jetzt Vorstellungsgespräch", "Gespräch nach Absage", "Absage / Zusage", "Zusage/Absage",
        "Absage, aber Interview", "Refusé, puis entretien", "Entretien après refus", "Rechazado, ahora entrevista",
        "Entrevista tras rechazado", "Rifiutato, poi colloquio", "Colloquio dopo rifiuto",
        "Rejeitado, agora entrevista", "Entrevista após rejeitado", "Afgewezen, nu gesprek", "Gesprek na afgewezen",
        "Avslag, nu intervju", "Intervju efter avslag", "Odrzucony, teraz rozmowa", "Rozmowa po odrzucony",
        "Отказ, теперь собеседование", "Собеседование после отказ", "Reddedildi, şimdi mülakat",
        "被拒后面试", "被拒，现在面试", "不採用、現在面接",
    ],
)  # fmt: skip
def test_i12_what_is_alive_beside_or_after_a_rejection_makes_it_a_question(text: str) -> None:
    assert vocabulary.reader(WORDS)(text).outcome in (Outcome.UNDECIDED, Outcome.OPEN)


@given(
    st.sampled_from([phrase for phrase, outcome in WORDS.outcomes.items() if outcome is Outcome.REJECTED]),
    st.sampled_from(["interview", "phone screen", "offer", "2nd interview", "offer received"]),
    st.sampled_from([" -> ", " → ", "; ", " / ", ", now ", ", then ", " but ", " | "]),
)
def test_i12_no_rejection_that_something_alive_follows_is_plain(phrase: str, alive: str, between: str) -> None:
    assert vocabulary.reader(WORDS)(f"{phrase}{between}{alive}").outcome is not Outcome.REJECTED


def said(*outcomes: Outcome) -> list[tuple[str, Meaning]]:
    return [(outcome.value, Meaning(outcome, Stage.UNKNOWN)) for outcome in outcomes]


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ((), Outcome.OPEN),
        ((Outcome.REJECTED, Outcome.GHOSTED), Outcome.REJECTED),
        ((Outcome.REJECTED, Outcome.UNDECIDED), Outcome.REJECTED),
        ((Outcome.UNDECIDED, Outcome.REJECTED), Outcome.REJECTED),
        ((Outcome.UNDECIDED, Outcome.OFFER), Outcome.UNDECIDED),
        ((Outcome.WITHDRAWN, Outcome.REJECTED), Outcome.WITHDRAWN),
        ((Outcome.OPEN, Outcome.WITHDRAWN), Outcome.WITHDRAWN),
        ((Outcome.OPEN, Outcome.REJECTED), Outcome.UNDECIDED),
        ((Outcome.REJECTED, Outcome.OFFER), Outcome.UNDECIDED),
        ((Outcome.OFFER, Outcome.REJECTED), Outcome.UNDECIDED),
    ],
)
def test_p9_the_first_cell_decides_and_a_contradicted_rejection_is_a_question(
    cells: tuple[Outcome, ...], outcome: Outcome
) -> None:
    assert together(said(*cells))[1].outcome is outcome


def test_the_stages_of_all_cells_count_and_the_furthest_wins() -> None:
    told = [
        ("Rejected", Meaning(Outcome.REJECTED, Stage.SCREENING)),
        ("Onsite", Meaning(Outcome.OPEN, Stage.INTERVIEW)),
    ]
    assert together(told) == ("Rejected", Meaning(Outcome.REJECTED, Stage.INTERVIEW))


def test_a_phrase_of_the_person_is_understood_from_then_on(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "mine.toml").write_text('[outcomes]\nrejected = ["closed"]\n')
    mine = words.load([tmp_path, assembly.shipped_templates()])
    assert vocabulary.reader(mine)("Closed").outcome is Outcome.REJECTED


WAITING = {
    file.stem: tomllib.loads(file.read_text())
    for file in sorted((assembly.shipped_templates() / "words").glob("*.toml"))
}


@pytest.mark.parametrize("language", WAITING)
def test_i12_a_rejection_that_is_still_to_come_is_none_in_any_language(language: str) -> None:
    table = WAITING[language]
    meaning = vocabulary.reader(WORDS)
    joint = "" if language in ("ja", "zh") else " "
    for rejected in table["outcomes"]["rejected"]:
        for waiting in table["words"]["waiting"]:
            for text in (f"{waiting}{joint}{rejected}", f"{rejected}{joint}{waiting}", f"{waiting}: {rejected}"):
                assert meaning(text).outcome is not Outcome.REJECTED, text


@given(
    st.sampled_from([phrase for phrase, outcome in WORDS.outcomes.items() if outcome is Outcome.REJECTED]),
    st.sampled_from(
        ["{}?", "{} ?", "？{}", "{}؟", "¿{}?", "50% {}", "{} (80 %)", "if {}", "maybe {}", "wenn {}", "si {}"]
    ),
)
def test_i12_a_rejection_that_is_only_feared_is_a_question(phrase: str, form: str) -> None:
    assert vocabulary.reader(WORDS)(form.format(phrase)).outcome is not Outcome.REJECTED


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("Filtered", True), ("Screened out", True), ("R", True), ("불합격", True), ("Zamítnuto", True),
        ("Hylätty", True), ("Interview flop", True), ("Interview with Ines on Friday", False),
        ("Interview 2", False), ("Applied", False), ("Applied via Ines", False), ("Pending", False),
        ("Decision pending", False), ("Rejected", False), ("", False),
    ],
)  # fmt: skip
def test_i12_what_nobody_knows_is_not_silently_open(text: str, unclear: bool) -> None:
    assert vocabulary.reader(WORDS)(text).unclear is unclear
