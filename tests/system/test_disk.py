"""What a disk, or whoever works on it, may do to the store and the tracker (P17, P23, E1-E4, D11, C1, C7, C8)."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from urllib.parse import urlsplit

import pytest

from followup.steps import review
from followup.steps.scan import scan
from followup.steps.tick import tick
from followup.store import letters, pause
from followup.store.database import newest_version, open_store
from tests.conftest import Need
from tests.desk import ACME, BIRCH, COMMAND, Desk, Row, rejected, wait_until
from tests.smtp_server import Server
from tests.store.test_upgrade import STATES, store_of

pytestmark = pytest.mark.slow

STORE = ("followup.db", "followup.db-wal", "followup.db-shm")
PLAYBOOK = """
[[rule]]
on = "rejected"
letter = "feedback-request"

[[rule]]
on = "rejected"
nudge = "for-the-best"
at = "now"
"""
ACME_ADDRESS = "ines.roe@acme.example.org"
MAY_HAVE_LEFT = {"sent", "sending", "in_doubt"}


class Ready:
    """One approved letter is due, one nudge too, and one more row of the sheet is newly rejected."""

    def __init__(self, desk: Desk, server: Server) -> None:
        self.desk, self.server = desk, server
        self.folder = desk.config.parent
        self.kept = desk.folder / "kept.db"
        desk.use_server(server.port)
        (self.folder / "templates").mkdir()
        (self.folder / "templates" / "playbook.toml").write_text(PLAYBOOK)
        with desk.parts(datetime.now(UTC)) as parts:
            desk.save(ACME, BIRCH)
            scan(parts, parts.clock(), whole=True)
            desk.save(rejected(ACME), BIRCH)
            scan(parts, parts.clock(), whole=True)
            (one,) = letters.everything(parts.store)
            review.approve(parts, one, one.digest, parts.clock(), at_once=True)
            desk.save(rejected(ACME), rejected(BIRCH))
        self.keep()

    def keep(self) -> None:
        """Let this be what `again` goes back to."""
        shutil.copy(self.folder / STORE[0], self.kept)

    def again(self) -> None:
        """As it was when it was kept, in the same file: a new one would be a copy, and ask."""
        for name in STORE[1:]:
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.desk.folder / "state", ignore_errors=True)
        shutil.copyfile(self.kept, self.folder / STORE[0])
        self.server.mails.clear()

    def go_on(self) -> None:
        """A plain tick, now that nothing is in its way."""
        with self.desk.parts(datetime.now(UTC)) as parts:
            assert tick(parts).trouble == ()
            tick(parts)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """What the store says, read in a copy that is sound, so that nothing is mended by asking."""
        with TemporaryDirectory() as place:
            for name in STORE[:2]:
                if (self.folder / name).exists():
                    shutil.copy(self.folder / name, place)
            with closing(sqlite3.connect(Path(place) / STORE[0])) as store:
                assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                return store.execute(query).fetchall()

    def state(self) -> str:
        """What the store says of the approved letter."""
        return str(self.ask("SELECT state FROM letter WHERE id = 1")[0][0])

    def got(self, address: str) -> int:
        return [mail.recipient for mail in self.server.mails].count(address)

    def safe(self) -> None:
        """The letter went once at most, and the store does not forget that it may have."""
        assert self.got(ACME_ADDRESS) <= (self.state() in MAY_HAVE_LEFT)

    def settled(self) -> None:
        """All went on: the letter is sent or in doubt, the second one drafted, and no nudge came twice."""
        assert (self.state(), self.got(ACME_ADDRESS)) in {("sent", 1), ("in_doubt", 1), ("in_doubt", 0)}
        assert self.ask("SELECT application, state FROM letter WHERE id > 1") == [(2, "draft")]
        nudges = self.ask("SELECT application, state FROM nudge")
        assert nudges[0] == (1, "delivered")
        assert [application for application, _ in nudges] in ([1], [1, 2])
        assert self.got("sam@example.org") <= len(nudges)


@pytest.fixture
def ready(desk: Desk) -> Iterator[Ready]:
    with Server() as server:
        yield Ready(desk, server)


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """What a command that could not do its work said: one line, of what, where and what to do."""
    assert (result.returncode, result.stderr.count("\n")) == (1, 1), result
    assert "Traceback" not in result.stderr
    assert "unexpected" not in result.stderr
    return result.stderr


def strace(desk: Desk, need: Need, *options: str) -> tuple[str, ...]:
    """Runs a command with faults in its system calls."""
    return need("strace"), "-f", "-o", str(desk.folder / "strace"), *options


def full_from(name: str, number: int) -> tuple[str, ...]:
    return "--seccomp-bpf", "-e", f"trace={name}", "-e", f"inject={name}:error=ENOSPC:when={number}+"


@pytest.mark.parametrize(
    ("name", "stride", "states"),
    [
        ("pwrite64", 6, {"approved", "sending", "sent"}),
        ("fdatasync", 1, {"approved", "sending", "sent"}),
        ("ftruncate", 1, {"approved", "sent"}),
    ],
)
def test_e1_p17_a_disk_full_from_any_write_on_sends_at_most_once_and_goes_on_once_there_is_room(
    ready: Ready, need: Need, name: str, stride: int, states: set[str]
) -> None:
    seen = set()
    for number in count(1, stride):
        ready.again()
        result = ready.desk.run("tick", before=strace(ready.desk, need, *full_from(name, number)))
        seen.add(ready.state())
        ready.safe()
        if result.returncode:
            assert re.search("Free some room|Is its disk full", sentence(result)), number
        ready.go_on()
        ready.settled()
        if not result.returncode:
            break
    assert seen == states


@pytest.fixture
def on_small_disk(desk: Desk, need: Need) -> Iterator[Ready]:
    """The settings and the store are on a disk of 1 MiB, with 16 files at most."""
    with need.disk(desk.config.parent, "size=1m,nr_inodes=16"), Server() as server:
        desk.write_settings()
        yield Ready(desk, server)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill a disk with one file, and leave so many bytes."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as stream, suppress(OSError):
        while stream.write(b"0" * 4096):
            pass
    os.truncate(filler, max(filler.stat().st_size - leave, 0))
    return filler


@pytest.mark.parametrize("leave", [0, 4096, 36_864, 65_536, 131_072])
def test_e1_p17_a_tick_on_a_full_disk_sends_at_most_once_and_goes_on_once_there_is_room(
    on_small_disk: Ready, leave: int
) -> None:
    filler = fill(on_small_disk.folder, leave)
    assert re.search("disk full|disk is full", sentence(on_small_disk.desk.run("tick")))
    on_small_disk.safe()
    filler.unlink()
    on_small_disk.go_on()
    on_small_disk.settled()


def test_e1_p17_the_daemon_says_once_that_the_disk_is_full_and_goes_on_by_itself(on_small_disk: Ready) -> None:
    desk = on_small_disk.desk
    desk.ok("unapprove", "L1")
    filler = fill(on_small_disk.folder, 65_536)
    log = desk.folder / "daemon.log"
    with desk.daemon():
        wait_until(lambda: "disk is full" in log.read_text())
        filler.unlink()
        wait_until(lambda: "L2 is drafted" in log.read_text())
    assert log.read_text().count("disk is full") == 1, log.read_text()


def test_e1_p17_on_a_full_disk_the_page_is_not_served_and_one_that_is_lets_in(on_small_disk: Ready) -> None:
    desk = on_small_disk.desk
    filler = fill(on_small_disk.folder, leave=32_768)  # for what SQLite shares between processes
    command = [*COMMAND, "web", "--no-open", "--port", "0"]
    assert "page.link, the way in, cannot be written (No space left" in sentence(desk.run(*command[len(COMMAND) :]))
    filler.unlink()
    log = desk.folder / "page.log"
    with log.open("w") as output, subprocess.Popen(command, stdout=output, env=desk.environment()) as page:
        try:
            wait_until(lambda: "To stop" in log.read_text())
            fill(on_small_disk.folder)
            link = urlsplit(re.findall(r"http://\S+", log.read_text())[0])
            entering = HTTPConnection(link.netloc)
            entering.request("POST", link.path)
            assert entering.getresponse().status == 200
            entering.close()
        finally:
            page.terminate()
    assert page.returncode == 0


def test_e2_p17_a_read_only_disk_stops_before_sending_and_goes_on_when_it_can_be_written(on_small_disk: Ready) -> None:
    folder = str(on_small_disk.folder)
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    assert "must be yours to write" in sentence(on_small_disk.desk.run("tick"))
    assert on_small_disk.server.mails == []
    subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
    on_small_disk.go_on()
    on_small_disk.settled()


def test_e2_p17_a_disk_without_room_for_one_more_file_stops_before_sending(on_small_disk: Ready) -> None:
    more = [on_small_disk.folder / f"file{number}" for number in range(20)]
    with suppress(OSError):
        for file in more:
            file.touch()
    assert "must have room" in sentence(on_small_disk.desk.run("tick"))
    assert on_small_disk.server.mails == []
    for file in more:
        file.unlink(missing_ok=True)
    on_small_disk.go_on()
    on_small_disk.settled()


@pytest.mark.parametrize("name", ["followup.db", "."])
def test_e2_e4_a_store_or_folder_that_may_not_be_written_stops_before_sending(
    ready: Ready, need: Need, name: str
) -> None:
    place = ready.folder / name
    mode = place.stat().st_mode
    place.chmod(0o500 if place.is_dir() else 0o400)
    assert "must be yours to write" in sentence(ready.desk.run("tick", before=need.plain_rights()))
    assert ready.server.mails == []
    place.chmod(mode)
    ready.go_on()
    ready.settled()


def test_e3_p17_a_store_locked_by_another_program_stops_before_sending_and_goes_on_when_it_is_free(
    ready: Ready,
) -> None:
    with closing(sqlite3.connect(ready.folder / STORE[0], isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert "is locked by another program" in sentence(ready.desk.run("tick"))
        assert ready.server.mails == []
        holder.execute("ROLLBACK")
    ready.go_on()
    ready.settled()


def cut_in_half(store: Path) -> None:
    os.truncate(store, store.stat().st_size // 2)


def flip_a_bit_in_each_page(store: Path) -> None:
    """The first page says that this is a store; the others begin with what kind of page they are."""
    data = bytearray(store.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page] ^= 0x40
    store.write_bytes(data)


def flip_a_bit_of_the_letter(store: Path) -> None:
    data = bytearray(store.read_bytes())
    place = data.index(b"Subject: ")
    data[place + 12] ^= 0x01
    store.write_bytes(data)


def flip_a_bit_that_nobody_reads(store: Path) -> None:
    """In the table of answers, which neither a scan nor a sending looks at."""
    with closing(sqlite3.connect(store)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").fetchone()[0]
    data = bytearray(store.read_bytes())
    data[(page - 1) * 4096] ^= 0x40
    store.write_bytes(data)


def no_store_at_all(store: Path) -> None:
    store.write_bytes(os.urandom(store.stat().st_size))


@pytest.mark.parametrize(
    "harm",
    [cut_in_half, flip_a_bit_in_each_page, flip_a_bit_that_nobody_reads, flip_a_bit_of_the_letter, no_store_at_all],
)
def test_e3_a_damaged_store_is_found_before_anything_is_sent_and_a_backup_goes_back(
    ready: Ready, harm: Callable[[Path], None]
) -> None:
    store, saved = ready.folder / STORE[0], ready.desk.folder / "saved.db"
    ready.desk.ok("backup", str(saved))
    harm(store)
    told = sentence(ready.desk.run("tick"))
    assert "is damaged" in told
    assert ready.got(ACME_ADDRESS) == 0
    away = re.search(r"mv (\S+) (\S+damaged)", told)
    assert away is not None
    Path(away[1]).rename(away[2])
    ready.desk.ok("restore", str(saved))
    assert ready.desk.run("tick").returncode == 1
    assert ready.got(ACME_ADDRESS) == 0
    question = next(one for one in ready.desk.json("questions") if one["kind"] == "copied")
    ready.desk.ok("answer", question["id"], "yes")
    assert ready.state() == "draft", "it may have gone before the backup was put back"
    ready.desk.approve_now("Acme Tools")
    ready.go_on()
    assert ready.got(ACME_ADDRESS) == 1


@pytest.mark.parametrize("lost", ["followup.db-wal", "followup.db"])
def test_e3_p2_a_store_that_lost_what_it_knew_of_a_sent_letter_asks_before_any_mail_goes(
    ready: Ready, need: Need, lost: str
) -> None:
    killed = ready.desk.run("tick", before=strace(ready.desk, need, *killed_at("write", 3)))
    assert (killed.returncode, ready.got(ACME_ADDRESS)) == (-signal.SIGKILL, 1)
    (ready.folder / lost).unlink()
    if lost == "followup.db":
        shutil.copy(ready.kept, ready.folder / lost)
        (ready.folder / "followup.db-wal").unlink()
    for _ in range(2):
        result = ready.desk.run("tick")
        assert (result.returncode, "followup" in result.stderr) == (1, True)
        assert (ready.state(), ready.got(ACME_ADDRESS)) == ("approved", 1)
    (question,) = (one for one in ready.desk.json("questions") if one["kind"] == "copied")
    assert "lost what it knew" in question["text"]
    ready.desk.ok("unapprove", "L1")
    ready.desk.ok("discard", "L1")
    ready.desk.ok("answer", question["id"], "yes")
    assert ready.desk.json("status")["paused"] is None
    assert ready.desk.run("tick").returncode == 0


def test_p14_e3_a_folder_of_settings_put_back_in_place_asks_before_any_mail_goes(ready: Ready) -> None:
    """Copied over itself it keeps its inodes; only the mark knows that a letter went since."""
    birch = ready.desk.letter("Birch Paper") if ready.desk.ok("scan") else {}
    ready.desk.ok("approve", birch["id"], "--digest", birch["digest"])
    with ready.desk.parts(datetime.now(UTC)) as parts:
        pause.settle(parts.store, parts.machine)
    saved = ready.desk.folder / "saved"
    shutil.copytree(ready.folder, saved)
    ready.desk.ok("tick")
    assert (ready.state(), ready.got(ACME_ADDRESS)) == ("sent", 1)
    subprocess.run(["cp", "-a", f"{saved}/.", str(ready.folder)], check=True)
    assert ready.state() == "approved"
    told = ready.desk.run("tick")
    assert (told.returncode, "lost what it knew" in told.stderr) == (1, True)
    assert ready.got(ACME_ADDRESS) == 1
    (question,) = (one for one in ready.desk.json("questions") if one["kind"] == "copied")
    ready.desk.ok("answer", question["id"], "yes")
    ready.desk.ok("tick")
    assert (ready.state(), ready.got(ACME_ADDRESS)) == ("draft", 1)


@pytest.mark.parametrize("content", [b"", b"\0" * 21])
def test_e3_p23_a_mark_that_cannot_be_read_asks_and_the_answer_mends_it(ready: Ready, content: bytes) -> None:
    with ready.desk.parts(datetime.now(UTC)) as parts:
        pause.settle(parts.store, parts.machine)
    (mark,) = (ready.desk.folder / "state").rglob("*.mark")
    mark.write_bytes(content)
    told = ready.desk.run("tick")
    if content:
        assert (told.returncode, "lost what it knew" in told.stderr, "unexpected" in told.stderr) == (1, True, False)
        assert ready.got(ACME_ADDRESS) == 0
        (question,) = (one for one in ready.desk.json("questions") if one["kind"] == "copied")
        ready.desk.ok("answer", question["id"], "yes")
        ready.desk.approve_now("Acme Tools")
    assert (ready.state(), ready.got(ACME_ADDRESS)) == ("sent", 1)


def test_e2_p17_where_the_mark_cannot_be_written_the_letter_is_not_begun(ready: Ready) -> None:
    with ready.desk.parts(datetime.now(UTC)) as parts:
        pause.settle(parts.store, parts.machine)
    (mark,) = (ready.desk.folder / "state").rglob("*.mark")
    mark.unlink()
    mark.symlink_to("/nowhere/mark")
    told = sentence(ready.desk.run("tick"))
    assert str(mark) in told
    assert (ready.state(), ready.got(ACME_ADDRESS)) == ("approved", 0)
    mark.unlink()
    ready.go_on()
    assert (ready.state(), ready.got(ACME_ADDRESS)) == ("sent", 1)


def unreadable(tracker: Path) -> Callable[[], object]:
    tracker.chmod(0)
    return lambda: tracker.chmod(0o600)


def unplugged(tracker: Path) -> Callable[[], object]:
    away = tracker.parent.rename(tracker.parent.with_name("unplugged"))
    return lambda: away.rename(tracker.parent)


@pytest.mark.parametrize("harm", [unreadable, unplugged])
def test_d11_a_tracker_out_of_reach_is_told_once_and_read_again_when_it_is_back(
    desk: Desk, need: Need, harm: Callable[[Path], Callable[[], object]]
) -> None:
    desk.save(ACME)
    desk.ok("scan")
    desk.save(rejected(ACME))
    mend = harm(desk.tracker)
    log = desk.folder / "daemon.log"
    with desk.daemon(before=need.plain_rights()):
        wait_until(lambda: "applications.csv" in log.read_text().partition("Ctrl-C")[2])
        if harm is unreadable:
            hidden = desk.folder / "hidden.csv"
            hidden.touch(mode=0)
            hidden.replace(desk.tracker)
            Event().wait(1.0)  # long enough to look again, and to say it twice
        mend()
        desk.save(rejected(ACME))
        wait_until(lambda: "L1 is drafted" in log.read_text())
    lines = log.read_text().partition("Ctrl-C")[2].splitlines()
    assert len([line for line in lines if "applications.csv" in line]) == 1, lines


@pytest.mark.parametrize(
    ("name", "told"),
    [("a" * 300, "File name too long"), ("two\nlines", "must be one line"), ("caf\udce9", "UTF-8")],
)
def test_d11_a_tracker_of_an_impossible_name_is_told_in_a_sentence_and_no_letter_goes(
    ready: Ready, name: str, told: str
) -> None:
    with suppress(OSError):
        ready.desk.tracker.with_name(name).write_text(ready.desk.tracker.read_text())
    result = ready.desk.run("tick", env={"FOLLOWUP_TRACKER": str(ready.desk.tracker.with_name(name))})
    assert (result.stderr.count("\n"), told in result.stderr) == (1, True), result
    assert "unexpected" not in result.stderr
    assert ready.got(ACME_ADDRESS) == 0
    ready.go_on()
    ready.settled()


def test_e4_with_umask_0_all_that_followup_writes_is_the_persons_alone(ready: Ready) -> None:
    desk = ready.desk
    shutil.rmtree(ready.folder / "templates")
    naked = ("sh", "-c", 'umask 0; exec "$@"', "sh")
    desk.run("tick", before=naked)
    for words in (("backup", str(desk.folder / "saved.db")), ("export", "L2")):
        assert desk.run(*words, before=naked).returncode == 0
    with desk.daemon(before=naked):
        wait_until(lambda: (ready.folder / STORE[1]).exists())
        written = [*ready.folder.iterdir(), *desk.folder.glob("*.db"), *desk.folder.glob("*.eml")]
        assert {*STORE, "daemon.lock", "saved.db"} < {one.name for one in written}
        assert any(one.suffix == ".eml" for one in written)
        assert [one.name for one in written if one.stat().st_mode & 0o077] == []
    assert ready.folder.stat().st_mode & 0o777 == 0o700


def test_e4_a_new_settings_folder_is_closed_to_others_whatever_the_umask(desk: Desk) -> None:
    desk.save(ACME)
    new = desk.folder / "new" / "config.env"
    words = (
        "--config",
        str(new),
        "init",
        "--name",
        "Sam Rivera",
        "--email",
        "sam@example.org",
        "--tracker",
        str(desk.tracker),
    )
    assert desk.run(*words, before=("sh", "-c", 'umask 0; exec "$@"', "sh")).returncode == 0
    assert [one for one in (new.parent, *new.parent.iterdir()) if one.stat().st_mode & 0o077] == []


def test_e4_without_a_home_the_settings_are_found_by_name_or_asked_for_in_a_sentence(desk: Desk, need: Need) -> None:
    desk.with_drafts(ACME)
    homeless = ("env", "--unset=HOME", "--unset=FOLLOWUP_CONFIG", "--unset=XDG_CONFIG_HOME")
    assert desk.run("--config", str(desk.config), "outbox", before=homeless).returncode == 0
    nobody = (*homeless, need("unshare"), "--map-user=12345")
    result = desk.run("outbox", before=nobody)
    assert (result.returncode, result.stderr.count("\n"), "--config" in result.stderr) == (2, 1, True), result


def killed_at(name: str, number: int) -> tuple[str, ...]:
    return "-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={number}"


@pytest.mark.parametrize(("name", "stride"), [("pwrite64", 5), ("fdatasync", 1)])
def test_c1_a_kill_while_a_yes_is_kept_leaves_a_draft_or_an_approved_letter_and_exit_0_is_a_kept_yes(
    ready: Ready, need: Need, name: str, stride: int
) -> None:
    desk = ready.desk
    desk.ok("scan")
    desk.ok("unapprove", "L1")
    ready.keep()
    digest = desk.letter("Acme Tools")["digest"]
    seen = set()
    for number in count(1, stride):
        ready.again()
        before = strace(desk, need, *killed_at(name, number))
        result = desk.run("approve", "L1", "--digest", digest, before=before)
        survived = "followup unapprove L1" in result.stdout
        seen.add((survived, ready.state()))
        assert desk.run("outbox").returncode == 0
        if result.returncode == 0:
            assert ready.state() == "approved"
            break
        assert result.returncode == -signal.SIGKILL
    assert (False, "draft") in seen
    assert seen <= {(False, "draft"), (False, "approved"), (True, "approved")}


@pytest.mark.parametrize(("name", "stride"), [("pwrite64", 19), ("fdatasync", 2)])
def test_c7_p23_a_kill_while_the_schema_moves_up_leaves_the_old_or_the_new_one_whole(
    ready: Ready, need: Need, name: str, stride: int
) -> None:
    store = ready.folder / STORE[0]
    store.unlink()
    store_of(1, store)
    ready.keep()
    seen = set()
    for number in count(1, stride):
        ready.again()
        result = ready.desk.run("outbox", before=strace(ready.desk, need, *killed_at(name, number)))
        seen.add(ready.ask("PRAGMA user_version")[0][0])
        assert len(ready.desk.json("outbox")) == len(STATES)
        assert ready.ask("PRAGMA user_version") == [(newest_version(),)]
        if result.returncode == 0:
            break
        assert result.returncode == -signal.SIGKILL
    assert seen == {1, newest_version()}


@pytest.mark.parametrize(("name", "number"), [("pwrite64", 1500), ("fdatasync", 5)])
def test_c7_p23_a_kill_during_the_first_import_of_ten_thousand_rows_is_rolled_back_whole_and_goes_on(
    desk: Desk, need: Need, name: str, number: int
) -> None:
    desk.save(*(Row(f"Firm {number}", status="Rejected") for number in range(10_000)))
    killed = desk.run("scan", before=strace(desk, need, *killed_at(name, number)))
    assert killed.returncode == -signal.SIGKILL
    assert desk.json("status")["applications"] in ({}, {"rejected": 10_000})
    desk.run("scan")
    assert desk.json("status")["applications"] == {"rejected": 10_000}
    assert desk.json("outbox") == []
    assert [one["kind"] for one in desk.json("questions")] == ["first_sight"]


@pytest.mark.parametrize(("name", "stride"), [("pwrite64", 21), ("fdatasync", 2), ("sendto", 2)])
def test_c7_p12_a_kill_while_a_nudge_is_written_or_sent_never_brings_it_twice_nor_a_second_draft(
    ready: Ready, need: Need, name: str, stride: int
) -> None:
    ready.desk.ok("unapprove", "L1")
    ready.keep()
    for number in count(1, stride):
        ready.again()
        result = ready.desk.run("tick", before=strace(ready.desk, need, *killed_at(name, number)))
        assert result.returncode == (-signal.SIGKILL if number == 1 else result.returncode)
        ready.go_on()
        assert ready.ask("SELECT id, application, state FROM letter") == [(1, 1, "draft"), (2, 2, "draft")]
        nudges = ready.ask("SELECT application FROM nudge ORDER BY id")
        assert nudges in ([(1,)], [(1,), (2,)])
        assert ready.got("sam@example.org") <= len(nudges)
        if result.returncode == 0:
            break
        assert result.returncode == -signal.SIGKILL


class Platter:
    """A disk that keeps for certain only what was synced: each file as it is, and as it was at its last sync."""

    def __init__(self, folder: Path) -> None:
        self.now = {name: bytearray((folder / name).read_bytes()) for name in STORE[:2] if (folder / name).exists()}
        self.kept = {name: bytearray(data) for name, data in self.now.items()}
        self._last = ("", 0, b"")

    def act(self, call: str, name: str, data: bytes, numbers: Sequence[int]) -> None:
        """One call of the system on a file of the store."""
        file = self.now.setdefault(name, bytearray())
        if call == "pwrite64":
            self._put(file, numbers[-1], data)
            self._last = (name, numbers[-1], data)
        elif call == "ftruncate":
            del file[numbers[-1] :]
        elif call == "unlink":
            del self.now[name]
        else:
            self.kept[name] = bytearray(file)

    def after_a_power_cut(self) -> Iterator[Mapping[str, bytearray]]:
        """What may be found: without what was not synced, with that of both files or of one, or with half a write."""
        yield from (self.kept, self.now)
        yield from ({**self.kept, name: data} for name, data in self.now.items())
        name, place, data = self._last
        if name in self.now and self.now[name] != self.kept.get(name):
            torn = bytearray(self.now[name])
            self._put(torn, place + len(data) // 2, bytes(len(data) - len(data) // 2))
            yield {**self.kept, name: torn}

    @staticmethod
    def _put(file: bytearray, place: int, data: bytes) -> None:
        file.extend(bytes(max(place + len(data) - len(file), 0)))
        file[place : place + len(data)] = data


def calls(told: str) -> Iterator[tuple[str, str, bytes, list[int]]]:
    """What strace told: call, file of the store or nothing, bytes, and the numbers after them."""
    begun: dict[str, str] = {}
    for whole in told.splitlines():
        thread, _, line = whole.partition(" ")
        if line.endswith(" <unfinished ...>"):
            begun[thread] = line.removesuffix(" <unfinished ...>")
            continue
        resumed = re.match(r" *<\.\.\. \w+ resumed>(.*)", line)
        match = re.match(r" *(\w+)\((.*)\) += \d+", begun.pop(thread) + resumed[1] if resumed else line)
        if match is None:
            continue
        bare = bytes.fromhex("".join(re.findall(r"\\x(..)", re.sub(r"<[^>]*>", "", match[2]))))
        paths = [bytes.fromhex(path.replace("\\x", "")) for path in re.findall(r"<((?:\\x..)+)>", match[2])]
        path = (paths[0] if paths else bare).decode(errors="replace")
        numbers = [int(number) for number in re.findall(r", (\d+)", match[2])]
        yield match[1], Path(path).name if Path(path).name in STORE[:2] else "", bare, numbers


def test_c8_p3_a_power_cut_at_any_moment_loses_no_yes_and_forgets_no_letter_that_may_have_left(
    desk: Desk, need: Need, tmp_path: Path
) -> None:
    rows = [Row(f"Firm {name}", contact=f"{name}@{name}.example.org") for name in ("a", "b", "c", "d")]
    trace = tmp_path / "trace"
    watched = (
        "-y",
        "-xx",
        "-s",
        "1000000",
        "-o",
        str(trace),
        "-e",
        "trace=pwrite64,ftruncate,unlink,fdatasync,fsync,sendto,write",
    )
    left: set[str] = set()
    yes: set[str] = set()
    images = 0
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(*rows)
        platter = Platter(desk.config.parent)
        for letter in desk.json("outbox"):
            at_once = ["--now"] if letter["company"] != "Firm d" else []
            words = ("approve", letter["id"], "--digest", letter["digest"], *at_once)
            assert desk.run(*words, before=(need("strace"), "-f", *watched)).returncode == 0
            for call, name, data, numbers in calls(trace.read_text()):
                if call == "sendto" and data.startswith(b"DATA"):
                    left.add(letter["to"])
                if call == "write" and data.startswith(b"Goes "):
                    yes.add(letter["to"])
                if not name:
                    continue
                platter.act(call, name, data, numbers)
                for found in platter.after_a_power_cut():
                    images += 1
                    states = opened(found, tmp_path / "found")
                    assert {to for to in left if states[to] not in MAY_HAVE_LEFT} == set(), (call, name)
                    assert {to for to in yes if states[to] == "draft"} == set(), (call, name)
            yes.add(letter["to"])
    assert (len(server.mails), len(left), len(yes)) == (3, 3, 4)
    assert images > 200


def opened(found: Mapping[str, bytearray], folder: Path) -> dict[str, str]:
    """Recipient and state of every letter, as followup finds them in a folder with these files."""
    folder.mkdir(mode=0o700)
    try:
        for name, data in found.items():
            (folder / name).write_bytes(data)
        store = open_store(folder)
        with closing(store.connection):
            assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            return {one.to or "": one.state for one in letters.everything(store)}
    finally:
        shutil.rmtree(folder)
