"""The demo's tracker: invented people, days counted back from today."""

import csv
import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

HEADER = ("Company", "Position", "Date applied", "Status", "Interview date", "Contact email", "Notes")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the sample; days ago instead of dates."""

    company: str
    position: str
    applied: int
    status: str
    interview: int | None = None
    contact: str = ""
    notes: str = ""


ROWS = (
    Row("Alder Systems", "Backend Developer", 40, "Applied", notes="by the portal, no contact"),
    Row("Birch & Sons", "Data Analyst", 36, "Interview", 6, "Ines Roe <ines.roe@birch.example.org>"),
    Row("Cobalt Works", "QA Engineer", 33, "Rejected", notes="before followup: listed, not drafted"),
    Row("Delta Harbour", "Platform Engineer", 21, "Applied", contact="jobs@delta.example.org"),
    Row("Ember Labs", "Product Owner", 20, "Withdrawn"),
    Row("Fjord Media", "Frontend Developer", 12, "Applied"),
    Row("Granite Bank", "Software Engineer", 9, "Phone screen", contact="hr@granite.example.org"),
    Row("Heron Analytics", "ML Engineer", 3, "Applied"),
)
REJECTED = {"Birch & Sons": "Rejected after interview", "Alder Systems": "Rejected"}
"""What happens in the demo: one with an address, one without."""


def with_rejections(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(replace(row, status=REJECTED.get(row.company, row.status)) for row in rows)


def save(file: Path, rows: tuple[Row, ...], today: date) -> None:
    """Write the tracker the way a spreadsheet does: a temporary file, renamed into place."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for row in rows:
        interview = "" if row.interview is None else (today - timedelta(days=row.interview)).isoformat()
        applied = (today - timedelta(days=row.applied)).isoformat()
        writer.writerow([row.company, row.position, applied, row.status, interview, row.contact, row.notes])
    new = file.with_name(f"{file.name}.tmp")
    new.write_text(text.getvalue(), encoding="utf-8", newline="")
    new.replace(file)


PLAYBOOK = """\
# The demo's own playbook: its first nudge is due at once.

[[rule]]
on = "rejected"
letter = "feedback-request"

[[rule]]
on = "rejected"
nudge = "for-the-best"
at = "now"

[[rule]]
on = "rejected"
nudge = "keep-moving"
after = 2
at = "09:00"

[[rule]]
on = "rejected"
nudge = "practice"
after = 4
at = "09:00"
when = ["interviewed"]

[[rule]]
on = "rejected"
nudge = "no-second-guessing"
after = 6
at = "09:00"
when = ["interviewed"]
"""
