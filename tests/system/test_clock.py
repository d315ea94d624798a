"""Clock faults on the real daemon (K1–K4): libfaketime stands between it and the wall clock; monotonic time is real.

A save of the tracker makes the daemon look at what is due, so no test waits for a heartbeat but the one about it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from followup.daemon import HEARTBEAT_SECONDS
from followup.model.letter import Letter, LetterState
from followup.steps import review
from followup.store import letters, tracker
from followup.tracker import source
from tests.conftest import Need
from tests.desk import ACME, BIRCH, CEDAR, Desk, Row, rejected, text_of, wait_until
from tests.smtp_server import Mail, Server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # A walk of many steps under libfaketime is slow where the machine is busy.
]
ME = "sam@example.org"
TUESDAY = datetime(2027, 3, 2, 10, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


MENDED = """
import threading, time
time.sleep = lambda seconds: threading.Event().wait(seconds)
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper
InotifyMoveEventGrouper.delay = 0.05
"""
"""Run first in a daemon under the clock: libfaketime 0.9.10 fails CPython's way to sleep where monotonic time is real,
and watchdog sleeps half a second over many a rename, which a walk of many steps need not wait for."""


class Clock:
    """The clock of the daemons that are started under it: it can be stepped, and runs on from there."""

    def __init__(self, folder: Path, library: str) -> None:
        self._file = folder / "clock"
        mended = folder / "python"
        mended.mkdir()
        (mended / "sitecustomize.py").write_text(MENDED)
        self.environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(mended),
        }

    def step(self, moment: datetime) -> None:
        # An offset knows no time zone; renamed into place, it is never read half written.
        self._offset = moment.timestamp() - time.time()
        new = self._file.with_suffix(".new")
        new.write_text(f"{self._offset:+.3f}\n")
        new.replace(self._file)

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._offset, UTC)


@pytest.fixture
def clock(tmp_path: Path, need: Need) -> Clock:
    wrapper = [need("faketime"), "-m", "-f", "+0", "printenv", "LD_PRELOAD"]
    return Clock(tmp_path, subprocess.run(wrapper, capture_output=True, text=True, check=True).stdout.strip())


class Running:
    """A daemon under the clock, the tracker it watches, and the server it mails to."""

    def __init__(self, desk: Desk, clock: Clock, server: Server, process: subprocess.Popen[str]) -> None:
        self.desk, self.clock, self.server, self.process = desk, clock, server, process
        self.rows: Sequence[Row] = ()
        self._saves = 0

    def at(self, moment: datetime, *rows: Row) -> None:
        """Step the clock, save the tracker with these rows (or those it has), and let the daemon do what is due."""
        self.clock.step(moment)
        self.look(*rows)

    def look(self, *rows: Row) -> None:
        """Save the tracker, and wait until all that follows from it is done.

        What is saved next is read either by a step of the same round, whose lock then tells how long it goes on, or by
        the round after it.
        """
        self.save(*rows)
        for step in ("remind", "dispatch"):
            self.save()
            wait_until(partial(self._rests, step))

    def save(self, *rows: Row) -> None:
        """Save the tracker with these rows, or those it has, and wait until that is read."""
        self.rows = rows or self.rows
        self._saves += 1
        text = text_of(self.rows) + "\n" * (self._saves % 2)
        new = self.desk.tracker.with_name("new.tmp")
        new.write_text(text, encoding="utf-8", newline="")
        new.replace(self.desk.tracker)
        wait_until(lambda: self._read() == source.digest(text.encode()))

    def _rests(self, step: str) -> bool:
        with self.desk.parts() as parts:
            return not parts.store.is_locked(step)

    def _read(self) -> str | None:
        with self.desk.parts() as parts:
            seen = tracker.seen(parts.store)
            return seen.digest if seen is not None else None

    def told(self) -> list[Mail]:
        return [mail for mail in self.server.mails if mail.recipient == ME]

    def sent(self) -> list[Mail]:
        return [mail for mail in self.server.mails if mail.recipient != ME]

    def letter(self, company: str) -> Letter:
        with self.desk.parts(self.clock.now()) as parts:
            (one,) = (one for one in letters.everything(parts.store) if one.company == company)
            return one

    def approve(self, company: str) -> Letter:
        now = self.clock.now()
        with self.desk.parts(now) as parts:
            one = self.letter(company)
            return review.approve(parts, one, one.digest, now)

    def asked(self, kind: str) -> list[str]:
        return [one["id"] for one in self.desk.json("questions") if one["kind"] == kind]

    def said(self) -> str:
        return (self.desk.folder / "daemon.log").read_text()


@contextmanager
def running(desk: Desk, clock: Clock, server: Server, start: datetime, *rows: Row) -> Iterator[Running]:
    """The daemon since this moment, the first sight of these rows behind it."""
    desk.use_server(server.port)
    desk.save(*rows)
    clock.step(start)
    with desk.daemon(env=clock.environment) as process:
        try:
            wait_until(lambda: "Read " in (desk.folder / "daemon.log").read_text())
            one = Running(desk, clock, server, process)
            one.rows = rows
            yield one
        finally:
            for shared in Path("/dev/shm").glob(f"*faketime_*_{process.pid}"):
                shared.unlink()


def when(mail: Mail) -> datetime:
    moment = message_from_bytes(mail.data, policy=policy.default)["Date"].datetime
    assert isinstance(moment, datetime)
    return moment


@pytest.mark.parametrize(
    ("zone", "evening", "hour", "due"),
    [  # the evening before in that zone, the hour of the playbook, and the instant that means in UTC
        ("Europe/Berlin", "2027-03-27T20:00", "02:30", "2027-03-28T01:30"),
        ("Europe/Berlin", "2027-10-30T20:00", "02:30", "2027-10-31T00:30"),
        ("America/New_York", "2027-03-13T20:00", "02:30", "2027-03-14T07:30"),
        ("America/New_York", "2027-11-06T20:00", "01:30", "2027-11-07T05:30"),
        ("Australia/Lord_Howe", "2027-10-02T20:00", "02:15", "2027-10-02T15:45"),
        ("Australia/Lord_Howe", "2027-04-03T20:00", "01:45", "2027-04-03T14:45"),
    ],
    ids=["berlin-gap", "berlin-twice", "new-york-gap", "new-york-twice", "lord-howe-gap", "lord-howe-twice"],
)
def test_k1_p12_a_nudge_in_the_hour_that_a_clock_change_skips_or_doubles_comes_once_and_not_before_its_time(
    desk: Desk, clock: Clock, zone: str, evening: str, hour: str, due: str
) -> None:
    desk.write_settings(TIMEZONE=zone)
    desk.one_nudge_at(hour)
    before = datetime.fromisoformat(evening).replace(tzinfo=ZoneInfo(zone))
    moment = datetime.fromisoformat(due).replace(tzinfo=UTC)
    with Server() as server, running(desk, clock, server, before, ACME) as daemon:
        daemon.look(rejected(ACME))
        for early in (2 * HOUR, timedelta(minutes=31), timedelta(minutes=1)):
            daemon.at(moment - early)
            assert server.mails == []
        for late in range(0, 150, 15):
            daemon.at(moment + timedelta(minutes=late, seconds=1))
            assert len(server.mails) == 1
        daemon.at(moment + DAY)
        (mail,) = server.mails
    assert timedelta(0) <= when(mail) - moment < timedelta(minutes=1)
    assert when(mail).utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()


def test_k2_small_steps_of_the_clock_change_nothing(desk: Desk, clock: Clock) -> None:
    with Server() as server, running(desk, clock, server, TUESDAY, ACME) as daemon:
        daemon.look(rejected(ACME))
        leaves = daemon.approve("Acme Tools").not_before
        for around, wait in ((TUESDAY.replace(hour=18, minute=30), 1), (leaves, 2)):
            for step in (-30, -32, -330, 5, 3, -295, 10):
                daemon.at(around + timedelta(seconds=step))
                assert len(server.mails) == (wait if step > 0 or server.mails[wait - 1 :] else wait - 1)
        assert [mail.recipient for mail in server.mails] == [ME, "ines.roe@acme.example.org"]
        assert when(server.mails[0]) >= TUESDAY.replace(hour=18, minute=30)
        assert when(server.mails[1]) >= leaves
        assert daemon.asked("clock") == []


@pytest.mark.parametrize("wrong", [TUESDAY - DAY, datetime(1970, 1, 1, 0, 1, tzinfo=UTC)], ids=["a-day-back", "1970"])
def test_k2_a_clock_far_back_fires_nothing_and_asks_once_and_mail_waits_for_the_answer(
    desk: Desk, clock: Clock, wrong: datetime
) -> None:
    with Server() as server, running(desk, clock, server, TUESDAY, ACME) as daemon:
        daemon.look(rejected(ACME))
        leaves = daemon.approve("Acme Tools").not_before
        for minutes in range(4):
            daemon.at(wrong + timedelta(minutes=minutes))
        assert server.mails == []
        (question,) = daemon.asked("clock")
        daemon.at(leaves + timedelta(seconds=1))
        daemon.at(leaves + HOUR)
        assert daemon.sent() == []
        assert len(daemon.told()) == 1
        desk.ok("answer", question, "yes")
        daemon.look()
        daemon.at(leaves + 2 * HOUR)
        assert len(daemon.sent()) == 1
        assert daemon.letter("Acme Tools").state is LetterState.SENT


def test_k2_p13_a_clock_a_year_ahead_and_back_sends_no_letter_and_loses_no_nudge(desk: Desk, clock: Clock) -> None:
    wednesday, monday = TUESDAY + DAY, TUESDAY + 6 * DAY
    with Server() as server, running(desk, clock, server, TUESDAY, ACME, BIRCH) as daemon:
        daemon.look(rejected(ACME), rejected(BIRCH))
        daemon.approve("Acme Tools")
        for minutes in range(3):
            daemon.at(TUESDAY + YEAR + timedelta(minutes=minutes))
        assert (len(daemon.told()), daemon.sent()) == (1, [])
        back = daemon.letter("Acme Tools")
        assert (back.state, "5 days" in (back.reason or "")) == (LetterState.DRAFT, True)
        daemon.at(TUESDAY + HOUR)
        daemon.at(TUESDAY.replace(hour=20))
        assert len(server.mails) == 1
        daemon.approve("Acme Tools")
        daemon.at(wednesday.replace(hour=11))
        (question,) = daemon.asked("clock")
        assert (len(daemon.told()), daemon.sent()) == (1, [])
        desk.ok("answer", question, "yes")
        daemon.at(wednesday.replace(hour=12))
        assert len(daemon.sent()) == 1
        for hour in range(13, 24 * 8):
            if hour % 6 == 1:
                daemon.at(wednesday.replace(hour=0) + hour * HOUR)
        assert len(daemon.sent()) == 1
        # The later ones of the five, on the days they were planned for; Acme's letter waits no more.
        days = [when(mail).date() for mail in daemon.told()[1:]]
        assert days == [(TUESDAY + 2 * DAY).date(), monday.date(), (monday + 2 * DAY).date()]
        daemon.at(wednesday - DAY)
        assert daemon.asked("clock") == [question], "nothing is to be sent"
        daemon.approve("Birch Paper")
        daemon.look()
        assert len(daemon.asked("clock")) == 2, "a clock that goes back again is asked about again"


def test_k2_a_nudge_that_could_not_be_mailed_under_a_wrong_clock_comes_at_its_time(desk: Desk, clock: Clock) -> None:
    with Server(script={"greeting": "drop"}) as server, running(desk, clock, server, TUESDAY, ACME) as daemon:
        daemon.look(rejected(ACME))
        daemon.at(TUESDAY + YEAR)
        assert "N1 waits" in daemon.said()
        server.script = {}
        daemon.at(TUESDAY.replace(hour=18))
        assert server.mails == []
        daemon.at(TUESDAY.replace(hour=18, minute=30, second=1))
        assert len(server.mails) == 1


@pytest.mark.parametrize(("asleep", "letter"), [(8 * HOUR, LetterState.SENT), (30 * DAY, LetterState.DRAFT)])
def test_k3_p12_p13_after_a_sleep_one_nudge_comes_and_a_letter_that_is_far_too_late_asks(
    desk: Desk, clock: Clock, asleep: timedelta, letter: LetterState
) -> None:
    with Server() as server, running(desk, clock, server, TUESDAY.replace(hour=7), ACME) as daemon:
        daemon.look(rejected(ACME))
        lies_down = daemon.approve("Acme Tools").not_before - 2 * HOUR
        assert server.mails == []
        daemon.process.send_signal(signal.SIGSTOP)
        clock.step(lies_down + asleep)
        daemon.process.send_signal(signal.SIGCONT)
        daemon.look()
        for minutes in range(0, 60, 20):
            daemon.at(lies_down + asleep + timedelta(minutes=minutes))
        assert len(daemon.told()) == 1
        woken = daemon.letter("Acme Tools")
        assert woken.state is letter
        assert len(daemon.sent()) == (letter is LetterState.SENT)
        assert letter is LetterState.SENT or "5 days" in (woken.reason or "")


def test_k4_what_is_planned_keeps_its_instant_in_another_zone_and_letters_keep_the_hours_of_the_new_one(
    desk: Desk, clock: Clock
) -> None:
    desk.write_settings(TIMEZONE="Europe/Berlin")
    nudge = TUESDAY.replace(hour=17, minute=30)
    there = ZoneInfo("America/New_York")
    with Server() as server:
        with running(desk, clock, server, TUESDAY, ACME) as daemon:
            daemon.look(rejected(ACME))
            leaves = daemon.approve("Acme Tools").not_before
            assert 8 <= leaves.hour <= 9
        desk.write_settings(TIMEZONE="America/New_York")
        with running(desk, clock, server, TUESDAY + HOUR, rejected(ACME), BIRCH) as daemon:
            daemon.at(nudge - timedelta(seconds=30))
            assert server.mails == []
            for minutes in range(3):
                daemon.at(nudge + timedelta(minutes=minutes, seconds=1))
            assert len(server.mails) == 1
            for half_hours in range(24):
                daemon.at(leaves + half_hours * HOUR / 2)
            (mail,) = daemon.sent()
    assert 9 <= when(mail).astimezone(there).hour <= 10
    assert len(server.mails) == 2


@pytest.mark.parametrize(
    "variables", [{}, {"TZ": "Asia/Tokyo"}, {"TZ": ":/nowhere"}], ids=["unset", "tokyo", "nonsense"]
)
def test_k4_the_machine_s_zone_plays_no_part(
    desk: Desk, clock: Clock, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    clock.environment.update(variables)
    del desk.settings["TIMEZONE"]
    with Server() as server, running(desk, clock, server, TUESDAY, ACME) as daemon:
        daemon.look(rejected(ACME))
        assert daemon.approve("Acme Tools").not_before.hour in (9, 10)
        daemon.at(TUESDAY.replace(hour=18, minute=29))
        assert server.mails == []
        daemon.at(TUESDAY.replace(hour=18, minute=30, second=1))
        assert len(server.mails) == 1
        assert when(server.mails[0]).utcoffset() == timedelta(0)


def test_k4_the_last_second_of_32_bits_is_a_second_like_any_other(desk: Desk, clock: Clock) -> None:
    end = datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)
    desk.one_nudge_at("03:15")
    with Server() as server, running(desk, clock, server, end - 12 * HOUR, ACME) as daemon:
        daemon.look(rejected(ACME))
        leaves = daemon.approve("Acme Tools").not_before
        daemon.at(end - timedelta(seconds=1))
        wait_until(lambda: clock.now() > end + timedelta(seconds=1))
        daemon.look()
        assert server.mails == []
        daemon.at(end.replace(minute=15, second=1))
        assert len(server.mails) == 1
        daemon.at(leaves + timedelta(seconds=1))
        daemon.at(leaves + DAY)
        assert len(server.mails) == 2
    assert leaves > end
    assert {when(mail).year for mail in server.mails} == {2038}


def test_p12_the_heartbeat_alone_notices_a_step(desk: Desk, clock: Clock) -> None:
    with Server() as server, running(desk, clock, server, TUESDAY, ACME) as daemon:
        daemon.look(rejected(ACME))
        clock.step(TUESDAY.replace(hour=18, minute=31))
        wait_until(lambda: server.mails, 2 * HEARTBEAT_SECONDS)


class Cost:
    """What the system counts of a process."""

    def __init__(self, cpu: float, memory: int, files: int, threads: int) -> None:
        self.cpu, self.memory, self.files, self.threads = cpu, memory, files, threads

    @staticmethod
    def of(pid: int) -> "Cost":
        process = Path("/proc") / str(pid)
        counts = (process / "stat").read_text().rpartition(")")[2].split()
        ticks = int(counts[11]) + int(counts[12])
        pages = int((process / "statm").read_text().split()[1])
        return Cost(
            cpu=ticks / os.sysconf("SC_CLK_TCK"),
            memory=pages * os.sysconf("SC_PAGE_SIZE"),
            files=len(list((process / "fd").iterdir())),
            threads=len(list((process / "task").iterdir())),
        )


def test_p12_p26_through_seven_days_hour_by_hour_everything_comes_once_in_its_time_and_nothing_grows(
    desk: Desk, clock: Clock
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    desk.write_settings(TIMEZONE="Europe/Berlin")
    monday = datetime(2027, 3, 1, 0, 0, 30, tzinfo=berlin)
    drift = replace(CEDAR, company="Drift Labs", contact="Jo Lin <jo@drift.example.org>")
    rows = [ACME, BIRCH, CEDAR, drift]
    costs = []
    planned: dict[str, datetime] = {}
    with Server() as server, running(desk, clock, server, monday, *rows) as daemon:
        for hour in range(7 * 24):
            moment = monday + hour * HOUR
            if hour == 10:
                rows[0] = rejected(ACME)
            if hour == 2 * 24 + 15:
                rows[1], rows[3] = rejected(BIRCH), rejected(drift)
            before = len(server.mails)
            daemon.at(moment, *rows)
            if hour == 11:
                daemon.approve("Acme Tools")
                planned = {one["subject"]: datetime.fromisoformat(one["due_at"]) for one in desk.json("nudges")}
            if hour == 2 * 24 + 20:
                daemon.approve("Birch Paper")
                daemon.approve("Drift Labs")
            for mail in server.mails[before:]:
                assert moment <= when(mail) < moment + HOUR
            costs.append(Cost.of(daemon.process.pid))
        assert desk.json("questions") == []
    told = {str(message_from_bytes(mail.data, policy=policy.default)["Subject"]): when(mail) for mail in daemon.told()}
    assert len(told) == len(daemon.told()) == 3
    for subject, moment in told.items():
        assert planned[subject] <= moment < planned[subject] + HOUR, (
            "in its time, and those of the others are for later"
        )
    assert sorted(mail.recipient for mail in daemon.sent()) == [
        "ines.roe@acme.example.org",
        "jo@drift.example.org",
        "jobs@birch.example.org",
    ]
    for mail in daemon.sent():
        local = when(mail).astimezone(berlin)
        assert local.weekday() < 5
        assert 9 <= local.hour < 17
    day, week = costs[24], costs[-1]
    assert week.memory - day.memory < 2_000_000
    assert (week.files, week.threads) == (day.files, day.threads)
    assert week.cpu - costs[-25].cpu < 3 * (costs[48].cpu - day.cpu), "a day costs at the end what it did at first"
