"""Trackers with labels known by construction. It imports nothing of followup: it is the judge of the reading.

About a third of the status phrases are written apart from the words files, as people write when nobody asks them to.
"""

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta

HEADERS = {
    "company": ("Company", "company name", "Employer", "Organization", "Firma", "Entreprise", "Empresa", "COMPANY "),
    "role": ("Role", "Job Title", "Position", "title", "Stelle", "Poste", "Puesto", "role name"),
    "status": ("Status", "Application Status", "Result", "Outcome", "Decision", "Statut", "Estado", "status"),
    "applied": ("Date Applied", "applied on", "Application Date", "Date", "Bewerbung am", "Date de candidature"),
    "contact": ("Contact Email", "Recruiter Email", "Email", "E-Mail Kontakt", "HR email"),
    "notes": ("Notes", "Comments", "Bemerkung", "Commentaires"),
    "location": ("Location", "City", "Ort"),
    "url": ("URL", "Link", "Job Url"),
}

REJECTED = (
    "Rejected", "rejected", "REJECTED", "Rejection", "Rejection :(", "reeejected", "Negative", "Negative.",
    "Negative (Application rejected)", "Sorry", "Absage", "Rejected after assessment", "not selected",
    "not selected by employer", "no longer under consideration", "disqualified", "not a fit", "Auto Rejected",
    "Rejected After Screening", "Rejected After Interview", "job application rejected without an interview", "denied",
    "Absage erhalten", "Absage nach Gespräch", "Abgelehnt", "Refusé", "Rejeitado", "Afgewezen",
    "Rejected / Talentpool option", "Rechazado", "Non retenu", "Unsuccessful", "Regretted", "不採用", " Rejected ❌",
    "❌ Rejected", "Rejected (phone screen)", "REJECTED - onsite",
)  # fmt: skip
"""As real trackers phrase it."""

REJECTED_APART = (
    "got the rejection mail today", "they went with an internal candidate", "Rejected - 3rd round", "Rejcted",
    "got the dreaded rejection call", "Rejected (email 12 March)", "Rejected, too junior", "sadly rejected",
    "rejected via portal", "rejected by the hiring committee", "Rejected w/o reason", "Unfortunately not selected",
    "rejected me after the panel", "they said no after two interviews", "leider Absage per Mail",
    "rejected again", "Rejected by HR", "was rejected after the onsite", "refus après le test technique",
    "They rejected my application",
)  # fmt: skip
"""Written apart: in no words file as they stand."""

OTHER = (
    "Applied", "applied", "Submitted", "Pending", "in progress", "Interview", "Phone Screen", "Final Round",
    "Screening", "Offer", "Accepted", "Accepted!", "Ghosted", "No Response", "Keine Antwort", "Withdrawn", "withdrew",
    "On hold", "Saved", "To Apply", "Offer declined", "I declined the offer", "Offen", "Inscrito", "",
    "Zusage", "En attente",
    "not rejected yet", "rejected by me", "rejected their offer", "turned them down",
    "Offre refusée par moi",
    "Absage von mir", "Position on hold", "Offer Accepted", "Candidature retirée", "✅ Applied", "Interviewing 💬",
)  # fmt: skip

OTHER_APART = (
    "waiting, not rejected", "I turned it down myself", "Rejected the offer, too low", "withdrew before an answer",
    "offer came, I said no", "declined the interview invitation", "no rejection so far", "never applied in the end",
    "Interview scheduled for Monday", "rejected by me after salary talk", "they have not rejected me yet",
    "on hold until June", "job ad closed", "ghosted me after onsite", "I rejected those people",
    "rejected it myself last week", "my own decision to decline", "bisher zum Glück nicht abgelehnt",
    "toujours pas refusé à ce jour", "I would reject an offer there", "hopefully not rejected",
)  # fmt: skip

UNDECIDED = ("Closed", "Declined", "No", "Archived", "turned down", "Passed", "Done", "ended")


@dataclass(frozen=True)
class Labelled:
    """One row's truth: rejected, undecided or other; `apart` where its phrase stands in no words file."""

    company: str
    label: str
    apart: bool
    text: str


@dataclass(frozen=True)
class Made:
    """One file and its truth."""

    data: bytes
    rows: tuple[Labelled, ...]


def made(seed: int) -> Made:
    """The tracker of this number."""
    draw = random.Random(seed)
    fields = ["company", "role", "status"] + [
        f for f in ("applied", "contact", "notes", "location", "url") if draw.random() < 0.6
    ]
    draw.shuffle(fields)
    truth = tuple(_row(draw, number) for number in range(draw.randint(1, 40)))
    text = _text(draw, fields, truth)
    encoding = draw.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"))
    try:
        return Made(text.encode(encoding), truth)
    except UnicodeEncodeError:
        return Made(text.encode("utf-8"), truth)


def _row(draw: random.Random, number: int) -> Labelled:
    first, second = ("North", "Blue", "Stone", "Clear", "Old"), ("Works", "Foods", "Lab", "Bank")
    company = f"{draw.choice(first)} {draw.choice(second)} {number}"
    kind, apart = draw.random(), draw.random() < 0.35
    if kind < 0.35:
        return Labelled(company, "rejected", apart, draw.choice(REJECTED_APART if apart else REJECTED))
    if kind < 0.40:
        return Labelled(company, "undecided", apart=False, text=draw.choice(UNDECIDED))
    return Labelled(company, "other", apart, draw.choice(OTHER_APART if apart else OTHER))


def _text(draw: random.Random, fields: list[str], truth: tuple[Labelled, ...]) -> str:
    out = io.StringIO(newline="")
    delimiter = draw.choice((",", ",", ",", ";", "\t"))
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=draw.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        lineterminator=draw.choice(("\n", "\r\n")),
    )
    if draw.random() < 0.15:
        writer.writerow(["My applications"] + [""] * (len(fields) - 1))
        writer.writerow([""] * len(fields))
    writer.writerow([draw.choice(HEADERS[field]) for field in fields])
    for number, row in enumerate(truth):
        writer.writerow([_cell(draw, field, row, number) for field in fields])
        if draw.random() < 0.03:
            writer.writerow([""] * len(fields))
    if draw.random() < 0.1:
        writer.writerow(["Total", len(truth)] + [""] * (len(fields) - 2))
    return out.getvalue()


def _cell(draw: random.Random, field: str, row: Labelled, number: int) -> str:
    day = date(2026, 1, 1) + timedelta(days=draw.randint(0, 300))
    return {
        "company": row.company,
        "role": draw.choice(("Engineer", "Data Analyst", "Koch (m/w/d)", "Chargée de clientèle", "Buyer, Retail")),
        "status": row.text,
        "applied": day.isoformat(),
        "contact": f"hr{number}@firm{number}.example.org" if draw.random() < 0.4 else "",
        "notes": draw.choice(("", "they rejected nobody so far", "call back, maybe", "sent twice\nby mistake")),
        "location": draw.choice(("Berlin", "Lyon", "Remote")),
        "url": f"https://jobs.example.org/{number}",
    }[field]
