"""How well trackers are understood: generated files with known truth, beside the naive rule."""

import statistics
from collections.abc import Iterator

from benchmarks.generator import Labelled, made
from benchmarks.measure import Figure
from followup import assembly
from followup.model.application import Outcome
from followup.tracker import reading

FILES = 5_000


def figures(files: int = FILES) -> Iterator[Figure]:
    words = assembly.words((assembly.shipped_templates(),))
    wrong: list[str] = []
    naive_wrong = 0
    drafted = asked = plain = plain_drafted = rejected = 0
    questions: list[int] = []
    missed: set[str] = set()
    for seed in range(files):
        tracker = made(seed)
        found = reading.read(tracker.data, words)
        outcomes = {one.company: one.outcome for one in found.applications}
        doubted = {line for doubt in found.doubts for line in doubt.lines}
        unclear = {one.company for one in found.applications if one.line in doubted}
        questions.append(len(found.doubts))
        for row in tracker.rows:
            draft = outcomes.get(row.company) is Outcome.REJECTED
            naive_wrong += naive(row) and row.label != "rejected"
            if row.label != "rejected":
                wrong += [row.text] if draft else []
                continue
            rejected += 1
            drafted += draft
            asked += not draft and row.company in unclear
            plain += not row.apart
            plain_drafted += draft and not row.apart
            if not draft and row.company not in unclear:
                missed.add(row.text)
    beside = f"the rule 'contains reject or declin' drafts {naive_wrong}"
    yield Figure(
        f"{files} trackers: drafts for what is no rejection", len(wrong), 0, "", f"{beside} {sorted(set(wrong))[:4]}"
    )
    yield Figure("rejections in known phrases not drafted", 100 * (1 - plain_drafted / plain), 10, "%", f"of {plain}")
    silent = 100 * (1 - (drafted + asked) / rejected)
    yield Figure("rejections neither drafted nor asked about", silent, 3, "%", f"of {rejected} {sorted(missed)[:6]}")
    yield Figure("questions a tracker, median", statistics.median(questions), 3, "", f"most {max(questions)}")


def naive(row: Labelled) -> bool:
    """What the other tools do."""
    text = row.text.casefold()
    return "reject" in text or "declin" in text
