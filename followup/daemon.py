"""The daemon: calls the steps at the right moments, and does nothing else.

Moments come from the file system (watchdog), from the next due letter or nudge, and from a heartbeat that survives
sleep, clock jumps, lost events and a yes given in another process. All steps run in one worker thread, one at a time.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from followup.errors import Busy, UsageError, WorkError
from followup.steps import overview
from followup.steps.dispatch import DispatchReport, dispatch
from followup.steps.parts import Current, Parts
from followup.steps.remind import RemindReport, remind
from followup.steps.scan import ScanReport, scan
from followup.steps.sending import ENDED
from followup.steps.stop import Work, signals
from followup.tracker import source

HEARTBEAT_SECONDS = 30.0
LOCK_SECONDS = 1.0
"""Whoever asks whether a daemon runs holds its lock for a moment."""
BUSY = "A daemon is already running for these settings; one is enough."

Say = Callable[[str], None]


def serve(current: Current, say: Say, *, page_port: int | None = None) -> None:
    """Run until SIGTERM or SIGINT, and serve the page if it has a port. Raises Busy if there is a daemon already."""
    daemon, store = _Daemon(current, say), current().store
    try:
        with (
            store.lock("daemon", wait=LOCK_SECONDS, busy=BUSY),
            _page(current, page_port, daemon.send_soon, say),
        ):
            daemon.run()
    finally:
        store.close()


@contextmanager
def _page(current: Current, port: int | None, send_soon: Callable[[], None], say: Say) -> Iterator[None]:
    if port is None:
        yield
        return
    from followup.web import server

    with server.serving(current, port, send_soon) as link:
        say(f"The page, good for one entry: {link}")
        yield


class _Daemon:
    def __init__(self, current: Current, say: Say) -> None:
        self._current = current
        self._parts = current()
        self._say = say
        self._work = Work()
        self._told: dict[str, str] = {}
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(max_workers=1)},
            # One at work and one behind it, which sees all that came meanwhile; APScheduler drops what is more.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2},
        )
        self._scheduler.add_listener(lambda event: self._unexpected(event.exception), EVENT_JOB_ERROR)
        self._watch = _Watch(self._parts.tracker, self._touched)

    def run(self) -> None:
        logging.getLogger("apscheduler").addHandler(logging.NullHandler())
        with signals() as ended:
            self._scheduler.start()
            self._tell("up", f"Watching {self._parts.tracker}. To stop: Ctrl-C")
            try:
                # The first round looks at everything; a heartbeat only at what may have been missed.
                self._soon("first round", self._round)
                while not ended(HEARTBEAT_SECONDS):
                    self._soon("heartbeat", self._beat)
            finally:
                self._end()

    def send_soon(self) -> None:
        """Send what is due, without waiting for the heartbeat."""
        self._soon("send", self._due)

    def _end(self) -> None:
        """Finish the message in hand, or cut it short when that takes too long."""
        rests = self._work.end()
        self._watch.stop()
        self._scheduler.shutdown(wait=False)
        self._tell("up", "Stopped.")
        if not rests:
            # What asks a name server or for a password cannot be cut short; the store is made for an end at any moment.
            os._exit(0)

    def _soon(self, name: str, job: Callable[[], None], after: float = 0.0) -> None:
        moment = datetime.now(UTC) + timedelta(seconds=after)
        self._scheduler.add_job(
            self._work.do, "date", [job], run_date=moment, timezone=UTC, id=name, replace_existing=True
        )

    def _touched(self, *, whole: bool) -> None:
        """The tracker was renamed into place: read it at once; or written to: once it has settled."""
        if whole:
            self._soon("scan", lambda: self._look(whole=True))
        else:
            self._soon("settled scan", lambda: self._look(whole=False), source.SETTLED_SECONDS)

    def _look(self, *, whole: bool) -> None:
        self._scan(whole=whole)
        self._due()

    def _round(self) -> None:
        self._try("watch", self._keep_watch)
        self._scan(whole=False)
        self._due()

    def _beat(self) -> None:
        self._try("watch", self._keep_watch)
        if self._watch.missed():
            self._scan(whole=False)
        self._due()

    def _due(self) -> None:
        """Nudge and send what is due, and wake up at the next moment."""
        self._try("remind", self._remind)
        self._try("dispatch", self._dispatch)
        self._try("next", self._wake)

    def _remind(self, parts: Parts) -> None:
        self._tell_reminded(remind(parts, parts.clock(), stop=self._work.stop, scanned=self._tell_scanned))

    def _dispatch(self, parts: Parts) -> None:
        self._tell_dispatched(dispatch(parts, parts.clock(), stop=self._work.stop, scanned=self._tell_scanned))

    def _wake(self, parts: Parts) -> None:
        now = parts.clock()
        with parts.store.telling():
            moment = overview.next_due(parts, now)
        wait = (moment - now).total_seconds() if moment else HEARTBEAT_SECONDS
        if 0 < wait < HEARTBEAT_SECONDS:
            self._soon("due", self._due, wait)

    def _scan(self, *, whole: bool) -> None:
        self._watch.seen()
        if not self._try("scan", lambda parts: self._tell_scanned(scan(parts, parts.clock(), whole=whole))):
            self._watch.forget()

    def _keep_watch(self, parts: Parts) -> None:
        self._watch.keep(parts.tracker)

    def _try(self, step: str, act: Callable[[Parts], None]) -> bool:
        """Whether the step was done, by the settings as they are. Trouble in one stops no other, and is told once."""
        try:
            act(self._take_up())
        except Busy:
            return False
        except UsageError as error:
            self._tell("settings", f"{error}\nUntil that is mended, nothing is read or sent.")
            return False
        except WorkError as error:
            self._tell(step, str(error))
            return False
        return True

    def _take_up(self) -> Parts:
        """The parts by the settings as they are now; raises UsageError where these cannot be used."""
        parts = self._current()
        if parts is not self._parts:
            self._parts = parts
            self._watch.forget()
            self._tell(
                "settings", "Your settings, or your own words, have changed: they hold from now on.", always=True
            )
        return parts

    def _tell_trouble(self, step: str, trouble: str | None) -> None:
        """Say what stands in the way of a step; once it was out of the way it is news again."""
        if trouble:
            self._tell(step, trouble)
        else:
            self._told.pop(step, None)

    def _tell_scanned(self, report: ScanReport) -> None:
        if report.again:
            self._watch.forget()
        self._tell_trouble("scan", report.trouble)
        if not report.trouble and not report.untouched:
            self._tell("read", f"Read {report.applications} applications, {report.rejected} rejected.", always=True)
        if report.offered:
            text = f"{report.offered} rejected before, so nothing is drafted unasked. To choose: followup questions"
            self._tell("offered", text, always=True)
        for number in report.drafted:
            self._tell("draft", f"L{number} is drafted and waits for you: followup review L{number}", always=True)
        for problem in report.problems:
            self._tell(f"line {problem.line}", f"Line {problem.line} of your tracker: {problem.text}")

    def _tell_reminded(self, report: RemindReport) -> None:
        for number in report.delivered:
            came = "is there to be read: followup nudges" if number in report.shown else "has reached you."
            self._tell("nudge", f"N{number} {came}", always=True)
        self._tell_trouble("remind", report.trouble)

    def _tell_dispatched(self, report: DispatchReport) -> None:
        for number in report.in_doubt:
            text = f"L{number} may have been sent when followup ended: followup settle L{number}"
            self._tell("doubt", text, always=True)
        for attempt in report.attempts:
            self._tell("sent", f"L{attempt.letter} {ENDED[attempt.ending]} ({attempt.words}).", always=True)
        self._tell_trouble("dispatch", report.trouble)

    def _unexpected(self, error: BaseException) -> None:
        self._tell("unexpected", f"Something unexpected happened: {type(error).__name__}: {error}")

    def _tell(self, subject: str, text: str, *, always: bool = False) -> None:
        """Say a sentence with its time; the same one only once, whatever it is about."""
        news = always or text not in self._told.values()
        self._told[subject] = text
        if news:
            local = self._parts.clock().astimezone(self._parts.person.zone)
            self._say(f"{local:%Y-%m-%d %H:%M:%S}  {text}")


class _Watch(FileSystemEventHandler):
    """Words of the file system about the tracker. Folders are watched: a replaced file takes its watch along."""

    def __init__(self, tracker: Path, touched: Callable[..., None]) -> None:
        self._tracker = tracker
        self._touched = touched
        self._observer: Any = None
        self._folders: dict[Path, int] = {}
        self._signature: str | None = None

    def keep(self, tracker: Path) -> None:
        """Watch the tracker's folders, anew if it is another one, a folder was replaced, or it now links elsewhere."""
        self._tracker = tracker
        folders = {one.parent: _inode(one.parent) for one in (self._tracker, self._target())}
        if folders == self._folders:
            return
        self.stop()
        self._folders = folders
        observer = Observer()
        for folder, inode in folders.items():
            if inode:
                observer.schedule(self, str(folder), recursive=False)
        try:
            observer.start()
        except OSError:
            return  # The system has no watches left; the heartbeat's look at the file remains.
        self._observer = observer

    def stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(2)
            self._observer = None

    def seen(self) -> None:
        """Remember the file as it is now."""
        self._signature = source.signature(self._tracker)

    def forget(self) -> None:
        """Let the next heartbeat look at the file again."""
        self._signature = None

    def missed(self) -> bool:
        """Whether the file has moved without a word: one stat."""
        return source.signature(self._tracker) != self._signature

    def on_moved(self, event: FileSystemEvent) -> None:
        if self._is_tracker(event.dest_path):
            self._touched(whole=True)
        elif self._is_tracker(event.src_path):
            self._touched(whole=False)

    def on_created(self, event: FileSystemEvent) -> None:
        self._written(event)

    def on_modified(self, event: FileSystemEvent) -> None:
        self._written(event)

    def on_deleted(self, event: FileSystemEvent) -> None:
        self._written(event)

    def _written(self, event: FileSystemEvent) -> None:
        if self._is_tracker(event.src_path):
            self._touched(whole=False)

    def _is_tracker(self, path: str | bytes) -> bool:
        name = path if isinstance(path, str) else path.decode(errors="replace")
        return name in (str(self._tracker), str(self._target()))

    def _target(self) -> Path:
        """What the tracker links to; a loop of links leads nowhere, and is told by the scan."""
        return Path(os.path.realpath(self._tracker))


def _inode(folder: Path) -> int:
    try:
        return folder.stat().st_ino
    except OSError:
        return 0
