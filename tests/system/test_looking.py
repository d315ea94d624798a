"""Who only looks changes nothing: neither the store nor any other file of the settings' folder."""

from pathlib import Path

from click.testing import CliRunner

from followup.cli import GROUPS, cli
from followup.errors import FollowupError
from followup.model.letter import LetterState
from followup.steps import reply, review
from followup.steps.scan import scan
from followup.store import letters
from tests.conftest import Need
from tests.desk import ACME, MONDAY_MORNING, Desk, Row, rejected

TRACKER = "the tracker"

LOOKS = (
    (),
    ("status",),
    ("status", "--json"),
    ("outbox",),
    ("outbox", "--json"),
    ("outbox", "--all"),
    ("applications",),
    *(("show", f"L{number}") for number in range(1, 6)),
    ("show", "acme"),
    ("nudges",),
    ("nudges", "--json"),
    ("nudges", "--all"),
    ("questions",),
    ("questions", "--json"),
    ("log",),
    ("log", "--json"),
    ("log", "acme"),
    ("feedback",),
    ("feedback", "--json"),
    ("feedback", "clear"),
    ("never",),
    ("templates",),
    ("templates", "check"),
    ("templates", "show", "feedback-request", "--with", "acme"),
    ("service",),
    ("doctor",),
    ("preview", TRACKER),
    ("preview", TRACKER, "--json"),
    ("settle", "L4"),  # asked, and not answered
    ("approve", "L1"),  # nobody is there to read it
    ("review",),  # the first key is the end of input
)
ACTS = {
    "init", "demo", "run", "web", "tick", "scan", "pause", "resume", "backup", "restore", "forget", "draft", "edit",
    "unapprove", "discard", "export", "sent", "answered", "done", "snooze", "answer",
}  # fmt: skip


def fill(desk: Desk) -> None:
    """Letters in most states, nudges, a question, an answer; and then the person takes another name."""
    desk.write_settings(NUDGES="terminal", SMTP_HOST="127.0.0.1", SMTP_PORT="9", SMTP_SECURITY="none")
    rows = [ACME, *(Row(f"Firm {number}", contact=f"jobs@f{number}.example.org") for number in range(4))]
    with desk.parts() as parts:
        for sheet in (rows, [*map(rejected, rows), Row("Dune Ltd", status="Closed")]):
            desk.save(*sheet)
            scan(parts, MONDAY_MORNING, whole=True)
        drafts = {one.company: one for one in letters.everything(parts.store)}
        review.approve(parts, drafts["Firm 0"], drafts["Firm 0"].digest, MONDAY_MORNING)
        review.hand_over(parts, drafts["Firm 1"], MONDAY_MORNING)
        reply.answered(parts, drafts["Firm 1"].application, "All was clear.", MONDAY_MORNING)
        review.discard(parts, drafts["Firm 3"], MONDAY_MORNING)
        doubtful = review.approve(parts, drafts["Firm 2"], drafts["Firm 2"].digest, MONDAY_MORNING)
        with parts.store.transaction():
            letters.begin(parts.store, doubtful, "Date: today", MONDAY_MORNING)
            on_its_way = review.get(parts, doubtful.id)
            letters.move(parts.store, on_its_way, LetterState.IN_DOUBT, MONDAY_MORNING, who="followup", reason="cut")
    desk.write_settings(NAME="Sam R. Rivera")


def kept(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder, with what is in it and when it was last written; SQLite's own index of its log aside."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.endswith("-shm")]
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def test_every_command_is_known_here_as_one_that_looks_or_one_that_acts() -> None:
    commands = {name for group in GROUPS.values() for name in group}
    assert {words[0] for words in LOOKS if words} | ACTS == commands


def test_a_command_that_only_looks_writes_nothing_also_under_another_name_than_the_drafts_were_made_with(
    desk: Desk,
) -> None:
    fill(desk)
    before = kept(desk.config.parent), desk.tracker.read_bytes()
    for look in LOOKS:
        words = [str(desk.tracker) if word is TRACKER else word for word in look]
        result = CliRunner().invoke(cli, ["--config", str(desk.config), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit | FollowupError), words
        assert (kept(desk.config.parent), desk.tracker.read_bytes()) == before, words


def test_a_look_opens_no_file_for_writing_but_those_of_the_store(desk: Desk, need: Need) -> None:
    desk.with_drafts(ACME)
    desk.write_settings(NAME="Sam R. Rivera")
    trace = desk.folder / "trace"
    watch = (need("strace"), "-f", "-y", "-e", "trace=openat,open,mkdir,rename,truncate,ftruncate,pwrite64,write")
    desk.run("show", "L1", before=(*watch, "-o", str(trace)))
    folder = str(desk.config.parent)
    writing = [line for line in trace.read_text().splitlines() if folder in line]
    assert writing
    opened = [line for line in writing if ("O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line)]
    assert [line for line in opened if "/followup.db" not in line] == []
    assert [line for line in writing if "write" in line.split("(")[0] and "-shm" not in line] == []
