"""One round of everything: scan, remind, dispatch. Cron calls it through `followup tick`, the daemon at its moments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from followup.errors import Busy, StoreError, WorkError
from followup.steps.dispatch import DispatchReport, dispatch
from followup.steps.parts import Parts, Progress, quietly
from followup.steps.remind import RemindReport, remind
from followup.steps.scan import ScanReport, scan
from followup.steps.stop import Stop
from followup.store import tracker

Report = TypeVar("Report")


@dataclass(frozen=True, slots=True, kw_only=True)
class TickReport:
    """What each step did; None where another process was in that step. `trouble` is all that stood in the way."""

    scan: ScanReport | None
    remind: RemindReport | None
    dispatch: DispatchReport | None
    trouble: tuple[str, ...]


def tick(
    parts: Parts,
    *,
    stop: Stop | None = None,
    progress: Progress = quietly,
) -> TickReport:
    """Do each step once, in this order, at its own moment.

    Trouble in one stops none of the others, but for trouble with the store.
    """
    trouble: list[str] = []
    usable = True

    def attempt(step: Callable[[], Report]) -> Report | None:
        nonlocal usable
        if not usable:
            return None
        try:
            return step()
        except Busy:
            return None
        except WorkError as error:
            usable = not isinstance(error, StoreError)
            trouble.append(str(error))
            return None

    scanned = attempt(lambda: scan(parts, parts.clock(), progress=progress))
    reminded = attempt(lambda: remind(parts, parts.clock(), stop=stop))
    dispatched = attempt(lambda: dispatch(parts, parts.clock(), stop=stop, progress=progress))
    trouble += [report.trouble for report in (scanned, reminded, dispatched) if report and report.trouble]
    attempt(lambda: _ran(parts, parts.clock()))
    return TickReport(scan=scanned, remind=reminded, dispatch=dispatched, trouble=tuple(dict.fromkeys(trouble)))


def _ran(parts: Parts, now: datetime) -> None:
    with parts.store.transaction():
        tracker.ran(parts.store, "tick", now)
