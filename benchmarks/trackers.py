"""Made-up trackers of any size: 12 columns, about 170 bytes a row, some notes with quoted newlines."""

import csv
import io
import random

STATUSES = ("Applied", "Interview", "Ghosted", "Withdrawn", "Phone screen", "Applied")
HEADER = (
    "Company", "Role", "Date Applied", "Status", "Response Date", "Recruiter Email", "Location", "Source", "Salary",
    "URL", "Notes", "Next step",
)  # fmt: skip


def made(rows: int, *, rejected: frozenset[int] = frozenset()) -> bytes:
    """A tracker in which exactly the rows of these numbers are rejected."""
    draw = random.Random(1)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(rows):
        status = "Rejected" if number in rejected else draw.choice(STATUSES)
        note = 'They wrote "soon",\nthen nothing' if number % 12 == 0 else "a short note about the place and its people"
        writer.writerow(
            [
                f"Company {number} Ltd",
                f"Engineer {number % 37}",
                f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}",
                status,
                f"2026-10-{number % 28 + 1:02}" if status == "Rejected" else "",
                f"hr{number}@company{number}.example.org" if number % 3 == 0 else "",
                "Berlin, Germany",
                "a board",
                "60000",
                f"https://jobs.example.org/{number}",
                note,
                "call",
            ]
        )
    return text.getvalue().encode()
